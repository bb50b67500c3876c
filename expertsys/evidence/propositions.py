"""What coded data say for and against each proposition of a framework; no verdict and no score."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted, unknown
from expertsys._core.frames import as_text
from expertsys._core.missing import is_missing, is_unknown, text_or_none
from expertsys._core.results import TableResult
from expertsys.enactment import columns as usual
from expertsys.enactment.occasions import months, of_study
from expertsys.evidence.excerpts import Coders, Excerpts, concepts_of_codes
from expertsys.theory import FRAMEWORK, Bearing, EvidenceRule, EvidenceUnit, ExpertSystem, Framework, ModeOfUse, Status
from expertsys.theory.conditions import Compare, Condition, Every, Not, Some
from expertsys.theory.evidence_rules import CASE_FEATURES, feature_name, feature_value
from expertsys.theory.situations import SITUATION_COLUMNS

if TYPE_CHECKING:
    from expertsys.study import Study

SHOWN = tuple(bearing.value for bearing in Bearing if bearing is not Bearing.OUTSIDE)
DEFINITION = "a definition"
NONE_PREVAILS = "none prevails"
#: A feature that no unit has: it stands for a code that the coders could not apply.
_ON_OFFER = "on offer"
#: Combinations of codes that are tried before a contradiction is taken to be possible.
_MOST_TRIED = 20_000
Features = Mapping[str, object]


@attrs.frozen(eq=False, repr=False)
class PropositionEvidence(TableResult):
    """What bears on each proposition; see `evaluate_propositions`.

    Attributes
    ----------
    evidence : pandas.DataFrame
        One row per proposition and unit to which one of its rules applies: ``proposition, unit`` (case, situation or
        excerpt), ``name`` of the unit, ``case, document, person``, ``bearing`` (supports, contradicts, mixed, untested,
        silent, undetermined), ``rules`` (the numbers of those that say so), ``coders`` (how each coder's own codes
        bear, where one supports and another contradicts) and ``occasions`` (how many the unit stands for).
    modes_of_use : pandas.DataFrame
        Index ``case, period`` (``(all)`` and each period): the ``prevailing_mode`` of use, if one has more than half of
        the occasions; the ``share`` of the most common; ``occasions`` and ``persons`` with a known mode;
        ``largest_person``, the share of occasions of the person who has most.
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
    modes_of_use: pd.DataFrame
    definitions: pd.DataFrame
    framework: Framework
    note: str
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``proposition, unit``; how many units are of each bearing, each unit counted once.

        Columns: ``supports, contradicts, mixed, untested, silent, undetermined`` (situations with a weight count as
        many times); ``coders_differ``, units that one coder's codes support and another's contradict;
        ``could_not_contradict`` and ``could_not_support``, why nothing in the study could (empty where something
        could), such as that the codebook has no code for something whose absence would count; ``cases_for`` and
        ``cases_against``; ``people_for`` and ``people_against``, how many participants or persons stand behind them
        (missing where they are not known). A proposition without a rule (a definition) has one row of zeros.
        """
        return self._table.copy(deep=False)

    def bearing(self, proposition: str, bearing: str) -> pd.DataFrame:
        """The rows of `evidence` with one bearing on one proposition, for another reading.

        Parameters
        ----------
        proposition : str
            Such as ``"P4"``.
        bearing : {"supports", "contradicts", "mixed", "untested", "silent", "undetermined"}
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
        return cited(self.framework, [one.key for one in self.framework.propositions])

    def _title(self) -> str:
        return f"Evidence for and against propositions (sorted, not scored). {self.note}"

    def __repr__(self) -> str:
        counts = self._table[[*SHOWN, "coders_differ", "cases_for", "cases_against"]]
        lines = [self._title(), counts.to_string(max_rows=40, line_width=120, max_colwidth=40)]
        limits = self._table[["could_not_contradict", "could_not_support"]]
        for (key, unit), against, pro in limits[limits["could_not_contradict"] != DEFINITION].itertuples(name=None):
            sides = {"contradict": against, "support": pro}
            if against == pro:
                sides = {"support or contradict": against}
            lines += [
                f"{key} ({unit}): nothing in the study could {side} it: {reason}."
                for side, reason in sides.items()
                if reason
            ]
        return "\n".join(lines)


def cited(framework: Framework, propositions: Iterable[str]) -> tuple[str, ...]:
    """The references behind propositions, each once: the framework's own."""
    keys = [citation.key for key in propositions for citation in framework.proposition(key).sources]
    return tuple(dict.fromkeys(str(framework.source(key)) for key in keys))


