"""Agreement on the units of text under several rules for what a unit is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from expertsys._core.errors import DataError, quoted
from expertsys.agreement.diagnosis.reliability import reliability

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study


def compare_unit_rules(
    study: Study,
    rules: Iterable[str | Mapping[str, Any]] | Mapping[str, Mapping[str, Any]],
    **options: Any,
) -> pd.DataFrame:
    """The table of reliability under several rules for what a unit of text is, one below the other.

    Agreement on spans depends on the units that they are cut into: short units and a strict `least` make coders
    disagree at the edges of their spans, long units hide where they marked. A conclusion that holds under every rule
    does not rest on that choice.

    Parameters
    ----------
    study : Study
        Whose codings have positions, and whose documents have their texts.
    rules : iterable of str or mapping, or mapping of mappings
        Rules of `Study.unitise`: a name such as ``"sentence"``, or the options of a call, such as
        ``{"by": "sentence", "least": 0.5}``. A mapping from labels to options names them in the table.
    **options
        Passed to `reliability`, such as ``coefficient="gwet_ac"`` or ``codes=["trust"]``.

    Returns
    -------
    pandas.DataFrame
        Index ``rule`` before that of `reliability`; the same columns.

    Raises
    ------
    DataError
        For fewer than two rules, two rules with one label, and whatever `unitise` and `reliability` refuse.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> text = "We wait. They ring. We go. They stay."
    >>> rows = [("ann", 0, 8), ("ann", 20, 26), ("ben", 0, 11), ("ben", 20, 26)]
    >>> codings = pd.DataFrame(rows, columns=["coder", "start", "end"]).assign(document="d", code="trust")
    >>> study = Study(codings, documents=pd.DataFrame({"document": ["d"], "text": [text]}))
    >>> rules = ["sentence", {"by": "sentence", "least": "character"}]
    >>> table = compare_unit_rules(study, rules, codes=["trust"])
    >>> table["estimate"].xs("trust", level="code").round(2).to_dict()
    {'sentence': 1.0, "sentence, least='character'": 0.53}

    Ben's first mark ends within the first word of the next sentence. Whether that counts decides the figure.
    """
    import pandas as pd

    chosen = _named(rules)
    if len(chosen) < 2:
        raise DataError(
            f"a comparison takes two rules or more; got {len(chosen)}",
            place="compare_unit_rules",
            remedy="For one rule: reliability(study.unitise(by=...)).",
        )
    tables = {label: reliability(study.unitise(**rule), **options) for label, rule in chosen.items()}
    found = pd.concat(tables, names=["rule"]).rename_axis(columns="column")
    found.attrs.update(next(iter(tables.values())).attrs)
    return found


def _named(rules: Iterable[str | Mapping[str, Any]] | Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each rule's options by its label."""
    if isinstance(rules, str):
        rules = [rules]
    if isinstance(rules, Mapping):
        return {str(label): dict(rule) for label, rule in rules.items()}
    chosen: dict[str, dict[str, Any]] = {}
    for rule in rules:
        options = {"by": rule} if isinstance(rule, str) else dict(rule) if isinstance(rule, Mapping) else {"by": rule}
        by = options.get("by")
        label = str(getattr(by, "__name__", by))
        label += "".join(f", {name}={value!r}" for name, value in options.items() if name != "by")
        if label in chosen:
            raise DataError(
                f"rules must differ; {quoted(label)} is given twice",
                place="compare_unit_rules",
                remedy="Give a mapping from labels to options.",
            )
        chosen[label] = options
    return chosen
