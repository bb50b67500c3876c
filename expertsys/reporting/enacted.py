"""Sections on the theory at work: systems, situations, resistance, frames and propositions; each says its standing."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from expertsys import comparison, enactment, evidence
from expertsys._core.errors import DataError, DegenerateWarning, listing
from expertsys.reporting.model import Cell, Column, Kind, Section, Table, plain
from expertsys.reporting.pictures import described
from expertsys.theory import FRAMEWORK, ExpertSystem, Framework

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

#: Rows of a long table, units and names in a list that the page shows.
MOST_ROWS, MOST_UNITS, MOST_CODES = 60, 20, 12
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
    """What happens where system and practice meet: one figure for each system, over all the cases that have it."""
    table = study.situations
    if table.empty:
        return None
    groups = _systems(study, table)
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
        paragraphs.append("Each system is measured by itself: systems share neither categories nor prescribed actions.")
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
    first = "situations = study.situations"
    if len(groups) > 1:
        cases = next(iter(groups.values()))["case"].unique().tolist()
        first += f'[study.situations["case"].isin({cases!r})]  # one of the systems'
    code = "\n".join([first, *(f"es.enactment.{name}(situations)" for name in _NAMES)])
    return Section(
        "situations", "Where system and practice meet", paragraphs + silent, tables if rows else (), figures, code
    )


def _systems(study: Study, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The situations of each system, by a label: the name of its case, or of its first and how many more there are."""
    if "case" not in table or table["case"].nunique() < 2:
        return {"": table}
    if "system" not in table and "system" in study.cases:
        table = table.assign(system=table["case"].map(study.cases["system"]))
    groups = enactment.systems_of(table)
    if len(groups) == 1:
        return {"": table}
    labels = [f" · {cases[0]}" + (f" and {len(cases) - 1} more" if len(cases) > 1 else "") for cases in groups]
    return {label: table[table["case"].isin(cases)] for label, cases in zip(labels, groups, strict=True)}


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


def resistance(study: Study, framework: Framework) -> Section | None:
    """What resistance is directed at."""
    title = "Resistance profile"
    named = ("role", "site")
    groups: list[str | None] = ["case"] if len(study.cases) else []
    groups += [name for name in named if study.participants[name].notna().any()]
    profiles: list[evidence.ResistanceProfile] = []
    reasons: list[str] = []
    for by in groups or (None,):
        try:
            profiles.append(evidence.resistance_profile(study, by=by, framework=framework))
        except DataError as error:
            reasons.append(str(error))
    profiles = [one for one in profiles if len(one.to_frame())]
    if not profiles:
        return Section("resistance", title, [f"Not computed: {reasons[0]}"]) if _is_mapped(study) and reasons else None
    kinds: dict[str, Kind] = {"share": "share", "low": "share", "high": "share", "n_focus": "count"}
    kinds |= {"n_resistance": "count", "n_clusters": "count", "note": "text"}
    names = {"group": "Group", "focus": "Focus", "share": "Share", "low": "Low", "high": "High", "note": "Note"}
    names |= {"n_focus": "With it", "n_resistance": "Resistance excerpts", "n_clusters": "Clusters"}
    tables = [
        Table.of(
            f"Resistance by {one.by}: share of resistance excerpts with each focus",
            one.to_frame().head(MOST_ROWS),
            kinds,
            names=names,
            note=" ".join(
                filter(None, [_more(len(one.to_frame()), f"resistance_profile(study, by={one.by!r})"), one.note])
            ),
        )
        for one in profiles
    ]
    first = profiles[0]
    known = first.to_frame().dropna(subset=["share"]).reset_index().sort_values("share", ascending=False, kind="stable")
    figures = []
    if len(known):
        top = known.iloc[0]
        alt = f"Shares by focus and {first.by}; the largest is {top['focus']} in {top['group']} ({top['share']:.0%})."
        caption = f"Shares of resistance excerpts by focus and {first.by}, with simultaneous intervals."
        figures = [described(first.plot(), caption, alt)]
    code = "\n".join(
        f"es.evidence.resistance_profile(study, by={by!r}{_argument(framework)})"
        for by in (one.by if one.by != "all together" else None for one in profiles)
    )
    return Section("resistance", title, [f"{first.methods_text()} {PROPOSED}"], tables, figures, code)