def evaluate_propositions(
    study: Study,
    *,
    framework: Framework = FRAMEWORK,
    systems: Iterable[ExpertSystem] = (),
    coders: Coders = "any",
    weight: str | None = "weight",
    person: str | None = "person",
    period: str | None = "period",
) -> PropositionEvidence:
    """Sort the evidence in a coded study by the propositions of a framework that it supports or contradicts.

    Parameters
    ----------
    study : Study
        With one round of coding. Excerpts are its coded units, with the concepts that their codes stand for; a sub-code
        without a concept has that of the code above it. Situations take ``mode``, ``prescribed``, ``taken`` and
        ``distance`` from ``study.situations``, and their concepts from the unit of the same name in the same case.
        Cases take ``mandate_level``, ``local_ownership`` and ``local_flexibility`` from the columns of ``study.cases``,
        the prevailing mode of use from their situations (that of more than half of the occasions, if there is one), and
        their concepts from all their excerpts. What is missing is unknown, and the bearing then undetermined.
    framework : Framework
        Whose propositions and rules of evidence are applied.
    systems : iterable of ExpertSystem
        For definitions: what is documented of each.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who read the unit did. Where one coder's
        codes support a proposition and another's contradict it, the unit is mixed under either rule.
    weight, person, period : str or None
        Columns of ``study.situations``: how many occasions a row stands for (a whole number from 1), who acted, and
        when. A column of the default name is used where there is one, else one with a usual name, as by the measures of
        `expertsys.enactment`: count or n, clinician or doctor, date or month; None disregards it.

    Returns
    -------
    PropositionEvidence
        Every proposition, also those on which nothing bears. Each unit counts once for a proposition; one that rules
        sort both ways is mixed. That a code is absent counts, for or against, only where the codebook has such a code;
        otherwise the bearing is undetermined. What would support a proposition that nothing in the study could have
        contradicted is untested, and the table says why nothing could.

    Raises
    ------
    DataError
        For a mode of use or an attribute of a case whose spelling the framework does not have (capitals and blanks do
        not matter), a weight that is no whole number from 1, an unknown column, or several rounds of coding.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> table = evaluate_propositions(load("synthetic-three-systems").study()).to_frame()
    >>> table.loc[("P5", "excerpt"), ["supports", "contradicts", "silent"]].tolist()
    [35, 0, 154]
    >>> print(table.loc[("P6", "case"), "could_not_contradict"])
    no code points to resistance.ends

    35 excerpts support P5, and none contradicts it. No case could contradict P6, whatever people said: the codebook has
    no code for resistance that ends.
    """
    excerpts = Excerpts.from_study(study, framework, coders=coders)
    log = Log.from_study(study, framework, weight=weight, person=person, period=period)
    attributes, spelling = _attributes(study, framework)
    modes = log.modes_of_use()
    situations, matching = _situations(log, excerpts)
    units = {
        EvidenceUnit.EXCERPT: list(_excerpts(excerpts, framework)),
        EvidenceUnit.SITUATION: situations,
        EvidenceUnit.CASE: list(_cases(study, excerpts, attributes, modes)),
    }
    possible = {kind: _domain(kind, units[kind]) for kind in units}
    signatures = concepts_of_codes(study, framework)
    reachable = frozenset[str]().union(*signatures.values())
    rows: list[tuple[Any, ...]] = []
    limits: dict[tuple[str, str], tuple[str, str]] = {}
    for proposition in framework.propositions:
        adapted = [_with_codes_on_offer(rule, reachable, framework) for rule in proposition.evidence]
        for kind in dict.fromkeys(rule.unit for rule in adapted):
            rules = {at: rule for at, rule in enumerate(adapted, start=1) if rule.unit == kind}
            against = _impossible(rules.values(), "contradicts", possible[kind], signatures, framework)
            pro = _impossible(rules.values(), "supports", possible[kind], signatures, framework)
            limits[proposition.key, kind.value] = against, pro
            for unit in units[kind]:
                bearing, deciding, differing = _bearing(rules, unit, coders)
                if bearing is Bearing.OUTSIDE:
                    continue
                if bearing is Bearing.SUPPORTS and against:
                    bearing = Bearing.UNTESTED
                place = (unit.name, unit.case, unit.document, unit.person)
                numbers = ", ".join(map(str, deciding))
                rows.append((proposition.key, kind.value, *place, bearing.value, numbers, differing, unit.occasions))
    columns = ["proposition", "unit", "name", "case", "document", "person", "bearing", "rules", "coders", "occasions"]
    evidence = pd.DataFrame(rows, columns=columns).rename_axis(index="evidence", columns="column")
    groups = study.units["case"] if len(study.units) else pd.Series(dtype="str")
    note = [excerpts.note, excerpts.coders_differ(groups), *log.notes, *matching, *spelling, *_mode_notes(modes)]
    return PropositionEvidence(
        evidence,
        modes,
        _definitions(systems),
        framework,
        " ".join(filter(None, note)),
        _summary(framework, evidence, limits),
    )


