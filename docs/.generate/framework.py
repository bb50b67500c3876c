"""Pages on concepts, propositions, frames, measures and sources, made from the framework's records."""

from __future__ import annotations

from collections.abc import Iterator

import links
from fields import described

from expertsys.theory import FRAMEWORK, Concept, Proposition, Standing

MADE = (
    "<!-- Made by `python docs/.generate` from the classes and records of expertsys.theory: change those, not this "
    "page. -->"
)

_STANDINGS = {
    "source": "The study itself says it, as its front matter summarises it (Greenhalgh, Swinglehurst & Stones 2014).",
    "companion": "A paper of the same programme on the same systems says it.",
    "background": "The literature that the study builds on says it.",
    "proposed": "This library proposes it. It must never be taken for the authors'.",
}


def family_page(family: links.Family) -> Iterator[str]:
    """One page for a family of concepts."""
    alone = len(family.concepts) == 1
    if not alone:
        yield f"# {family.title}"
    for key in family.concepts:
        yield from _concept(FRAMEWORK[key], 1 if alone else 2)
    if "explanatory-frame" in family.concepts:
        yield from _frames()


def _heading(title: str, level: int) -> str:
    """A section of a concept: a heading where the concept has the page to itself."""
    return f"## {title}" if level == 1 else f"**{title}**"


def _concept(concept: Concept, level: int) -> Iterator[str]:
    yield f"{'#' * level} {concept.name} {{ #{concept.key} }}"
    yield concept.wording
    facts = [f"Standing: {links.standing(concept.standing, concept.sources)}", f"Key: `{concept.key}`"]
    if concept.class_name:
        facts.append(f"Class: {links.name(f'expertsys.theory.{concept.class_name}')}")
    yield " · ".join(facts)
    if concept.parts:
        yield "Of another standing:" if all(p.standing != concept.standing for p in concept.parts) else "Parts:"
        yield "\n".join(_part(concept, part.name) for part in concept.parts)
    if concept.class_name:
        yield from _fields(concept, level)
    if relations := FRAMEWORK.related(concept.key):
        yield _heading("Relations", level)
        yield "\n".join(
            f"- {links.concept(each.subject)} *{each.kind}* {links.concept(each.object)} "
            f"({links.standing(each.standing, each.sources)})"
            for each in relations
        )
    if propositions := FRAMEWORK.propositions_on(concept.key):
        yield _heading("Propositions that rest on it", level)
        yield "\n".join(f"- {links.proposition(each.key)}: {each.wording}" for each in propositions)
    if measures := FRAMEWORK.operationalised_by(concept.key):
        yield _heading("Measures that operationalise it", level)
        yield "\n".join(
            f"- [{each.name}](measures.md#{each.key}) ({links.standing(each.standing)}): {each.question}"
            for each in measures
        )
    if coding := concept.coding:
        yield _heading("For coders", level)
        yield (
            f"- Code it when: {coding.inclusion}\n- Not when: {coding.exclusion}\n"
            f"- Invented example: {coding.example}\n- Standing: {links.standing(Standing.PROPOSED)}"
        )
    for child in FRAMEWORK.children(concept.key):
        yield from _concept(child, min(level + 1, 4))


def _part(concept: Concept, name: str) -> str:
    part = concept.part(name)
    if part is None:
        raise LookupError(name)
    wording = f": {part.wording}" if part.wording else ""
    return f"- {part.name.replace('_', ' ')} ({links.standing(part.standing, part.sources)}){wording}"


def _fields(concept: Concept, level: int) -> Iterator[str]:
    found = described(concept.class_name or "")
    yield _heading(f"Fields of `{concept.class_name}`", level)
    rows = [
        (
            f"`{field.name}`",
            field.meaning.replace("|", "\\|"),
            field.standing if field.standing == concept.standing.value else f"**{field.standing}**",
        )
        for field in found
    ]
    yield table(("field", "what it is", "standing"), rows)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _frames() -> Iterator[str]:
    yield "## What supports each frame { #frames }"
    yield (
        "[`evidence.frame_evidence`][expertsys.evidence.frame_evidence] sorts excerpts by these lists. It gives no "
        "score: a codebook derived from one theory wins by construction."
    )
    for frame in FRAMEWORK.frames:
        yield f"### {frame.name} as a list {'{'} #frame-{frame.key} {'}'}"
        yield frame.wording
        yield f"Standing: {links.standing(frame.standing, frame.sources)}"
        lists = {"Voices": frame.voices, "Remedies": frame.remedies, "Spoken for by": frame.concepts}
        yield "\n".join(f"- {word}: {links.concepts(keys)}" for word, keys in lists.items() if keys)


def propositions_page() -> Iterator[str]:
    """P1 to P7 with their rules of evidence."""
    yield "# Propositions"
    yield (
        "What the study, or a companion paper, holds to be so, in our words. The rules under each say how coded "
        "evidence bears on it. All rules are **proposed** by this library. "
        "[`evaluate_propositions`][expertsys.evidence.evaluate_propositions] sorts evidence by them; it gives no "
        "verdict and no score."
    )
    for each in FRAMEWORK.propositions:
        yield from _proposition(each)


