"""Propositions held against coded data: evidence for, against and silent; no verdict and no score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import unknown
from expertsys._core.results import TableResult
from expertsys.evidence.excerpts import By, Excerpts
from expertsys.theory import Bearing, EvidenceUnit, ExpertSystem, Framework, ModeOfUse, Status

if TYPE_CHECKING:
    from expertsys.study import Study

SHOWN = tuple(bearing.value for bearing in Bearing if bearing is not Bearing.OUTSIDE)


@attrs.frozen(eq=False, repr=False)
class Holding(TableResult):
    """What bears on each proposition; see `hold`.

    Attributes
    ----------
    evidence : pandas.DataFrame
        One row per proposition, rule and unit to which the rule applies: ``proposition, rule, unit`` (case, situation
        or excerpt), ``name`` of the unit, ``case, document``, ``bearing`` (supports, contradicts, mixed, silent,
        undetermined).
    definitions : pandas.DataFrame
        For propositions that are definitions: each system (index ``system``), what is documented, absent, unknown.
    framework : Framework
        Whose propositions they are.
    note : str
        What a reader must know.
    standing : str
        Always ``"proposed"``: the rules that sort the evidence are this library's.
    """

    evidence: pd.DataFrame
    definitions: pd.DataFrame
    framework: Framework
    note: str
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``proposition, unit``; how many units are of each bearing, and the cases that support or contradict.

        A proposition without a rule (a definition) has one row of zeros.
        """
        return self._table.copy(deep=False)

    def bearing(self, proposition: str, bearing: str) -> pd.DataFrame:
        """The rows of `evidence` with one bearing on one proposition: to be read again.

        Parameters
        ----------
        proposition : str
            Such as ``"P4"``.
        bearing : {"supports", "contradicts", "mixed", "silent", "undetermined"}
            Which.
        """
        self.framework.proposition(proposition)
        if bearing not in SHOWN:
            raise unknown("bearing", bearing, SHOWN)
        rows = self.evidence
        return rows[(rows["proposition"] == proposition) & (rows["bearing"] == bearing)]

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        return (
            "Coded evidence was sorted by the propositions that it bears on, by rules proposed by expertsys; it was "
            f"neither scored nor judged. {self.note}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the propositions."""
        keys = [citation.key for one in self.framework.propositions for citation in one.sources]
        return references.cite(key for key in keys if key in references.ALL)

    def _title(self) -> str:
        return f"Propositions and what bears on them (sorted, not scored). {self.note}"


def hold(
    framework: Framework,
    study: Study,
    *,
    systems: Iterable[ExpertSystem] = (),
    coders: By = "any",
) -> Holding:
    """Hold the propositions of a framework against a coded study.

    Parameters
    ----------
    framework : Framework
        Whose propositions and rules of evidence are applied.
    study : Study
        With one round of coding. Excerpts are its coded units, with the concepts that their codes point to. Situations
        take ``mode``, ``prescribed``, ``taken`` and ``distance`` from ``study.situations``, and their concepts from
        the unit of the same name. Cases take ``mandate_level``, ``local_ownership`` and ``local_flexibility`` from the
        columns of ``study.cases``, the prevailing mode of use from their situations (more than half), and their
        concepts from all their excerpts. What is missing is unknown, and the bearing then undetermined.
    systems : iterable of ExpertSystem
        For definitions: what is documented of each.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who saw the unit did.

    Returns
    -------
    Holding
        Every proposition, also those on which nothing bears.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> from expertsys.theory import FRAMEWORK
    >>> held = hold(FRAMEWORK, load("synthetic-three-systems").study())
    >>> held.to_frame().loc[("P7", "excerpt"), "supports"] > 0
    np.True_
    """
    excerpts = Excerpts.of(study, framework, coders=coders)
    units = {
        EvidenceUnit.EXCERPT: list(_excerpts(excerpts, framework)),
        EvidenceUnit.SITUATION: list(_situations(study, excerpts)),
        EvidenceUnit.CASE: list(_cases(study, excerpts)),
    }
    rows: list[tuple[str, int, str, str, Any, Any, str]] = []
    for proposition in framework.propositions:
        for number, rule in enumerate(proposition.evidence, start=1):
            for name, case, document, features in units[rule.unit]:
                bearing = rule.bearing(features)
                if bearing is not Bearing.OUTSIDE:
                    rows.append((proposition.key, number, rule.unit.value, name, case, document, bearing.value))
    columns = ["proposition", "rule", "unit", "name", "case", "document", "bearing"]
    evidence = pd.DataFrame(rows, columns=columns).rename_axis(index="evidence", columns="column")
    note = f"A code counts where {excerpts.coded_by} applied it."
    return Holding(evidence, _definitions(systems), framework, note, _summary(framework, evidence))


Unit = tuple[str, Any, Any, Mapping[str, object]]


def _excerpts(excerpts: Excerpts, framework: Framework) -> Iterator[Unit]:
    for name, case, document, concepts in excerpts.table[["case", "document", "concepts"]].itertuples(name=None):
        yield str(name), case, document, {"concepts": concepts, "frames": framework.frames_of(concepts)}


def _situations(study: Study, excerpts: Excerpts) -> Iterator[Unit]:
    table = study.situations
    concepts = excerpts.table["concepts"].to_dict()
    for place, row in enumerate(table.to_dict("records"), start=1):
        known = {str(key): value for key, value in row.items() if not pd.isna(value)}
        name = str(known.get("situation", place))
        features: dict[str, object] = {key: known[key] for key in ("mode", "distance") if key in known}
        if "mode" in features:
            features["mode"] = _mode(features["mode"], place)
        if "prescribed" in known and "taken" in known:
            features["followed"] = known["prescribed"] == known["taken"]
        if name in concepts:
            features["concepts"] = concepts[name]
        yield name, known.get("case"), None, features


def _mode(value: object, row: int) -> str:
    known = [str(mode.value) for mode in ModeOfUse]
    if value not in known:
        raise unknown("mode of use", value, known, place=f"study.situations, row {row}", remedy="Spell it so.")
    return str(value)


def _cases(study: Study, excerpts: Excerpts) -> Iterator[Unit]:
    carried: dict[str, frozenset[str]] = {}
    for case, concepts in excerpts.table[["case", "concepts"]].itertuples(index=False, name=None):
        carried[case] = carried.get(case, frozenset()) | concepts
    situations = study.situations
    modes: dict[str, str] = {}
    if {"case", "mode"} <= set(situations.columns):
        for case, group in situations.dropna(subset=["mode"]).groupby("case"):
            shares = group["mode"].value_counts(normalize=True)
            if shares.iloc[0] > 0.5:
                modes[str(case)] = str(shares.index[0])
    for case in study.cases.index:
        attributes = study.cases.loc[case]
        features: dict[str, object] = {
            key: attributes[key]
            for key in ("mandate_level", "local_ownership", "local_flexibility")
            if key in attributes and not pd.isna(attributes[key])
        }
        if case in modes:
            features["prevailing_mode"] = modes[case]
        features["concepts"] = carried.get(case, frozenset())
        yield str(case), case, None, features


def _definitions(systems: Iterable[ExpertSystem]) -> pd.DataFrame:
    rows = []
    for system in systems:
        complete = system.completeness()
        rows.append((system.name, *(", ".join(complete.having(status)) for status in Status)))
    table = pd.DataFrame(rows, columns=["system", *(status.value for status in Status)])
    return table.set_index("system").rename_axis(columns="status")


def _summary(framework: Framework, evidence: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for proposition in framework.propositions:
        kinds = list(dict.fromkeys(rule.unit.value for rule in proposition.evidence)) or ["–"]
        own = evidence[evidence["proposition"] == proposition.key]
        for kind in kinds:
            here = own[own["unit"] == kind]
            counts = here["bearing"].value_counts()
            told = {
                side: ", ".join(dict.fromkeys(here.loc[here["bearing"] == side, "case"].dropna().astype(str)))
                for side in ("supports", "contradicts")
            }
            numbers = (int(counts.get(bearing, 0)) for bearing in SHOWN)
            rows.append((proposition.key, kind, *numbers, told["supports"], told["contradicts"]))
    columns = ["proposition", "unit", *SHOWN, "cases_for", "cases_against"]
    return pd.DataFrame(rows, columns=columns).set_index(["proposition", "unit"]).rename_axis(columns="column")
