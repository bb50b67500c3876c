"""A framework for readers and for other tools: as text, as a picture's source, as a graph, as rows of a codebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from expertsys._core.errors import unknown
from expertsys._core.optional import require
from expertsys.theory.records import Concept, Frame, Measure, Proposition
from expertsys.theory.standing import Citation, Standing

if TYPE_CHECKING:
    from expertsys.theory.framework import Framework

_COLOURS = {
    Standing.SOURCE: "fill:#dbe9f6,stroke:#1f4e79,color:#10243a",
    Standing.COMPANION: "fill:#e2f0d9,stroke:#3b6b1e,color:#1c3310",
    Standing.BACKGROUND: "fill:#eeeeee,stroke:#555555,color:#222222",
    Standing.PROPOSED: "fill:#fff4d6,stroke:#8a6100,color:#3d2b00,stroke-dasharray:4 3",
}


def describe(framework: Framework, *, width: int = 100) -> str:
    """Everything that a framework holds, each record with standing and source."""
    blocks = [f"{framework.name} ({framework.key})"]
    blocks += [f"Changed: {change}" for change in framework.changes]
    blocks += ["", "CONCEPTS", *(_indented(_concept(each), each, framework) for each in framework.concepts)]
    blocks += ["", "RELATIONS", *(f"{each} ({_standing(each.standing, each.sources)})" for each in framework.relations)]
    blocks += ["", "PROPOSITIONS", *("\n".join(_proposition(each)) for each in framework.propositions)]
    blocks += ["", "EXPLANATORY FRAMES", *("\n".join(_frame(each)) for each in framework.frames)]
    blocks += ["", "MEASURES", *("\n".join(_measure(each)) for each in framework.measures)]
    blocks += ["", "SOURCES", *(f"{source.key}: {source}" for source in framework.sources)]
    return "\n".join(_wrapped(block, width) for block in blocks)


def describe_one(framework: Framework, key: str, *, width: int = 100) -> str:
    """One record, and what in the framework refers to it."""
    for kind, lines in (("propositions", _proposition), ("frames", _frame), ("measures", _measure)):
        for record in getattr(framework, kind):
            if record.key == key:
                return _wrapped("\n".join(lines(record)), width)
    for source in framework.sources:
        if source.key == key:
            return _wrapped(f"{source.key}: {source}", width)
    if key in framework or ":" in key:
        return _wrapped("\n".join(_concept_and_context(framework, framework.concept(key))), width)
    records = ("concepts", "propositions", "frames", "measures", "sources")
    keys = [record.key for kind in records for record in getattr(framework, kind)]
    raise unknown("record", key, keys, place=f"framework {framework.key}")


def _standing(standing: Standing, sources: Iterable[Citation]) -> str:
    return "; ".join((standing.value, *map(str, sources)))


def _concept(concept: Concept) -> Iterator[str]:
    yield f"{concept.name} [{concept.key}] ({_standing(concept.standing, concept.sources)})"
    yield f"  {concept.wording}"
    for part in concept.parts:
        wording = f": {part.wording}" if part.wording else ""
        yield f"  - {part.name} ({_standing(part.standing, part.sources)}){wording}"


def _concept_and_context(framework: Framework, concept: Concept) -> Iterator[str]:
    yield from _concept(concept)
    if concept.class_name:
        yield f"  Class: {concept.class_name}"
    if concept.coding:
        yield f"  Code it when: {concept.coding.inclusion}"
        yield f"  Not when: {concept.coding.exclusion}"
        yield f"  Example (invented): {concept.coding.example}"
    if concept.key not in framework:
        return
    if children := framework.children(concept.key):
        yield f"  Members: {', '.join(child.key for child in children)}"
    for relation in framework.related(concept.key):
        yield f"  Relation: {relation} ({_standing(relation.standing, relation.sources)})"
    if propositions := framework.propositions_on(concept.key):
        yield f"  Propositions that rest on it: {', '.join(each.key for each in propositions)}"
    if measures := framework.operationalised_by(concept.key):
        yield f"  Measures: {', '.join(f'{each.function} ({each.standing.value})' for each in measures)}"


def _proposition(proposition: Proposition) -> Iterator[str]:
    yield f"{proposition.key} ({proposition.kind.value}; {_standing(proposition.standing, proposition.sources)})"
    yield f"  {proposition.wording}"
    yield f"  Rests on: {', '.join(proposition.concepts)}"
    for rule in proposition.evidence:
        yield f"  Evidence ({rule.standing.value}), {rule.unit.value}s where {rule.where}:"
        yield f"    {rule.wording}"
        for word, part in (("supports", rule.supports), ("contradicts", rule.contradicts)):
            if part is not None:
                yield f"    {word}: {part}"
    if proposition.note:
        yield f"  {proposition.note}"


def _frame(frame: Frame) -> Iterator[str]:
    yield f"{frame.name} [{frame.key}] ({_standing(frame.standing, frame.sources)})"
    yield f"  {frame.wording}"
    for word in ("voices", "remedies", "concepts"):
        if keys := getattr(frame, word):
            yield f"  {'Spoken for by' if word == 'concepts' else word.capitalize()}: {', '.join(keys)}"


def _measure(measure: Measure) -> Iterator[str]:
    yield f"{measure.name} [{measure.key}] ({_standing(measure.standing, measure.sources)})"
    yield f"  {measure.question}"
    yield f"  {measure.definition}"
    yield f"  Limits: {measure.limits}"
    yield f"  {measure.function}; operationalises: {', '.join(measure.concepts) or 'the framework as a whole'}"


def _indented(lines: Iterable[str], concept: Concept, framework: Framework) -> str:
    return textwrap.indent("\n".join(lines), "  " * len(framework.ancestors(concept.key)))


def _wrapped(block: str, width: int) -> str:
    wrapped = []
    for line in block.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
        wrapped.append(textwrap.fill(line, width, subsequent_indent=indent + "  ", **options) if line else line)
    return "\n".join(wrapped)


def to_mermaid(framework: Framework, *, members: bool) -> str:
    """A Mermaid flow chart of concepts and relations."""
    ends = {key for relation in framework.relations for key in (relation.subject, relation.object)}
    inner = [each for each in framework.concepts if members or "." not in each.key or each.key in ends]
    outer = [framework.concept(key) for key in sorted(ends) if key not in framework]
    linked = [key for key in sorted(ends) if key not in framework]
    keys = [each.key for each in inner] + linked
    ids = {key: f"c{at}" for at, key in enumerate(keys)}
    lines = ["flowchart LR"]
    for key, concept in zip(keys, (*inner, *outer), strict=True):
        label = concept.name.replace('"', "#quot;")
        lines.append(f'  {ids[key]}["{label}"]:::{concept.standing.value}')
    related = {frozenset((relation.subject, relation.object)) for relation in framework.relations}
    for concept in inner:
        if concept.parent in ids and frozenset((concept.key, concept.parent)) not in related:
            lines.append(f"  {ids[concept.parent]} --- {ids[concept.key]}")
    for relation in framework.relations:
        kind = relation.kind.replace('"', "#quot;")
        lines.append(f'  {ids[relation.subject]} -->|"{kind}"| {ids[relation.object]}')
    return "\n".join([*lines, *(f"  classDef {standing.value} {look}" for standing, look in _COLOURS.items())])


def to_networkx(framework: Framework) -> Any:
    """A directed multigraph of all records."""
    networkx = require("networkx", feature="Framework.to_networkx", extra="graph")
    graph = networkx.MultiDiGraph(name=framework.name)
    for concept in framework.concepts:
        graph.add_node(concept.key, record="concept", name=concept.name, standing=concept.standing.value)
        if concept.parent:
            graph.add_edge(concept.key, concept.parent, kind="is a member of", standing=concept.standing.value)
    for relation in framework.relations:
        for key in (relation.subject, relation.object):
            if key not in framework:
                concept = framework.concept(key)
                graph.add_node(key, record="concept", name=concept.name, standing=concept.standing.value)
        graph.add_edge(relation.subject, relation.object, kind=relation.kind, standing=relation.standing.value)
    for records, record, kind in (
        (framework.propositions, "proposition", "rests on"),
        (framework.frames, "frame", "is spoken for by"),
        (framework.measures, "measure", "operationalises"),
    ):
        for each in records:
            name = getattr(each, "name", each.key)
            graph.add_node(each.key, record=record, name=name, standing=each.standing.value)
            for key in each.concepts:
                graph.add_edge(each.key, key, kind=kind, standing=each.standing.value)
    return graph


def codebook_rows(framework: Framework) -> tuple[dict[str, str | None], ...]:
    """Rows of a codebook template, parents before their members."""
    coded = {concept.key: (concept, concept.coding) for concept in framework.concepts if concept.coding}
    rows: list[dict[str, str | None]] = []
    for key in sorted(coded, key=lambda each: _trail(framework, each)):
        concept, coding = coded[key]
        rows.append(
            {
                "name": concept.name,
                "definition": concept.wording,
                "inclusion": coding.inclusion,
                "exclusion": coding.exclusion,
                "example": f"(invented) {coding.example}",
                "parent": next((coded[above][0].name for above in framework.ancestors(key) if above in coded), None),
                "concept": key,
            }
        )
    return tuple(rows)


def _trail(framework: Framework, key: str) -> tuple[int, ...]:
    order = {each: at for at, each in enumerate(framework)}
    return tuple(order[each] for each in (*reversed(framework.ancestors(key)), key))