def _proposition(each: Proposition) -> Iterator[str]:
    yield f"## {each.key}: a {each.kind.value} {{ #{each.key} }}".replace(": a argument", ": an argument")
    yield each.wording
    yield f"Standing: {links.standing(each.standing, each.sources)}"
    yield f"Rests on: {links.concepts(each.concepts)}"
    if each.note:
        yield f"*How to read it.* {each.note}"
    for number, rule in enumerate(each.evidence, start=1):
        yield f"**Rule {number}** ({links.standing(rule.standing)}). {rule.wording}"
        lines = [("looks at", f"{rule.unit.value}s"), ("where", f"`{rule.where}`")]
        lines += [
            (word, f"`{part}`")
            for word, part in (("supports", rule.supports), ("contradicts", rule.contradicts))
            if part is not None
        ]
        yield "\n".join(f"- {word}: {text}" for word, text in lines)


def measures_page() -> Iterator[str]:
    """What is proposed to be counted, and where that misleads."""
    yield "# Measures"
    yield (
        "All of these are **proposed** by this library. They prompt interpretation; none of them tests anyone's theory "
        "by itself."
    )
    for each in FRAMEWORK.measures:
        yield f"## {each.name} {{ #{each.key} }}"
        yield f"*{each.question}*"
        yield each.definition
        yield f"**Limits.** {each.limits}"
        facts = [f"Function: {links.name(each.function)}", f"Standing: {links.standing(each.standing, each.sources)}"]
        facts.append(f"Operationalises: {links.concepts(each.concepts) or 'the framework as a whole'}")
        yield "\n".join(f"- {fact}" for fact in facts)
        if each.key in links.EXPLAINED:
            yield f"[Where it behaves and where it misleads](../explanation/{links.EXPLAINED[each.key]})"


def index_page() -> Iterator[str]:
    """The way into the theory pages."""
    yield "# The theory as code"
    yield (
        "The library renders one analytic framework: that of Greenhalgh, Swinglehurst & Stones (2014), who ask why "
        "health-care staff use, bend or refuse technology that is mandated nationally. Each concept has a record that "
        "says what it is, whose idea it is and where it is written, and most have a class with which you describe your "
        "own system or situation. These pages are made from those records and classes."
    )
    yield "![Map of the concepts: a mandate imposes an expert system, which consists of infrastructure, rules, \
classification and technology; it tends to empty out situations and disrupts professional practice; resistance \
responds to it](map.svg)"
    yield "## Whose idea is it?"
    yield "Every concept, field, proposition and measure carries a standing. Read it before you cite it."
    records = (*FRAMEWORK.concepts, *FRAMEWORK.relations, *FRAMEWORK.propositions, *FRAMEWORK.measures)
    yield table(
        ("standing", "what it means", "records"),
        [
            (f"**{word}**", meaning, str(sum(record.standing.value == word for record in records)))
            for word, meaning in _STANDINGS.items()
        ],
    )
    yield "[More on standing](../explanation/standing.md)"
    yield "## Concepts, page by page"
    yield "\n".join(
        f"- [{family.title}]({family.page}.md)" + (f": {_names(family)}" if _names(family) else "")
        for family in links.FAMILIES
    )
    yield "## What is held of them"
    yield (
        "- [Propositions](propositions.md): seven, each with the rules that sort evidence for and against\n"
        "- [Measures](measures.md): what this library proposes to count, and where that misleads\n"
        "- [Sources](sources.md): every work that the records cite, and what cites it\n"
        "- The three systems of the study, as published facts: [Choose and Book](choose-and-book.md), [templates "
        "linked to the QOF](qof-templates.md), the [Summary Care Record](summary-care-record.md)"
    )
    yield "## The same in Python"
    measures = [measure.function for measure in FRAMEWORK.operationalised_by("emptying-out")]
    yield (
        "```python\nfrom expertsys.theory import FRAMEWORK\n\n"
        'print(FRAMEWORK["emptying-out"].standing)\n'
        'print([concept.key for concept in FRAMEWORK.rests_on("P3")])\n'
        'print([measure.function for measure in FRAMEWORK.operationalised_by("emptying-out")])\n```\n\n'
        f"```text\n{FRAMEWORK['emptying-out'].standing}\n{[concept.key for concept in FRAMEWORK.rests_on('P3')]}\n"
        f"{measures}\n```"
    )
    yield (
        '`print(FRAMEWORK.describe())` prints all of it, `FRAMEWORK.describe("P3")` one record. `FRAMEWORK.extend`, '
        "`rename`, `revise`, `drop` and `relate` derive a framework of your own; it notes what you changed, so that "
        "nobody takes it for the original."
    )


def _names(family: links.Family) -> str:
    members = [child for key in family.concepts for child in FRAMEWORK.children(key)]
    shown = members if len(family.concepts) == 1 else [*(FRAMEWORK[key] for key in family.concepts), *members]
    return ", ".join(each.name.lower() for each in shown)
