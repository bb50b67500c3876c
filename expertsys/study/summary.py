"""What a study says of itself when it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expertsys._core.errors import listing

if TYPE_CHECKING:
    from expertsys.study.study import Study


def summarise(study: Study) -> str:
    """A study in a few lines that a newcomer understands."""
    codings, seen = study.codings, study.seen
    title = f"Study {study.title!r}" if study.title else "Study"
    coded = f"{len(codings):,} codings with {codings['code'].nunique():,} codes by {len(study.coders):,} coders"
    lines = [f"{title}: {coded}"]
    if study.provenance.synthetic:
        lines.append("  SYNTHETIC: generated, not observed")
    facts: list[tuple[str, str]] = []
    if len(study.cases):
        facts.append(("cases", f"{len(study.cases):,}: {listing(study.cases.index, 6)}"))
    facts.append(("documents", f"{len(study.documents):,}"))
    if len(study.units):
        by_unit = seen.groupby("unit").size()
        doubled = int((by_unit > 1).sum())
        facts.append(("units", f"{len(study.units):,}, of which {doubled:,} seen by two or more coders"))
    else:
        facts.append(("units", "none yet: choose them with study.unitise(by=...)"))
    per_coder = (seen if len(study.units) else study.assignments).groupby("coder").size()
    told = [f"{name} (saw {per_coder.get(name, 0):,})" for name in study.coders.index[:6]]
    facts.append(("coders", ", ".join(told) + (" ..." if len(study.coders) > 6 else "")))
    if study.rounds:
        facts.append(("rounds", listing(study.rounds, 6)))
    mapped = sum(code.concept is not None for code in study.codebook)
    facts.append(("codebook", f"{len(study.codebook):,} codes, {mapped:,} of them point to a concept"))
    if len(study.situations):
        facts.append(("situations", f"{len(study.situations):,}"))
    if len(study.summaries):
        facts.append(("summaries", f"{len(study.summaries):,} cells of a framework matrix"))
    facts += [(what, choice) for what, choice in study.provenance.choices]
    notes = study.provenance.notes
    if notes:
        warnings = sum(note.severity == "warning" for note in notes)
        facts.append(("remarks", f"{len(notes)}, {warnings} of them warnings: study.provenance.remarks"))
    width = max(len(name) for name, _ in facts)
    return "\n".join([*lines, *(f"  {name:<{width}}  {value}" for name, value in facts)])