def frames(study: Study, framework: Framework) -> Section | None:
    """Which excerpts support which framing."""
    result = evidence.frame_evidence(study, framework=framework)
    if result.excerpts.empty:
        return None
    kinds: dict[str, Kind] = dict.fromkeys(("supports", "alone", "both", "against", "coders_differ"), "count")
    names = {"frame": "Frame", "case": "Case", "supports": "Excerpts for it", "alone": "For it alone"}
    names |= {"both": "For it and a rival", "against": "For a rival only", "coders_differ": "Coders differ"}
    rows: list[list[Cell]] = [
        [frame, len(codes), listing(codes, MOST_CODES)] for frame, codes in result.available.items()
    ]
    table = result.to_frame()
    more = _more(len(table), "es.evidence.frame_evidence(study)")
    tables = [
        Table.of("Excerpts by explanatory frame", table.head(MOST_ROWS), kinds, names=names, note=more),
        Table("Codes that each frame has", [Column("Frame"), Column("Codes", "count"), Column("Which")], rows),
    ]
    code = f"es.evidence.frame_evidence(study{_argument(framework)})"
    return Section("frames", "Evidence for explanatory frames", [result.methods_text()], tables, code=code)


def propositions(study: Study, systems: Iterable[ExpertSystem], framework: Framework) -> Section | None:
    """Evidence for and against each proposition."""
    title = "Propositions, and evidence for and against"
    try:
        result = evidence.evaluate_propositions(study, framework=framework, systems=systems)
    except DataError as error:
        return Section("propositions", title, [f"Not computed: {error}"])
    if result.evidence.empty:
        return None
    table = result.to_frame()
    kinds: dict[str, Kind] = dict.fromkeys(
        ("supports", "contradicts", "mixed", "untested", "silent", "undetermined", "coders_differ"), "count"
    )
    names = {"proposition": "Proposition", "unit": "Unit", **{name: name.capitalize() for name in kinds}}
    kinds |= {"could_not_contradict": "text", "could_not_support": "text"}
    names |= {"coders_differ": "Coders differ", "could_not_contradict": "Could not contradict, because"}
    names |= {"could_not_support": "Could not support, because"}
    who: dict[str, Kind] = {"cases_for": "text", "people_for": "count", "cases_against": "text"}
    who |= {"people_against": "count"}
    names |= {"cases_for": "Cases for", "people_for": "People for"}
    names |= {"cases_against": "Cases against", "people_against": "People against"}
    behind = table[(table["cases_for"] != "") | (table["cases_against"] != "")]
    behind = behind.assign(**{name: behind[name].map(_shorter) for name in ("cases_for", "cases_against")})
    wordings = [[one.key, one.standing.value, one.wording, one.note] for one in framework.propositions]
    columns = [Column("Proposition"), Column("Standing"), Column("Wording"), Column("Note")]
    tables = [
        Table.of("Evidence by proposition: numbers of units, each counted once; no score", table, kinds, names=names),
        Table("The propositions", columns, wordings),
    ]
    if len(behind):
        tables.append(Table.of("Cases and people behind the evidence", behind, who, names=names))
    against = result.evidence[result.evidence["bearing"] == "contradicts"]
    if len(against):
        rows = [
            [one["proposition"], one["unit"], str(one["name"]), plain(one["case"])]
            for one in against.head(MOST_UNITS).to_dict("records")
        ]
        columns = [Column("Proposition"), Column("Kind"), Column("Name"), Column("Case")]
        rest = len(against) - len(rows)
        note = (
            f"The first {MOST_UNITS}; {rest} more are in evidence.bearing(proposition, 'contradicts')." if rest else ""
        )
        tables.append(Table("Evidence against", columns, rows, note))
    if len(result.definitions):
        kinds_of: dict[str, Kind] = dict.fromkeys(result.definitions.columns, "text")
        keys = ", ".join(one.key for one in framework.propositions if one.kind == "definition")
        caption = f"{keys}, a definition: what is documented of each system" if keys else "What is documented"
        tables.append(Table.of(caption, result.definitions, kinds_of))
    text = (
        f"{result.methods_text()} Untested is what would support a proposition that nothing in this study could have "
        f"contradicted; undetermined means that information is missing from the data. {PROPOSED}"
    )
    key = next(iter(framework.propositions)).key
    code = f"evidence = es.evidence.evaluate_propositions(study{_argument(framework)})\n"
    code += f"evidence.bearing({key!r}, 'contradicts')"
    return Section("propositions", title, [text], tables, code=code)


def _argument(framework: Framework) -> str:
    """How the code beside a table passes the framework, where it is not the one that ships."""
    return "" if framework is FRAMEWORK else ", framework=framework"


def _is_mapped(study: Study) -> bool:
    return bool(study.codebook.concepts)


def _more(rows: int, source: str) -> str:
    return f"{rows - MOST_ROWS} more rows are in {source}." if rows > MOST_ROWS else ""


def _shorter(names: str) -> str:
    """Cases that are named in a cell, cut after some."""
    each = names.split(", ")
    return names if len(each) <= MOST_CODES else f"{', '.join(each[:MOST_CODES])} and {len(each) - MOST_CODES} more"