@attrs.frozen
class _Unit:
    """One case, situation or excerpt: its features, and those by each coder where several described it."""

    name: str
    case: str | None
    document: str | None
    person: str | None
    descriptions: tuple[Features, ...]
    by_coder: Mapping[str, Features] = attrs.field(factory=dict)
    occasions: int = 1


def _bearing(rules: Mapping[int, EvidenceRule], unit: _Unit, coders: str) -> tuple[Bearing, list[int], str]:
    """How a unit bears on a proposition, the rules that say so, and how coders differ if they do."""

    def under(features: Features) -> dict[int, Bearing]:
        return {at: rule.bearing(features) for at, rule in rules.items()}

    described = [under(features) for features in unit.descriptions]
    each = [_together(found.values()) for found in described]
    bearing = each[0] if len(set(each)) == 1 else _together(each)
    if coders == "all" and len(set(each)) > 1 and bearing is not Bearing.MIXED:
        bearing = Bearing.UNDETERMINED
    by_coder = {coder: under(features) for coder, features in unit.by_coder.items()}
    own = {coder: _together(found.values()) for coder, found in by_coder.items()}
    sides = {Bearing.SUPPORTS, Bearing.CONTRADICTS}
    differing = ""
    if sides <= set(own.values()):
        bearing = Bearing.MIXED
        differing = "; ".join(f"{coder}: {said.value}" for coder, said in own.items() if said is not Bearing.OUTSIDE)
    telling = {*sides, Bearing.MIXED} if bearing in {*sides, Bearing.MIXED} else {Bearing.SILENT, Bearing.UNDETERMINED}
    every = [*described, *(by_coder.values() if differing else ())]
    return bearing, [at for at in rules if any(found[at] in telling for found in every)], differing


def _with_codes_on_offer(rule: EvidenceRule, reachable: frozenset[str], framework: Framework) -> EvidenceRule:
    """The rule where the absence of a code is known only if the study has such a code; else it is not known.

    A unit can only be without a code, or without those of a frame, that its coders could have applied.
    """

    def offered(side: Condition | None) -> Condition | None:
        return None if side is None else _where_offered(side, True, reachable, framework)

    return attrs.evolve(rule, supports=offered(rule.supports), contradicts=offered(rule.contradicts))


def _where_offered(condition: Condition, holds: bool, reachable: frozenset[str], framework: Framework) -> Condition:
    """A condition, or where `holds` is False its opposite, that is unknown where it rests on codes not on offer."""
    if isinstance(condition, Not):
        return Not(_where_offered(condition.part, not holds, reachable, framework))
    if isinstance(condition, Every | Some):
        parts = (_where_offered(part, holds, reachable, framework) for part in condition.parts)
        return attrs.evolve(condition, parts=tuple(parts))
    if not isinstance(condition, Compare):
        return condition
    absent = {"excludes": _values, "==": _other_frames(framework)} if holds else {"includes": _values}
    absent |= {} if holds else {"!=": _other_frames(framework)}
    if condition.feature not in ("concepts", "frames") or condition.op not in absent:
        return condition
    offered = reachable if condition.feature == "concepts" else frozenset(framework.frames_of(reachable))
    lacking = tuple(value for value in absent[condition.op](condition) if value not in offered)
    if not lacking:
        return condition
    unknown_codes = Compare(f"{condition.feature} {_ON_OFFER}", "includes", lacking)
    return Every((condition, unknown_codes)) if holds else Some((condition, Not(unknown_codes)))


def _other_frames(framework: Framework) -> Callable[[Compare], tuple[object, ...]]:
    """The frames of which nothing is coded where a unit's frames equal those of a test."""

    def others(test: Compare) -> tuple[object, ...]:
        if test.feature != "frames":
            return ()
        return tuple(frame.key for frame in framework.frames if frame.key not in _values(test))

    return others


