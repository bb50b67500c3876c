"""From several coders to one: rules of consensus, what they leave to decide, and the result as a round of its own."""

from __future__ import annotations

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, unknown
from expertsys._core.results import Result
from expertsys.agreement.diagnosis.disagreements import texts
from expertsys.agreement.panel.decided import Decided, decisions
from expertsys.agreement.panel.rules import (
    COLUMNS,
    DECIDED,
    EXPERT,
    MAJORITY,
    OPEN,
    PLURALITY,
    RULES,
    SINGLE,
    TIE,
    UNANIMOUS,
    Rule,
    Single,
    Ties,
    settled,
)
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.study import Study


@attrs.frozen(eq=False, repr=False)
class Consensus(Result):
    """One coding out of several, as a round of its own beside the rounds that it was made from.

    Attributes
    ----------
    study : Study
        The study that was given, with the codings of the consensus as a further round by a further coder.
    rule : str
        How differences were settled.
    coder, round : str
        What the consensus is called in the study.
    n_units : int
        Units that someone saw.
    n_open : int
        Codes on units that the rule leaves open and nobody has decided.
    note : str
        What a reader must know; empty where there is nothing.
    """

    study: Study
    rule: str
    coder: str
    round: str
    n_units: int
    n_open: int
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per unit and code that someone applied, index ``unit, code``.

        Columns: ``case``; ``n_coders`` who saw the unit; ``n_applied`` of them applied the code; ``applied_by`` and
        ``not_applied_by``, their names; ``applied``, True, False, or missing where it is open; ``origin``, the way by
        which it was settled.
        """
        return self._table.copy()

    @property
    def origins(self) -> pd.Series[int]:
        """How many codes on units were settled in each way, those left open among them; index ``origin``."""
        return self._table["origin"].value_counts(sort=False).rename("codes").rename_axis("origin")

    def to_adjudicate(self, *, text: bool = False) -> pd.DataFrame:
        """What is left to decide: fill the empty column ``applied`` with yes or no, and give it back as ``decided=``.

        Parameters
        ----------
        text : bool
            Whether to add the unit's text. It is interview material: show it only to those who may see it.
        """
        table = self._table[self._table["origin"] == OPEN].drop(columns=["origin", "n_applied"])
        if not text:
            return table
        found = texts(self.study).reindex(table.index.get_level_values("unit"))
        return table.assign(text=found.to_numpy())

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        found = self.origins
        settled = ", ".join(f"{found[name]:,} {_TOLD[name]}" for name in _TOLD if name in found)
        left = f" {self.n_open:,} were left open." if self.n_open else ""
        return (
            f"The codings of all coders were merged into one: {self.rule}. Of {len(self._table):,} codes on units that "
            f"at least one coder had applied, {settled}.{left} Agreement was computed on the codings before this step."
        )

    def _title(self) -> str:
        return f"Consensus of {self.n_units:,} units, round {self.round!r}, coder {self.coder!r}"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        counted = [(f"  {name}", int(count)) for name, count in self.origins.items()]
        return (("rule", self.rule), ("codes on units", len(self._table)), *counted, ("note", self.note))


_TOLD = {
    UNANIMOUS: "were unanimous",
    MAJORITY: "were settled by majority",
    PLURALITY: "were settled by plurality",
    TIE: "were ties",
    EXPERT: "were settled by the expert",
    SINGLE: "came from the only coder who saw the unit",
    DECIDED: "were decided by adjudication",
}


def consensus(
    study: Study,
    *,
    rule: Rule,
    expert: str | None = None,
    ties: Ties = "adjudicate",
    single: Single = "take",
    decided: Decided | None = None,
    coder: str = "consensus",
    round: str = "consensus",  # noqa: A002  # the word of the field
) -> Consensus:
    """Turn several coders into one by a rule, with a list of what the rule leaves to decide.

    Each code is settled on each unit by those who saw it: a coder who saw a unit and did not apply the code said "no",
    one who did not see it says nothing.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    rule : {"majority", "plurality", "unanimous", "expert"}
        What settles a code on which coders differ: what more than half of them did; for codes that exclude each other,
        the one that most of them gave, or none; nothing, so that it is left to decide; or what the expert did, and it
        is left to decide where the expert did not see the unit.
    expert : str, optional
        The coder whose word counts; with ``rule="expert"`` only.
    ties : {"adjudicate", "apply", "omit"}
        What to do with a code that exactly half applied, or with several that equally many gave; for the majority and
        the plurality only.
    single : {"take", "adjudicate"}
        Whether what the only coder of a unit did stands as it is.
    decided : mapping or dataframe, optional
        What was decided: ``{(unit, code): True}``, ``{unit: [codes]}`` (its other contested codes are then not
        applied), or the table of `Consensus.to_adjudicate` with its column ``applied`` filled (empty cells stay open).
        A decision stands above the rule.
    coder, round : str
        Names of the new coder and the new round; neither may exist.

    Returns
    -------
    Consensus
        `study` holds all rounds; `to_frame()` says of each code on each unit how it was settled; `to_adjudicate()` is
        what is left open. Open codes are not applied in the new round.

    Raises
    ------
    DataError
        For spans without units, several rounds, an unknown expert, names that exist, decisions on unknown units or
        codes; for the plurality where a coder gave a unit several codes.

    Notes
    -----
    The rounds stay apart: functions that measure agreement refuse a study with several.
    ``study.select(rounds=["consensus"])`` gives the consensus, ``study.select(rounds=["first"])`` the round of that
    name, ``study.select(rounds=[None])`` codings without a round. Report agreement from before the consensus.

    Where documents hold several units, the consensus counts as having seen a document once all its units are settled.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {
    ...         "unit": ["u1", "u1", "u1", "u2", "u2", "u3"],
    ...         "coder": ["ann", "ben", "cy", "ann", "ben", "cy"],
    ...         "code": ["policy", "policy", "judgement", "policy", "judgement", "policy"],
    ...     }
    ... )
    >>> found = consensus(Study(codings), rule="majority")
    >>> found.to_frame()[["n_applied", "n_coders", "applied", "origin"]]
    column         n_applied  n_coders applied        origin
    unit code
    u1   policy            2         3    True      majority
         judgement         1         3   False      majority
    u2   policy            1         2    <NA>          open
         judgement         1         2    <NA>          open
    u3   policy            1         1    True  single coder

    On u2 the two coders who saw it differ, and it is theirs to decide:

    >>> settled = consensus(Study(codings), rule="majority", decided={"u2": ["policy"]})
    >>> settled.n_open, settled.study.select(rounds=["consensus"]).codings["unit"].tolist()
    (0, ['u1', 'u2', 'u3'])
    """
    check_choice("rule", rule, RULES)
    check_choice("ties", ties, ("adjudicate", "apply", "omit"))
    check_choice("single", single, ("take", "adjudicate"))
    coded = CodedUnits.of(study)
    _refuse_names(study, coder, round)
    if (expert is not None) != (rule == "expert"):
        raise DataError("expert= names whose word counts with rule='expert', and is needed there", place="consensus")
    if expert is not None and expert not in coded.coders:
        raise unknown("coder", expert, coded.coders, place="consensus(expert=...)")
    table = settled(study, coded, rule, expert, ties, single)
    if decided is not None:
        table = _with_decisions(study, table, decided)
    told = {
        "majority": f"what more than half of those who saw a unit did, ties {_TIES[ties]}",
        "plurality": f"the code that most of those who saw a unit gave, or none, ties {_TIES[ties]}",
        "unanimous": "what all who saw a unit did, differences left to adjudication",
        "expert": f"the word of {expert!r} where coders differ",
    }[rule]
    n_open, n_units = int((table["origin"] == OPEN).sum()), len(np.unique(coded.unit))
    notes = []
    if n_open:
        notes.append(f"left open, and so not applied: {n_open} of {len(table)} codes on units")
    bare = _left_bare(coded, table) if rule == "majority" else 0
    if bare:
        notes.append(
            f"without a code, though nobody left them without one: {bare} of {n_units} units; for codes that exclude "
            "each other there is rule='plurality'"
        )
    codings, assignments = _added(study, coded, table, coder, round)
    counts = ", ".join(f"{count} {name}" for name, count in table["origin"].value_counts(sort=False).items())
    provenance = study.provenance.choosing("consensus", f"{told}; round {round!r}, coder {coder!r}: {counts}")
    if notes and n_open + bare:
        remedy = "Decide them: consensus(study, ..., decided=...)."
        provenance = provenance.noting(*(Remark("note", f"round {round!r}", f"{note}.", remedy) for note in notes))
    made = _like(study, codings=codings, assignments=assignments, provenance=provenance)
    if study.reading_note:
        notes.append(study.reading_note.rstrip("."))
    return Consensus(made, told, coder, round, n_units, n_open, "; ".join(notes), table)


_TIES = {"adjudicate": "left to adjudication", "apply": "applied", "omit": "not applied"}


def _refuse_names(study: Study, coder: str, name: str) -> None:
    for kind, given, there in (("coder", coder, list(study.coders.index)), ("round", name, list(study.rounds))):
        if not given or given in there:
            raise DataError(
                f"the study has a {kind} {given!r} already" if given else f"the {kind} of a consensus needs a name",
                place=f"consensus({kind}=...)",
                remedy="Choose another name, or select the round to make a consensus of: study.select(rounds=[...]).",
            )


def _left_bare(coded: CodedUnits, table: pd.DataFrame) -> int:
    """Units that end without a code though every coder gave them just one."""
    given = np.bincount(coded.reading, minlength=len(coded.unit))
    if (given > 1).any():
        return 0
    empty = {coded.units[number] for number in coded.unit[given == 0]}
    units = table.index.get_level_values("unit")
    kept = table["applied"].isna() | table["applied"].fillna(False)
    bare = ~kept.groupby(units).any()
    return int((bare & ~bare.index.isin(list(empty))).sum())


def _with_decisions(study: Study, table: pd.DataFrame, decided: Decided) -> pd.DataFrame:
    contested = [(str(unit), str(code)) for unit, code in table.index[table["origin"] == OPEN]]
    found = decisions(decided, contested, study.units.index, study.codes)
    new = [place for place in found if place not in table.index]
    if new:
        readers = study.seen.groupby("unit")["coder"].agg(list)
        rows = {
            place: (study.units["case"][place[0]], len(saw), 0, "", ", ".join(sorted(saw)), pd.NA, OPEN)
            for place in new
            for saw in [readers.get(place[0], [])]
        }
        index = pd.MultiIndex.from_tuples(list(rows), names=table.index.names)
        more = pd.DataFrame(list(rows.values()), columns=list(COLUMNS), index=index).astype(table.dtypes.to_dict())
        table = pd.concat([table, more]).rename_axis(columns="column")
    answers = pd.Series([found.get((str(unit), str(code))) for unit, code in table.index], index=table.index)
    answers = answers.astype("boolean")
    return table.assign(
        applied=table["applied"].mask(answers.notna(), answers), origin=table["origin"].mask(answers.notna(), DECIDED)
    )


def _added(
    study: Study, coded: CodedUnits, table: pd.DataFrame, coder: str, name: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Codings and assignments with what was settled: the consensus has read each unit with no code left open."""
    units, chosen = study.units, table[table["applied"].fillna(False)]
    where = chosen.index.get_level_values("unit")
    added = pd.DataFrame(
        {
            "unit": where,
            "coder": coder,
            "code": chosen.index.get_level_values("code"),
            "case": units["case"].reindex(where).to_numpy(),
            "document": units["document"].reindex(where).to_numpy(),
            "start": units["start"].reindex(where).array,
            "end": units["end"].reindex(where).array,
            "memo": [
                f"{origin}: {by or 'nobody'} of {number}"
                for origin, by, number in zip(chosen["origin"], chosen["applied_by"], chosen["n_coders"], strict=True)
            ],
            "round": name,
        }
    )
    waiting = set(table.index.get_level_values("unit")[table["origin"] == OPEN])
    read = [coded.units[number] for number in np.unique(coded.unit) if coded.units[number] not in waiting]
    new = pd.DataFrame({"coder": coder, "unit": read, "round": name}, dtype="str")
    return pd.concat([study.codings, added], ignore_index=True), pd.concat([study.assignments, new], ignore_index=True)


def _like(study: Study, **changed: object) -> Study:
    names = ("codings", "units", "cases", "documents", "participants", "coders", "assignments", "situations")
    parts = {name: getattr(study, name) for name in (*names, "codebook", "provenance", "title", "unmapped")}
    return Study(**{**parts, **changed})
