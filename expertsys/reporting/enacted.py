"""Sections on the theory at work: systems, situations, resistance, frames and propositions; each says its standing."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from expertsys import comparison, enactment, evidence
from expertsys._core.errors import DataError, DegenerateWarning
from expertsys.reporting.model import Cell, Column, Kind, Section, Table, plain
from expertsys.reporting.pictures import described
from expertsys.theory import FRAMEWORK, ExpertSystem

if TYPE_CHECKING:
    from expertsys.study import Study

PROPOSED = "Proposed by this library: it prompts interpretation and tests no theory by itself."


def systems(given: Iterable[ExpertSystem]) -> Section | None:
    """The systems themselves, side by side."""
    found = tuple(given)
    if not found:
        return None
    made = comparison.systems(*found)
    table = made.to_frame()
    columns = [Column("Part"), Column("Item"), *(Column(str(name)) for name in table.columns)]
    rows = [[*map(str, key), *map(plain, cells)] for key, cells in zip(table.index, table.to_numpy(), strict=True)]
    return Section(
        "systems",
        "The systems",
        [made.methods_text() + " Keys in brackets name the source of each statement."],
        [Table("Systems side by side", columns, rows)],
        code="es.comparison.systems(*systems)",
    )


def situations(study: Study) -> Section | None:
    """What happens where system and practice meet, in each case by itself: systems share no categories."""
    table = study.situations
    if table.empty:
        return None
    groups = {"": table}
    if "case" in table and table["case"].nunique() > 1:
        groups = {f" · {name}": group for name, group in table.groupby("case", sort=False)}
    made: dict[str, Measured] = {}
    silent: list[str] = []
    for label, group in groups.items():
        for measure in (enactment.emptying_out, enactment.action_at_a_distance, enactment.contingency_sensitivity):
            name = measure.__name__.replace("_", " ") + label
            try:
                made[name] = measure(group)
            except DataError as error:
                silent.append(f"Not computed: {name}: {error}")
    paragraphs = [f"{len(table):,} situations. {PROPOSED}"]
    if len(groups) > 1:
        paragraphs.append("Each case is measured by itself: systems share neither categories nor local descriptions.")
    else:
        paragraphs += [one.methods_text() for one in made.values()]
    figures = [
        described(one.plot(), f"{name[:1].upper()}{name[1:]} (proposed measure).", one.methods_text())
        for name, one in made.items()
        if one.null is not None and not isinstance(one, enactment.ContingencySensitivity)
    ]
    kinds: list[tuple[str, Kind]] = [("Estimate", "figure"), ("Low", "figure"), ("High", "figure")]
    kinds += [("By chance", "figure"), ("p", "figure"), ("Situations", "count"), ("Sites", "count"), ("Note", "text")]
    columns = [Column("Measure"), *(Column(name, kind) for name, kind in kinds)]
    rows = [_measured(name, one) for name, one in made.items()]
    tables = [Table("Measures of enactment, with 95% intervals over sites (standing: proposed)", columns, rows)]
    code = "\n".join(f"es.enactment.{name}(situations)" for name in _NAMES)
    first = f'situations = study.situations[study.situations["case"] == {next(iter(groups))[3:]!r}]  # one of the cases'
    code = "\n".join(["situations = study.situations" if len(groups) == 1 else first, code])
    return Section(
        "situations", "Where system and practice meet", paragraphs + silent, tables if rows else (), figures, code
    )


_NAMES = ("emptying_out", "action_at_a_distance", "contingency_sensitivity")
Measured = enactment.EmptyingOut | enactment.ActionAtADistance | enactment.ContingencySensitivity


def _measured(name: str, one: Measured) -> list[Cell]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateWarning)  # the interval's note is printed
        interval = one.interval()
    chance = (one.null.mean, one.null.p_value) if one.null else (None, None)
    note = "; ".join(part for part in (one.note, interval.note) if part)
    numbers = map(plain, (one.estimate, interval.low, interval.high, *chance))
    return [name, *numbers, one.n_situations, one.n_sites, note]


def resistance(study: Study) -> Section | None:
    """At what resistance is directed."""
    named: tuple[Literal["role", "site"], ...] = ("role", "site")
    groups: list[Literal["case", "role", "site"] | None] = ["case"] if len(study.cases) else []
    groups += [name for name in named if study.participants[name].notna().any()]
    profiles = []
    for by in groups or (None,):
        try:
            profiles.append(evidence.resistance_profile(study, by=by))
        except DataError:
            continue
    profiles = [one for one in profiles if len(one.to_frame())]
    if not profiles:
        return None
    kinds: dict[str, Kind] = {"share": "share", "low": "share", "high": "share", "n_focus": "count"}
    kinds |= {"n_resistance": "count", "n_clusters": "count", "note": "text"}
    names = {"group": "Group", "focus": "Focus", "share": "Share", "low": "Low", "high": "High", "note": "Note"}
    names |= {"n_focus": "With it", "n_resistance": "Resistance excerpts", "n_clusters": "Documents"}
    tables = [
        Table.of(
            f"Resistance by {one.by}: share of resistance excerpts with each focus", one.to_frame(), kinds, names=names
        )
        for one in profiles
    ]
    first = profiles[0]
    top = first.to_frame().reset_index().sort_values("share", ascending=False).iloc[0]
    alt = f"Shares by focus and {first.by}; the largest is {top['focus']} in {top['group']} ({top['share']:.0%})."
    caption = f"At what resistance is directed, by {first.by}, with simultaneous intervals."
    figure = described(first.plot(), caption, alt)
    code = "\n".join(f"es.evidence.resistance_profile(study, by={one.by!r})" for one in profiles)
    text = [f"{first.methods_text()} {PROPOSED}"]
    return Section("resistance", "At what resistance is directed", text, tables, [figure], code)


def frames(study: Study) -> Section | None:
    """Which excerpts speak for which framing."""
    found = evidence.frame_evidence(study)
    if found.excerpts.empty:
        return None
    kinds: dict[str, Kind] = dict.fromkeys(("speaks", "alone", "both", "against"), "count")
    names = {"frame": "Frame", "case": "Case", "speaks": "Excerpts for it", "alone": "For it alone"}
    names |= {"both": "For it and a rival", "against": "For a rival only"}
    rows: list[list[Cell]] = [[frame, len(codes), ", ".join(codes)] for frame, codes in found.available.items()]
    tables = [
        Table.of("Excerpts by explanatory frame", found.to_frame(), kinds, names=names),
        Table("What the codebook could find", [Column("Frame"), Column("Codes", "count"), Column("Which")], rows),
    ]
    code = "es.evidence.frame_evidence(study)"
    return Section("frames", "Which excerpts speak for which framing", [found.methods_text()], tables, code=code)


def propositions(study: Study, given: Iterable[ExpertSystem]) -> Section | None:
    """Evidence for and against each proposition."""
    held = evidence.hold(FRAMEWORK, study, systems=given)
    if held.evidence.empty:
        return None
    table = held.to_frame()
    kinds: dict[str, Kind] = dict.fromkeys(("supports", "contradicts", "mixed", "silent", "undetermined"), "count")
    names = {"proposition": "Proposition", "unit": "Looks at", **{name: name.capitalize() for name in kinds}}
    kinds |= {"cases_for": "text", "cases_against": "text"}
    names |= {"cases_for": "Cases for", "cases_against": "Cases against"}
    wordings = [[one.key, one.standing.value, one.wording, one.note] for one in FRAMEWORK.propositions]
    told = [Column("Proposition"), Column("Standing"), Column("In our words"), Column("Note")]
    tables = [
        Table.of("What bears on each proposition: numbers of units, no score", table, kinds, names=names),
        Table("The propositions", told, wordings),
    ]
    against = held.evidence[held.evidence["bearing"] == "contradicts"].head(20)
    if len(against):
        rows = [
            [one["proposition"], one["unit"], str(one["name"]), plain(one["case"])]
            for one in against.to_dict("records")
        ]
        columns = [Column("Proposition"), Column("Kind"), Column("Name"), Column("Case")]
        tables.append(Table("What contradicts: to be read again (the first 20)", columns, rows))
    if len(held.definitions):
        kinds_of: dict[str, Kind] = dict.fromkeys(held.definitions.columns, "text")
        tables.append(Table.of("P2, a definition: what is documented of each system", held.definitions, kinds_of))
    text = f"{held.methods_text()} Undetermined means that what would tell is missing from the data. {PROPOSED}"
    code = "held = es.evidence.hold(es.theory.FRAMEWORK, study)\nheld.bearing('P4', 'contradicts')"
    return Section("propositions", "Propositions, and evidence for and against", [text], tables, code=code)
