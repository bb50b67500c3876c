"""Whether every reference within a framework resolves, and if not, where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from expertsys._core.errors import Remark, unknown
from expertsys.theory.records import Proposition
from expertsys.theory.standing import Citation

if TYPE_CHECKING:
    from expertsys.theory.framework import Framework


def faults(framework: Framework) -> list[Remark]:
    """All faults, each with its place and the nearest key."""
    return [*_repeated(framework), *_unresolved(framework)]


def _repeated(framework: Framework) -> Iterator[Remark]:
    keyed = [
        (kind, record.key)
        for kind in ("concepts", "propositions", "frames", "measures")
        for record in getattr(framework, kind)
    ]
    lists = {
        "key": [key for _, key in keyed],
        "concept name": [concept.name for concept in framework.concepts],
        "source": [source.key for source in framework.sources],
        "relation kind": [kind.name for kind in framework.relation_kinds],
        "linked framework": [other.key for other in framework.linked],
    }
    for word, names in lists.items():
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield Remark("error", f"{word} {name!r}", "is given more than once.", "Give each its own.")


def _unresolved(framework: Framework) -> Iterator[Remark]:
    concepts = [*framework, *(f"{other.key}:{key}" for other in framework.linked for key in other)]
    sources = [source.key for source in framework.sources]
    kinds = [kind.name for kind in framework.relation_kinds]
    for concept in framework.concepts:
        place = f"concept {concept.key!r}"
        yield from _cited(concept.sources, sources, place)
        for part in concept.parts:
            yield from _cited(part.sources, sources, f"{place}, part {part.name!r}")
        if concept.parent is not None:
            yield from _missing("concept", [concept.parent], list(framework), f"{place}, parent")
            if _circular(framework, concept.key):
                yield Remark("error", f"{place}, parent", "the concept is its own ancestor.", "Correct its parent.")
    for relation in framework.relations:
        place = f"relation '{relation}'"
        yield from _missing("concept", [relation.subject, relation.object], concepts, place)
        yield from _missing("relation kind", [relation.kind], kinds, place)
        yield from _cited(relation.sources, sources, place)
    for proposition in framework.propositions:
        place = f"proposition {proposition.key!r}"
        yield from _missing("concept", proposition.concepts, concepts, place)
        yield from _cited(proposition.sources, sources, place)
        yield from _evidence(framework, proposition, concepts)
    for frame in framework.frames:
        place = f"frame {frame.key!r}"
        for name in ("voices", "remedies", "concepts"):
            yield from _missing("concept", getattr(frame, name), concepts, f"{place}, {name}")
        yield from _cited(frame.sources, sources, place)
    for measure in framework.measures:
        place = f"measure {measure.key!r}"
        yield from _missing("concept", measure.concepts, concepts, place)
        yield from _cited(measure.sources, sources, place)


def _evidence(framework: Framework, proposition: Proposition, concepts: Sequence[str]) -> Iterator[Remark]:
    known = {"concepts": ("concept", concepts), "frames": ("frame", [frame.key for frame in framework.frames])}
    for at, rule in enumerate(proposition.evidence, start=1):
        for test in (test for part in rule.conditions for test in part.tests() if test.feature in known):
            word, available = known[test.feature]
            values = test.value if isinstance(test.value, tuple) else (test.value,)
            yield from _missing(word, values, available, f"proposition {proposition.key!r}, evidence rule {at}")


def _missing(word: str, names: Iterable[str], available: Sequence[str], place: str) -> Iterator[Remark]:
    for name in names:
        if name not in available:
            yield unknown(word, name, available, place=place).faults[0]


def _cited(given: Iterable[Citation], sources: Sequence[str], place: str) -> Iterator[Remark]:
    yield from _missing("source", [citation.key for citation in given], sources, place)


def _circular(framework: Framework, key: str) -> bool:
    parents = {concept.key: concept.parent for concept in framework.concepts}
    seen = set()
    above = parents[key]
    while above is not None and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = parents.get(above)
    return False