def _together(bearings: Iterable[Bearing]) -> Bearing:
    """One bearing of several, by rules or by rows that describe one unit."""
    found = set(bearings)
    if Bearing.MIXED in found or {Bearing.SUPPORTS, Bearing.CONTRADICTS} <= found:
        return Bearing.MIXED
    order = (Bearing.SUPPORTS, Bearing.CONTRADICTS, Bearing.UNDETERMINED, Bearing.SILENT)
    return next((bearing for bearing in order if bearing in found), Bearing.OUTSIDE)


def _excerpts(excerpts: Excerpts, framework: Framework) -> Iterator[_Unit]:
    def features(concepts: frozenset[str]) -> Features:
        return {"concepts": concepts, "frames": framework.frames_of(concepts)}

    own = _concepts_by_coder(excerpts)
    columns = ["case", "document", "participant", "concepts"]
    for name, case, document, person, concepts in excerpts.table[columns].itertuples(name=None):
        by_coder = {coder: features(each) for coder, each in own.get(name, {}).items()}
        yield _Unit(
            str(name), _text(case), _text(document), _text(person), (features(concepts),),
            by_coder if len(by_coder) > 1 else {},
        )  # fmt: skip


def _concepts_by_coder(excerpts: Excerpts) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = {}
    columns = excerpts.by_coder[["excerpt", "coder", "concepts"]]
    for excerpt, coder, concepts in columns.itertuples(index=False, name=None):
        found.setdefault(excerpt, {})[coder] = concepts
    return found


