"""Negative cases: what contradicts a proposition, to be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.results import TableResult
from expertsys.evidence import excerpts
from expertsys.evidence.excerpts import By
from expertsys.evidence.propositions import hold
from expertsys.theory import FRAMEWORK, Framework, Proposition

if TYPE_CHECKING:
    from expertsys.study import Study


_WORDS = {
    "contradicts": "contradict",
    "mixed": "speak both ways",
    "supports": "support",
    "silent": "are silent",
    "undetermined": "are undetermined, for what would tell is missing",
}


@attrs.frozen(eq=False, repr=False)
class NegativeCases(TableResult):
    """Cases, situations and excerpts that contradict a proposition; see `negative_cases`.

    Attributes
    ----------
    proposition : Proposition
        With its wording and standing.
    cases : pandas.DataFrame
        Index ``case``: how many units contradict, are mixed, and support; those with most against first.
    quotations : bool
        Whether texts from the data are in it.
    note : str
        What a reader must know.
    standing : str
        Always ``"proposed"``: the rules that sort the evidence are this library's.
    """

    proposition: Proposition
    cases: pd.DataFrame
    quotations: bool
    note: str
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """One row per unit that contradicts, or both contradicts and supports.

        Index ``unit, name``; ``case, document``; ``bearing``; ``codes`` on an excerpt; ``rule``, why it counts against;
        and, where quotations were asked for, ``excerpt``.
        """
        return self._table.copy(deep=False)

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        against = int((self._table["bearing"] == "contradicts").sum())
        cases = int((self.cases["contradicts"] > 0).sum())
        return (
            f"Negative cases of {self.proposition.key} ({self.proposition.standing.value}) were sought by rules that "
            f"expertsys proposes: {against} units in {cases} of {len(self.cases)} cases contradict it, and "
            f"{len(self._table) - against} speak both ways. They were read again. {self.note}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the proposition."""
        keys = [citation.key for citation in self.proposition.sources]
        return references.cite(key for key in keys if key in references.ALL)

    def __repr__(self) -> str:
        return super().__repr__() if len(self._table) else self._title()

    def _title(self) -> str:
        return (
            f"Negative cases of {self.proposition.key}: {self.proposition.wording}\n"
            f"{len(self._table)} units to read again (sorted, not scored). {self.note}"
        )


def negative_cases(
    study: Study,
    proposition: str,
    *,
    framework: Framework = FRAMEWORK,
    coders: By = "any",
    quotations: bool = False,
) -> NegativeCases:
    """The cases, situations and excerpts that contradict a proposition, to be read again.

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts.
    proposition : str
        Its key, such as ``"P5"``.
    framework : Framework
        Whose proposition it is, with its rules of evidence.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who saw the unit did.
    quotations : bool
        Whether to quote the excerpts. They are interview material: left out unless asked for.

    Returns
    -------
    NegativeCases
        Empty where nothing contradicts; a definition is never contradicted, and the note says so.

    Raises
    ------
    DataError
        For an unknown proposition, or a study with several rounds.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> found = negative_cases(load("synthetic-three-systems").study(), "P4")
    >>> found.cases["contradicts"].to_dict()
    {'Booking': 13, 'Templates': 5, 'Record': 5}
    """
    wanted = framework.proposition(proposition)
    held = hold(framework, study, coders=coders)
    rows = held.evidence[held.evidence["proposition"] == proposition]
    against = rows[rows["bearing"].isin(["contradicts", "mixed"])]
    rules = dict(enumerate((rule.wording for rule in wanted.evidence), start=1))
    codings = study.codings
    codings["name"] = excerpts.named(codings)
    passage = against["unit"] == "excerpt"
    codes = codings.groupby("name")["code"].agg(lambda names: ", ".join(dict.fromkeys(names)))
    table = pd.DataFrame(
        {
            "unit": against["unit"],
            "name": against["name"],
            "case": against["case"],
            "document": against["document"],
            "bearing": against["bearing"],
            "codes": against["name"].map(codes).where(passage, ""),
            "rule": against["rule"].map(rules),
        }
    )
    if quotations:
        texts = codings.assign(text=study.excerpts()).dropna(subset=["text"]).drop_duplicates("name")
        table["excerpt"] = against["name"].map(texts.set_index("name")["text"]).where(passage)
    counts = pd.crosstab(rows["case"].fillna("(no case)"), rows["bearing"]).reindex(
        columns=["contradicts", "mixed", "supports"], fill_value=0
    )
    cases = [name for name in study.cases.index if name in counts.index]
    others = [name for name in counts.index if name not in cases]
    counts = counts.reindex([*cases, *others]).sort_values("contradicts", ascending=False, kind="stable")
    told = rows["bearing"].value_counts()
    kinds = [f"{int(told[kind])} {word}" for kind, word in _WORDS.items() if kind in told]
    note = f"Of {len(rows)} units that it speaks of, {', '.join(kinds)}. {held.note}" if len(rows) else held.note
    if not len(rows):
        note = f"It speaks of none of the units coded here. {held.note}"
    elif all(code.concept is None for code in study.codebook):
        note = "No code points to a concept, so that nothing could speak for or against it: codebook.with_concepts."
    if not wanted.evidence:
        note = "A definition is neither supported nor contradicted."
    return NegativeCases(
        wanted,
        counts.rename_axis(index="case", columns="bearing"),
        quotations,
        note,
        table.set_index(["unit", "name"]).rename_axis(columns="column"),
    )
