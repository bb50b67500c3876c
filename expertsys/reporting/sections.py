"""The sections of the report: one function each, from a study to what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import pandas as pd

from expertsys import agreement, comparison, evidence
from expertsys._core.errors import counted, listing
from expertsys.agreement.inference.methods import Method
from expertsys.reporting.model import Cell, Column, Kind, Section, Table, plain
from expertsys.reporting.pictures import case_figure, reliability_figure
from expertsys.study import check
from expertsys.theory import FRAMEWORK

if TYPE_CHECKING:
    from expertsys.study import Study
    from expertsys.theory import Framework

#: Rows of a long table that the page shows; the Python below each table gives them all.
MOST_ROWS = 60
MOST_UNITS = 15
#: Names in a list, and characters of a quotation or a remark, that the page shows.
MOST_NAMES = 12
LONGEST = 600


def data(study: Study) -> Section:
    """What the data are."""
    seen, codings = study.seen, study.codings
    facts: list[tuple[str, str]] = [
        ("Cases", f"{len(study.cases):,}" + (f": {_names(study.cases.index)}" if len(study.cases) else "")),
        ("Documents", f"{len(study.documents):,}"),
        ("Units", f"{len(study.units):,}" if len(study.units) else "none: the codings are spans of text"),
        ("Coders", f"{len(study.coders):,}: {_names(study.coders.index)}"),
        ("Codes", f"{len(study.codes):,}, of which {codings['code'].nunique():,} were applied"),
        ("Codings", f"{len(codings):,}"),
    ]
    if study.rounds:
        facts.append(("Round of coding", _names(study.rounds)))
    facts += [(what[:1].upper() + what[1:], _cut(choice)) for what, choice in study.provenance.choices]
    tables = [Table("The study", [Column("What"), Column("In these data")], facts)]
    if len(seen):
        tables.append(_read(study, seen))
    return Section("data", "Data", tables=tables, code="print(study)")


def _names(names: Iterable[object]) -> str:
    """Names with commas between them; a list that is cut says how many more there are."""
    each = [str(name) for name in names]
    rest = len(each) - MOST_NAMES
    return ", ".join(each[:MOST_NAMES]) + (f" and {rest:,} more" if rest > 0 else "")


def _has_units(study: Study) -> bool:
    return len(study.units) > 0 and bool(study.codings["unit"].notna().all())


def _read(study: Study, seen: pd.DataFrame) -> Table:
    """Who read how much, by case where there are cases."""
    coders = list(study.coders.index)[:8]
    by_case = seen.assign(case=seen["case"].fillna("(no case)"))
    units = study.units["case"].fillna("(no case)").value_counts()
    pairs = by_case.drop_duplicates(["unit", "coder"])
    read = pd.crosstab(pairs["case"], pairs["coder"]).reindex(columns=coders, fill_value=0)
    per_unit = by_case.groupby(["case", "unit"])["coder"].nunique()
    doubled = (per_unit > 1).groupby(level="case").sum()
    cases = list(dict.fromkeys([*study.cases.index, *by_case["case"]]))
    table = pd.concat([units, doubled, read], axis=1).reindex(cases[:MOST_ROWS]).fillna(0).astype(int)
    rows = [[str(case), *map(plain, cells)] for case, cells in zip(table.index, table.to_numpy(), strict=True)]
    columns = [Column("Case"), Column("Units", "count"), Column("Read by two or more", "count")]
    columns += [Column(f"Read by {name}", "count") for name in coders]
    left_out = len(study.coders) - len(coders)
    note = [f"{left_out} more coders are not shown."] if left_out else []
    note += [f"{len(cases) - MOST_ROWS:,} more cases are not shown."] if len(cases) > MOST_ROWS else []
    note += [study.reading_note] if study.reading_note else []
    return Table("Units, and who read them", columns, rows, " ".join(note))


def warnings(study: Study) -> Section:
    """Data-quality warnings and notes."""
    title = "Data-quality warnings"
    found = check(study)
    if found.empty:
        return Section("warnings", title, ["There are none."], code="es.check(study)")
    serious = found[found["severity"] != "note"]
    minor = found[found["severity"] == "note"]
    tables = []
    kinds: dict[str, Kind] = {"what": "text", "remedy": "text"}
    for caption, rows in (("Warnings: they may change results", serious), ("Notes", minor)):
        if len(rows):
            names = {"place": "Place", "what": "Observation", "remedy": "What to do"}
            shown = rows.head(MOST_ROWS if rows is serious else MOST_UNITS).map(_cut).set_index("place")
            note = f"{len(rows) - len(shown)} more are listed by es.check(study)." if len(rows) > len(shown) else ""
            tables.append(Table.of(f"{caption} ({len(rows)})", shown, kinds, names=names, note=note))
    text = f"{counted(len(serious), 'warning')} and {counted(len(minor), 'note')}. Nothing was repaired silently."
    return Section("warnings", title, [text], tables, code="es.check(study)")


def reliability(study: Study, confidence: float, method: Method | None) -> Section:
    """Agreement between the coders."""
    title = "Inter-coder agreement"
    if len(study.coders) < 2:
        return Section("reliability", title, ["One coder: agreement cannot be measured."])
    if not _has_units(study):
        text = "The codings are spans of text without units. Choose the unit of coding first: study.unitise(by=...)."
        return Section("reliability", title, [text])
    table = agreement.reliability(study, confidence=confidence, method=method)
    kinds: dict[str, Kind] = {
        "estimate": "figure",
        "low": "figure",
        "high": "figure",
        "n_units": "count",
        "n_coders": "count",
        "prevalence": "share",
        "agreement": "share",
        "note": "text",
    }
    names = {
        "code": "Code",
        "estimate": "Alpha",
        "low": "Low",
        "high": "High",
        "n_units": "Units",
        "n_coders": "Coders",
    }
    names |= {"prevalence": "Prevalence", "agreement": "Pairs that agree", "note": "Note"}
    whole = table.iloc[-2:]
    single = table.iloc[:-2].sort_values("prevalence", ascending=False, kind="stable")
    shown = pd.concat([whole, single.head(MOST_ROWS)])
    hidden = len(single) - min(len(single), MOST_ROWS)
    note = f"The {MOST_ROWS} most prevalent codes; {hidden} more are in es.reliability(study). " if hidden else ""
    note += (
        "Prevalence is the share of readings with the code (in the first two rows: with any code). A dash is "
        "undefined; the note says why."
    )
    text = agreement.methods_text(study, table)
    if study.reading_note and study.reading_note not in text:
        note += f" {study.reading_note}"
    figures = []
    if table["estimate"].notna().any():
        figures.append(reliability_figure(table))
    caption = f"Krippendorff's alpha with {100 * confidence:g}% intervals ({table.attrs['method']})"
    return Section(
        "reliability",
        title,
        [text],
        [Table.of(caption, shown, kinds, names=names, note=note)],
        figures,
        "table = es.reliability(study)\nes.plot.forest(table)\nes.agreement.methods_text(study, table)",
    )


def disagreements(study: Study, quotations: bool) -> Section | None:
    """The units on which the coders disagree most."""
    if len(study.coders) < 2 or not _has_units(study):
        return None
    title = "Largest disagreements"
    code = f"es.agreement.disagreements(study{', text=True' if quotations else ''})"
    table = agreement.disagreements(study, text=quotations)
    if table.empty:
        shared = study.seen.groupby("unit")["coder"].nunique().gt(1).any()
        text = "The coders agree on every unit that two of them read." if shared else "No unit was read by two coders."
        return Section("disagreements", title, [text], code=code)
    shown = table.head(MOST_UNITS)
    kinds: dict[str, Kind] = {"case": "text", "disagreement": "figure", "agreed": "text", "contested": "text"}
    note = ""
    if quotations:
        kinds["text"] = "text"
        shown["text"] = shown["text"].map(_cut, na_action="ignore")
        note = f"Texts are cut after {LONGEST} characters."
    names = {"unit": "Unit", "case": "Case", "disagreement": "Distance", "agreed": "Agreed", "contested": "Contested"}
    names["text"] = "Text"
    text = (
        f"Coders differ on {len(table):,} units. The {len(shown)} on which they differ most, by the mean Jaccard "
        "distance between their sets of codes (0 the same, 1 nothing in common):"
    )
    return Section(
        "disagreements",
        title,
        [text],
        [Table.of("Units to talk about", shown, kinds, names=names, note=note)],
        code=code,
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"


def cases(study: Study) -> Section | None:
    """Codes by case."""
    if not len(study.cases) or study.codings.empty:
        return None
    counting: Literal["units", "documents"] = "units" if _has_units(study) else "documents"
    matrix = comparison.case_matrix(study, counting=counting)
    table = matrix.to_frame().T
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    shown = table.loc[order].head(MOST_ROWS)
    shown.index.name = "Code"
    caption = f"Codes and cases: {matrix.counted()}"
    rows = [[str(name), *map(plain, cells)] for name, cells in zip(shown.index, shown.to_numpy(), strict=True)]
    columns = [Column("Code"), *(Column(str(name), "count") for name in shown.columns)]
    totals: list[Cell] = [f"All {counting} read", *(plain(n) for n in matrix.totals)]
    hidden = len(table) - len(shown)
    note = f"The {MOST_ROWS} most frequent codes; {hidden} more are in es.case_matrix(study)." if hidden else ""
    return Section(
        "cases",
        "Cross-case comparison",
        [matrix.methods_text()],
        [Table(caption, columns, [totals, *rows], note)],
        [case_figure(matrix)],
        f"matrix = es.case_matrix(study, counting={counting!r})\nmatrix.plot()",
    )


def theory(study: Study, framework: Framework) -> Section:
    """Which concepts of the framework the codebook covers."""
    found = evidence.coverage(study, framework=framework)
    code = f"es.evidence.coverage(study{'' if framework is FRAMEWORK else ', framework=framework'})"
    title = "Theory coverage"
    frame = found.to_frame()
    coded = frame[frame["codes"] != ""]
    if coded.empty:
        text = (
            "No code points to a concept of the framework. Give the codebook a column 'concept', or "
            "study.with_codebook(study.codebook.with_concepts({...})); list(framework) gives the keys."
        )
        return Section("theory", title, [text, found.note] if found.note else [text], code=code)
    kinds: dict[str, Kind] = {
        "name": "text",
        "standing": "text",
        "codes": "text",
        "codings": "count",
        "units": "count",
        "cases": "text",
    }
    names = {"concept": "Key", "name": "Concept", "standing": "Standing", "codes": "Codes", "codings": "Codings"}
    names |= {"units": "Units", "cases": "Cases"}
    absent = [found.framework[key].name for key in found.without_code]
    paragraphs = [
        found.methods_text() + " This describes the codebook and its use; it does not say whether the theory holds.",
        f"Concepts without a code: {', '.join(absent)}." if absent else "Every concept has a code.",
    ]
    if found.unmapped:
        paragraphs.append(f"Codes that point to no concept: {listing(found.unmapped, 40)}.")
    if found.note:
        paragraphs.append(found.note)
    note = "Standing: who says so. source: the study itself; companion: papers of the same programme; background: the "
    note += "literature that it builds on; proposed: this library."
    return Section(
        "theory", title, paragraphs, [Table.of("Concepts with a code", coded, kinds, names=names, note=note)], code=code
    )


def provenance(study: Study) -> Section:
    """The files that the data come from."""
    origin = study.provenance
    columns = [Column("File"), Column("Rows", "count"), Column("SHA-256")]
    tables = []
    if origin.sources:
        rows: list[list[Cell]] = [[item.name, item.rows, item.sha256 or "(from memory)"] for item in origin.sources]
        tables.append(Table("What was read", columns, rows))
    text = "Files are named without their folders." if origin.sources else "The data came from memory."
    return Section("provenance", "Provenance", [text], tables, code="study.provenance")