@attrs.frozen(eq=False)
class Log:
    """The table of situations as the rules of evidence read it.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per row of `study.situations`: ``name, case, coder, person, period, weight``, the features ``mode,
        distance, followed`` (None where unknown) and ``identity``, the number of the situation that the row describes.
    notes : tuple of str
        What a reader must know of it.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]

    @classmethod
    def from_study(
        cls, study: Study, framework: Framework, *, weight: str | None, person: str | None, period: str | None
    ) -> Log:
        """Situations with their identity: a row with the case, site, person and number of another describes the same.

        A row without a number is a situation of its own.
        """
        given = of_study(study)
        found = {role: usual.role_column(role, list(given.columns)) for role in ("situation", "case", "coder", "site")}
        given = given.rename(columns={column: role for role, column in found.items() if column is not None})
        names = {"weight": weight, "person": person, "period": period}
        chosen = {role: _column(given, column, role) for role, column in names.items()}
        notes: list[str] = []
        free = [str(name) for name in given.columns if name not in SITUATION_COLUMNS]
        if person == "person" and chosen["person"] is None:
            chosen["person"] = guess = usual.person_column(free)
            notes += [f"Column {guess!r} of the situations says who acted."] if guess else []
        remarks: list[str] = []
        free = [name for name in free if name != chosen["person"]]

        def texts(columns: Sequence[str]) -> pd.DataFrame:
            return given[list(columns)].apply(as_text)

        if weight == "weight" and chosen["weight"] is None:
            chosen["weight"] = usual.weight_column(free, list(given.columns), len(given), texts, remarks)
        roles = {role: role for role in ("case", "coder", "site") if role in given}
        roles |= {role: column for role, column in chosen.items() if column is not None and role != "weight"}
        if "situation" in given:
            roles["name"] = "situation"
        table = pd.DataFrame(index=range(len(given)))
        for role in ("name", "case", "site", "coder", "person", "period"):
            table[role] = given[roles[role]].map(_text, na_action=None).to_numpy() if role in roles else None
        table = table.astype(object).where(table.notna(), None)
        table["weight"] = _weights(given, chosen["weight"])
        for role in [role for role in ("site", "person") if role in roles]:
            cells = as_text(given[roles[role]])
            spelt = usual.read_cells(cells, table["weight"].to_numpy(dtype=np.int64), roles[role], role, remarks)
            table[role] = spelt.map(_text, na_action=None).to_numpy()
        dates: list[str] = []
        if period == "period" and chosen["period"] is None:
            dates = usual.date_columns(list(given.columns)) or usual.unnamed_dates(free, texts, remarks)
        if dates:
            when = usual.combined([as_text(given[column]) for column in dates], "period")
            told = None if usual.plain(dates[-1]) in usual.PERIODS else remarks
            table["period"] = months(when, dates[0], told).map(_text, na_action=None).to_numpy()
        for role, reader in _readers(framework, notes).items():
            values = [reader(cell, row) for row, cell in enumerate(given[role], start=1)] if role in given else None
            table[role] = pd.Series(values, index=table.index, dtype=object) if values is not None else None
        table["followed"] = _followed(given, table["weight"].to_numpy(dtype=np.int64), remarks)
        notes += [f"{remark[:1].upper()}{remark[1:]}." for remark in remarks]
        keys = table[["case", "site", "person", "name"]].apply(tuple, axis=1) if len(table) else pd.Series(dtype=object)
        unnamed = table["name"].isna()
        labels = [("row", row) if lone else key for row, (lone, key) in enumerate(zip(unnamed, keys, strict=True))]
        table["identity"] = pd.factorize(pd.Series(labels, dtype=object))[0] if labels else pd.Series(dtype="int64")
        repeated = int(table["identity"].duplicated().sum())
        if repeated:
            which = "that another row describes too"
            notes.append(f"{counted(repeated, 'row')} describe a situation {which}; each situation counts once.")
        coders = table[["case", "site", "coder"]].dropna(subset=["coder"]).drop_duplicates()
        if table["name"].isna().all() and coders.duplicated(["case", "site"]).any():
            notes.append(
                "Several coders described situations at one site, and no column 'situation' says which of their rows "
                "describe the same one: each row counts as a situation of its own."
            )
        return cls(table, tuple(dict.fromkeys(notes)))

    def modes_of_use(self) -> pd.DataFrame:
        """The prevailing mode of use of each case, in all and by period; see `PropositionEvidence`."""
        known = self.table.dropna(subset=["case", "mode"])
        shared = known.groupby("identity")["identity"].transform("size")
        known = known.assign(weight=known["weight"] / shared)
        rows = []
        for case, group in known.groupby("case", sort=False):
            periods = group.dropna(subset=["period"]).groupby("period", sort=True)
            for period, part in [("(all)", group), *periods]:
                shares = part.groupby("mode", sort=False)["weight"].sum().sort_values(ascending=False, kind="stable")
                total = float(shares.sum())
                share = float(shares.iloc[0]) / total
                people = part.groupby("person")["weight"].sum()
                prevailing = str(shares.index[0]) if share > 0.5 else None
                largest = float(people.max()) / total if len(people) else math.nan
                rows.append((case, period, prevailing, share, round(total), len(people), largest))
        columns = ["case", "period", "prevailing_mode", "share", "occasions", "persons", "largest_person"]
        return pd.DataFrame(rows, columns=columns).set_index(["case", "period"]).rename_axis(columns="column")


def _column(table: pd.DataFrame, name: str | None, default: str) -> str | None:
    if name is None or (name := usual.match(name, list(table.columns))) in table:
        return name
    if name == default:
        return None
    raise unknown("column", name, list(table.columns), place=f"study.situations, {default}=")


def _weights(table: pd.DataFrame, column: str | None) -> Any:
    if column is None:
        return np.ones(len(table), dtype=np.int64)
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
    bad = ~((numbers >= 1) & (numbers % 1 == 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise DataError(
            "a weight must be the number of occasions that a row stands for, a whole number from 1; "
            f"got {quoted(text_or_none(table[column].iloc[row]) or '')} in row {row + 1} "
            f"({counted(int(bad.sum()), 'row')} of this kind)",
            place=f"study.situations, column {column}",
            remedy="Give numbers of occasions, or pass weight=None to count each row once.",
        )
    return numbers.astype(np.int64)


def _text(value: object) -> str | None:
    return None if is_missing(value) or is_unknown(value) else str(value)


def _readers(framework: Framework, notes: list[str]) -> dict[str, Callable[[object, int], object]]:
    """How a cell of the columns mode and distance is read."""
    further = _values_in_rules(framework, "mode")
    respelt: dict[str, str] = {}

    def mode(cell: object, row: int) -> object:
        if (text := _text(cell)) is None:
            return None
        value = str(feature_value("mode", text, further=further, place=f"study.situations, row {row}"))
        if value != text and text not in respelt:
            respelt[text] = value
            notes.append(f"The mode of use {text!r} is read as {value!r}.")
        return value

    def distance(cell: object, _: int) -> object:
        if (text := _text(cell)) is None:
            return None
        try:
            return float(text)
        except ValueError:
            return cell

    return {"mode": mode, "distance": distance}


def _followed(table: pd.DataFrame, weights: npt.NDArray[np.int64], remarks: list[str]) -> pd.Series[Any]:
    """Whether the actions taken are those prescribed, read as for fidelity; None where one of them is unknown."""
    if not {"prescribed", "taken"} <= set(table.columns):
        return pd.Series([None] * len(table), dtype=object)
    roles = ("prescribed", "taken")
    cells = [usual.read_cells(as_text(table[role]), weights, role, role, remarks) for role in roles]
    rule, done = usual.one_wording(cells, weights, roles, remarks)
    known = (rule.notna() & done.notna()).to_numpy(dtype=bool)
    if labels := usual.label_remark(rule[known], done[known], weights[known]):
        remarks.append(labels)
    return (rule == done).astype(object).where(known, None)


def _values_in_rules(framework: Framework, *features: str) -> tuple[object, ...]:
    """The values with which rules of evidence compare a feature."""
    rules = (rule for proposition in framework.propositions for rule in proposition.evidence)
    tests = (test for rule in rules for part in rule.conditions for test in part.tests() if test.feature in features)
    return tuple(value for test in tests for value in _values(test))


def _situations(log: Log, excerpts: Excerpts) -> tuple[list[_Unit], list[str]]:
    """The situations, with the concepts of the unit that has their name in their case."""
    table = log.table
    own = _concepts_by_coder(excerpts)
    names = table.drop_duplicates("identity")[["case", "name"]].dropna(subset=["name"])
    ambiguous = set(names[names.duplicated(keep=False)].itertuples(index=False, name=None))
    cases_of = names.groupby("name")["case"].nunique(dropna=False)
    places = dict(zip(excerpts.table.index, excerpts.table["case"].map(_text, na_action=None), strict=True))
    concepts_of = excerpts.table["concepts"].to_dict()
    described: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for number, record in enumerate(table.to_dict("records"), start=1):
        described.setdefault(record["identity"], []).append((number, {str(key): cell for key, cell in record.items()}))
    units: list[_Unit] = []
    matched = 0
    for rows in described.values():
        number, first = rows[0]
        name, case = first["name"], first["case"]
        excerpt = None
        if name is not None and (case, name) not in ambiguous:
            for key in (name, f"{case}/{name}" if case is not None else name):
                if key in places and (places[key] == case or (cases_of[name] == 1 and None in (places[key], case))):
                    excerpt = key
        matched += excerpt is not None
        features: list[Features] = [
            {key: row[key] for key in ("mode", "distance", "followed") if row[key] is not None} for _, row in rows
        ]
        by_coder: dict[str, Features] = {}
        if excerpt is not None:
            coded = own.get(excerpt, {})
            if len(coded) > 1:
                by_coder = {coder: {**features[0], "concepts": each} for coder, each in coded.items()}
            features = [{**each, "concepts": concepts_of[excerpt]} for each in features]
        if len(rows) > 1:
            labels = [row["coder"] or f"row {at}" for at, row in rows]
            by_coder |= dict(zip(labels, features, strict=True))
        units.append(
            _Unit(
                name if name is not None else f"row {number}", case, None, first["person"], tuple(features), by_coder,
                max(row["weight"] for _, row in rows),
            )
        )  # fmt: skip
    if not units:
        return units, []
    note = [
        f"{matched:,} of {counted(len(units), 'situation')} have a coded unit of their name in their case, and with it "
        "concepts."
    ]
    if ambiguous:
        some = listing([f"{name} in {case}" if case else name for case, name in sorted(ambiguous, key=str)], 3)
        note.append(f"Several situations of a case have the same number and take no concepts: {some}.")
    return units, note


def _attributes(study: Study, framework: Framework) -> tuple[dict[str, dict[str, object]], list[str]]:
    """Of each case, the attributes that rules read, spelt as they do; and what was respelt."""
    columns = {feature_name(str(name)): name for name in study.cases.columns}
    found: dict[str, dict[str, object]] = {str(case): {} for case in study.cases.index}
    respelt: dict[str, None] = {}
    for feature in CASE_FEATURES:
        if feature not in columns:
            continue
        further = _values_in_rules(framework, feature)
        for case, cell in study.cases[columns[feature]].items():
            if (text := _text(cell)) is None:
                continue
            value = feature_value(feature, text, further=further, place=f"study.cases, case {case!r}")
            found[str(case)][feature] = value
            if value != text:
                respelt[f"{feature} {text!r} is read as {value!r}"] = None
    return found, [f"{', '.join(respelt)}."] if respelt else []


def _cases(
    study: Study, excerpts: Excerpts, attributes: Mapping[str, Features], modes: pd.DataFrame
) -> Iterator[_Unit]:
    def gathered(rows: pd.DataFrame) -> dict[str, frozenset[str]]:
        carried: dict[str, frozenset[str]] = {}
        for case, concepts in rows[["case", "concepts"]].itertuples(index=False, name=None):
            carried[case] = carried.get(case, frozenset()) | concepts
        return carried

    carried = gathered(excerpts.table)
    shared = excerpts.by_coder[excerpts.by_coder["excerpt"].duplicated(keep=False)]
    shared = shared.assign(case=shared["excerpt"].map(excerpts.table["case"]))
    by_coder = {str(coder): gathered(rows) for coder, rows in shared.groupby("coder", sort=False)}
    whole_period = modes.reset_index().query("period == '(all)'").set_index("case")["prevailing_mode"]
    prevailing = whole_period.fillna(NONE_PREVAILS).to_dict()
    for case in study.cases.index:
        features: dict[str, object] = dict(attributes[str(case)])
        if case in prevailing:
            features["prevailing_mode"] = prevailing[case]
        own = {coder: {**features, "concepts": found[case]} for coder, found in by_coder.items() if case in found}
        together = {**features, "concepts": carried.get(case, frozenset())}
        yield _Unit(str(case), str(case), None, None, (together,), own if len(own) > 1 else {})


def _mode_notes(modes: pd.DataFrame) -> Iterator[str]:
    """Where the prevailing mode of use depends on the period or on one person."""
    for case, rows in modes.reset_index().groupby("case", sort=False):
        total, periods = rows.iloc[0], rows.iloc[1:]
        if len(set(periods["prevailing_mode"].fillna(NONE_PREVAILS))) > 1:
            by_period = "; ".join(
                f"{period}: {mode if isinstance(mode, str) else NONE_PREVAILS}"
                for period, mode in zip(periods["period"], periods["prevailing_mode"], strict=True)
            )
            yield f"The prevailing mode of use in {case!r} differs between periods ({by_period})."
        if total["persons"] > 1 and total["largest_person"] > 0.5:
            share = f"{total['largest_person']:.0%}"
            yield f"One of {total['persons']} persons accounts for {share} of the occasions in {case!r}."


def _domain(kind: EvidenceUnit, units: Sequence[_Unit]) -> list[dict[str, object]]:
    """The combinations of features that the study could have recorded of a unit of this kind.

    What is a fact of the design (attributes of cases, distance) is as it is; what was observed could have been any. A
    combination has ``concepts`` where such units have codes; which codes is tried by the caller.
    """
    if kind is EvidenceUnit.EXCERPT:
        return [{"concepts": frozenset()}]
    coded: dict[str, object] = {}
    if any("concepts" in features for unit in units for features in unit.descriptions):
        coded["concepts"] = frozenset()
    observed: dict[str, list[object]] = {}
    facts: dict[tuple[tuple[str, object], ...], None] = {}
    for features in (each for unit in units for each in unit.descriptions):
        facts[tuple((key, features[key]) for key in (*CASE_FEATURES, "distance") if key in features)] = None
        for key in ("mode", "prevailing_mode"):
            if key in features:
                observed.setdefault(key, [mode.value for mode in ModeOfUse]).append(features[key])
        if "followed" in features:
            observed["followed"] = [True, False]
    free = [dict(zip(observed, values, strict=True)) for values in itertools.product(*observed.values())]
    return [{**dict(fact), **each, **coded} for fact in facts for each in free]


def _impossible(
    rules: Iterable[EvidenceRule],
    side: str,
    domain: Sequence[Features],
    concepts: Mapping[str, frozenset[str]],
    framework: Framework,
) -> str:
    """Why no unit of this study could support, or contradict, a proposition; empty where one could."""
    given = [rule for rule in rules if getattr(rule, side) is not None]
    if not given:
        return f"no rule says what {side} it"
    reachable = frozenset[str]().union(*concepts.values())
    reasons: dict[str, None] = {}
    for rule in given:
        whole = Every((rule.where, getattr(rule, side)))
        tried = _combinations(whole, domain, concepts, framework)
        if tried is None or any(whole.holds(features) for features in tried):
            return ""
        for test in _blocking(whole, tried):
            reasons[_lack(test, rule.unit.value, domain, reachable, framework)] = None
    return "; ".join(reasons) or f"every unit to which its rules apply {_OTHER[side]} it by construction"


_OTHER = {"contradicts": "supports", "supports": "contradicts"}


def _combinations(
    condition: Condition, domain: Sequence[Features], concepts: Mapping[str, frozenset[str]], framework: Framework
) -> list[Features] | None:
    """Features that units of the study could have, as far as the condition can tell them apart; None if too many.

    A condition that holds at all holds of a unit with no more codes than it has tests.
    """
    tests = list(condition.tests())
    wanted = {value for test in tests if test.feature == "concepts" for value in _values(test)}
    reads_frames = any(test.feature == "frames" for test in tests)
    carried = {(keys & wanted, tuple(framework.frames_of(keys)) if reads_frames else ()) for keys in concepts.values()}
    different = sorted(((keys, frames) for keys, frames in carried if keys or frames), key=str)
    most = min(len(different), sum(len(_values(test)) if test.op == "==" else 1 for test in tests))
    sizes = range(most + 1)
    if sum(math.comb(len(different), size) for size in sizes) * len(domain) > _MOST_TRIED:
        return None
    coded = [
        {
            "concepts": frozenset[str]().union(*(keys for keys, _ in chosen)),
            "frames": tuple(dict.fromkeys(frame for _, frames in chosen for frame in frames)),
        }
        for chosen in itertools.chain.from_iterable(itertools.combinations(different, size) for size in sizes)
    ]
    return [{**base, **codes} for base in domain for codes in (coded if "concepts" in base else [{}])]


def _values(test: Compare) -> tuple[object, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _blocking(condition: Condition, tried: Sequence[Features]) -> Iterator[Compare]:
    """The tests that no unit could meet and on which the condition therefore fails."""
    if any(condition.holds(features) for features in tried):
        return
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Every | Some):
        for part in condition.parts:
            yield from _blocking(part, tried)


def _lack(test: Compare, unit: str, domain: Sequence[Features], reachable: frozenset[str], framework: Framework) -> str:
    """What the study lacks for a test."""
    if not domain:
        return f"the study has no {unit}"
    names = " or ".join(map(str, _values(test)))
    if test.feature == f"concepts {_ON_OFFER}":
        return f"no code points to {names}"
    if test.feature == f"frames {_ON_OFFER}":
        return f"no code points to a concept of the frame {names}"
    if test.feature == "concepts":
        if not any("concepts" in base for base in domain):
            return f"no {unit} has a coded unit of its name"
        return f"no code points to {names}" if reachable.isdisjoint(_values(test)) else f"no {unit} meets {test}"
    if test.feature == "frames":
        has_code = set(_values(test)) <= set(framework.frames_of(reachable))
        return f"no {unit} meets {test}" if has_code else f"no code points to a concept of the frame {names}"
    if not any(test.feature in base for base in domain):
        return f"no {unit} has a known {test.feature}"
    return f"there is no {unit} with {test}"


def _definitions(systems: Iterable[ExpertSystem]) -> pd.DataFrame:
    rows = []
    for system in systems:
        complete = system.completeness()
        rows.append((system.name, *(", ".join(complete.having(status)) for status in Status)))
    table = pd.DataFrame(rows, columns=["system", *(status.value for status in Status)])
    return table.set_index("system").rename_axis(columns="status")


def _summary(
    framework: Framework, evidence: pd.DataFrame, limits: Mapping[tuple[str, str], tuple[str, str]]
) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for proposition in framework.propositions:
        of_proposition = evidence[evidence["proposition"] == proposition.key]
        for kind in list(dict.fromkeys(rule.unit.value for rule in proposition.evidence)) or ["–"]:
            here = of_proposition[of_proposition["unit"] == kind]
            counts = here.groupby("bearing")["occasions"].sum()
            sides = [here[here["bearing"] == side] for side in ("supports", "contradicts")]
            cases = (", ".join(dict.fromkeys(side["case"].dropna().astype(str))) for side in sides)
            who = ["case", "person"] if kind == "situation" else ["person"]  # persons of a log count within cases
            named = [side.dropna(subset="person").drop_duplicates(who) for side in sides]
            people = (len(side) if here["person"].notna().any() else pd.NA for side in named)
            differing = int(here.loc[here["coders"] != "", "occasions"].sum())
            impossible = limits.get((proposition.key, kind), (DEFINITION, DEFINITION))
            numbers = (int(counts.get(bearing, 0)) for bearing in SHOWN)
            rows.append((proposition.key, kind, *numbers, differing, *impossible, *cases, *people))
    columns = ["proposition", "unit", *SHOWN, "coders_differ", "could_not_contradict", "could_not_support"]
    columns += ["cases_for", "cases_against", "people_for", "people_against"]
    table = pd.DataFrame(rows, columns=columns).astype({"people_for": "Int64", "people_against": "Int64"})
    return table.set_index(["proposition", "unit"]).rename_axis(columns="column")
