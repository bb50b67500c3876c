"""Expert systems side by side."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError
from expertsys._core.results import TableResult
from expertsys.theory import ABSENT, CAPABILITIES, ExpertSystem, Fact, Infrastructure, Mandate, Status, Technology

UNKNOWN = "unknown"


@attrs.frozen(eq=False, repr=False)
class Systems(TableResult):
    """Expert systems side by side: what is documented, absent or unknown of each; see `systems`.

    Attributes
    ----------
    systems : tuple of ExpertSystem
        In the order given.
    """

    systems: tuple[ExpertSystem, ...]
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Index ``part, item``; a text column per system. Figures carry their denominator, period and source."""
        return self._table.copy(deep=False)

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        names = ", ".join(system.name for system in self.systems)
        return (
            f"{names} were described by the components, capabilities, mandate, use and findings that published sources "
            "document; what they do not say is left unknown."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind all figures and findings, as far as they are bundled."""
        keys = dict.fromkeys(key for system in self.systems for key in system.source_keys())
        return references.cite(key for key in keys if key in references.ALL)

    def _title(self) -> str:
        return "Expert systems side by side; 'unknown' means that the sources used do not say"


def systems(*given: ExpertSystem) -> Systems:
    """Set expert systems side by side.

    Parameters
    ----------
    *given : ExpertSystem
        At least one, each with a name of its own.

    Returns
    -------
    Systems
        Mandate, components, capabilities, rewards and targets, documented use with its denominators, findings and other
        facts, each with its source keys in brackets.

    Raises
    ------
    DataError
        Without a system, or where two have the same name.

    Examples
    --------
    >>> from expertsys.theory import choose_and_book, summary_care_record
    >>> table = systems(choose_and_book(), summary_care_record()).to_frame()
    >>> table.loc[("use", "accessed"), "Summary Care Record"].splitlines()[0][:21]
    '4 % of all encounters'
    """
    if not given:
        raise DataError("there is no system to set beside another", place="systems", remedy="Give at least one.")
    names = [system.name for system in given]
    if len(set(names)) < len(names):
        raise DataError(f"two systems have one name: {names}", place="systems", remedy="Give each its own.")
    columns = {system.name: dict(_rows(system)) for system in given}
    order = dict.fromkeys(key for rows in columns.values() for key in rows)
    parts = list(dict.fromkeys(part for part, _ in order))
    keys = sorted(order, key=lambda key: parts.index(key[0]))
    index = pd.MultiIndex.from_tuples(keys, names=["part", "item"])
    cells = {name: [rows.get(key, "") for key in keys] for name, rows in columns.items()}
    table = pd.DataFrame(cells, index=index, dtype="str").rename_axis(columns="system")
    return Systems(given, table)


Row = tuple[tuple[str, str], str]


def _rows(system: ExpertSystem) -> Iterable[Row]:
    complete = system.completeness()
    mandate = system.mandate
    for field in ("level", "body", "since", "required_of", "policy", "local_ownership", "local_flexibility"):
        yield ("mandate", field.replace("_", " ")), _field(mandate, field)
    for name in ("infrastructure", "rules", "technology"):
        yield ("component", name), complete[name].value
    for name in CAPABILITIES:
        status = complete[name]
        cited = _cited(system.technology, name) if status is Status.DOCUMENTED else ""
        yield ("capability", name), status.value + cited
    infrastructure = system.infrastructure
    for field in ("rewards", "punishments"):
        yield ("incentives", field), _field(infrastructure, field)
    targets = infrastructure.targets if isinstance(infrastructure, Infrastructure) else None
    yield ("incentives", "targets"), _facts(targets)
    for part, facts in (("use", system.documented_use), ("other facts", system.facts)):
        for name in dict.fromkeys(fact.name for fact in facts):
            yield (part, name), _facts(fact for fact in facts if fact.name == name)
    yield (
        ("findings", "findings"),
        "\n".join(f"{one.wording} [{', '.join(map(str, one.sources))}]" for one in system.findings),
    )


def _field(part: Mandate | Infrastructure | object, field: str) -> str:
    if part is None or part is ABSENT:
        return UNKNOWN if part is None else Status.ABSENT.value
    value = getattr(part, field)
    if value is None:
        return UNKNOWN
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return (text or "none") + _cited(part, field)


def _cited(part: Technology | Mandate | Infrastructure | object, field: str) -> str:
    sources = getattr(part, "sources", {}).get(field, ())
    return f" [{', '.join(map(str, sources))}]" if sources else ""


def _facts(facts: Iterable[Fact] | None) -> str:
    if facts is None:
        return UNKNOWN
    return "\n".join(str(fact).removeprefix(f"{fact.name}: ") for fact in facts) or "none"
