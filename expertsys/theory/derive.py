"""Frameworks of one's own: each function gives a new framework, validated, with the change noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from expertsys._core.errors import DataError, listing, unknown
from expertsys.theory.conditions import condition
from expertsys.theory.evidence_rules import EvidenceRule
from expertsys.theory.records import Relation

if TYPE_CHECKING:
    from expertsys.theory.framework import Framework

R = TypeVar("R")
Rename = Callable[[str], str]

_EXTENSIBLE = ("concepts", "relation_kinds", "relations", "propositions", "frames", "measures", "sources")
_KEYED = ("concepts", "propositions", "frames", "measures")


def _keys(framework: Framework) -> list[str]:
    return [record.key for kind in _KEYED for record in getattr(framework, kind)]


def _changed(framework: Framework, what: str, **fields: Any) -> Framework:
    return attrs.evolve(framework, changes=(*framework.changes, what), **fields)


def extend(framework: Framework, records: Mapping[str, Iterable[Any]]) -> Framework:
    """With further records."""
    added = {}
    for kind, given in records.items():
        if kind not in _EXTENSIBLE:
            raise unknown("kind of record", kind, _EXTENSIBLE, place="extend")
        added[kind] = tuple(given)
    names = [
        getattr(record, "key", getattr(record, "name", str(record))) for given in added.values() for record in given
    ]
    fields = {kind: (*getattr(framework, kind), *given) for kind, given in added.items()}
    return _changed(framework, f"extended by {listing(names)}", **fields)


def relate(framework: Framework, relation: Relation, to: Framework | None) -> Framework:
    """With one more relation, and the framework to which it leads."""
    others = {other.key: other for other in framework.linked}
    if to is not None:
        if others.get(to.key, to) != to:
            raise DataError(
                f"another framework of the key {to.key!r} is linked already",
                place="relate",
                remedy="Give one of them another key.",
            )
        others[to.key] = to
    return _changed(
        framework,
        f"related: {relation}",
        relations=(*framework.relations, relation),
        linked=tuple(others.values()),
    )


def revise(framework: Framework, key: str, changes: Mapping[str, Any]) -> Framework:
    """With other fields of one record."""
    for kind in _KEYED:
        records = getattr(framework, kind)
        for record in records:
            if record.key != key:
                continue
            names = [field.name for field in attrs.fields(type(record)) if field.name != "key"]
            for name in changes:
                if name not in names:
                    raise unknown("field", name, names, place=f"revise {key!r}", remedy="Use rename for a key.")
            revised = tuple(attrs.evolve(each, **changes) if each is record else each for each in records)
            return _changed(framework, f"revised {key!r}: {', '.join(changes)}", **{kind: revised})
    raise unknown("record", key, _keys(framework), place="revise")


def drop(framework: Framework, keys: Iterable[str]) -> Framework:
    """Without some records, and without members and relations of the concepts among them."""
    named = tuple(keys)
    for key in named:
        if key not in _keys(framework):
            raise unknown("record", key, _keys(framework), place="drop")
    gone = set(named)
    gone |= {concept.key for concept in framework.concepts if gone.intersection(framework.ancestors(concept.key))}
    left = {kind: tuple(each for each in getattr(framework, kind) if each.key not in gone) for kind in _KEYED}
    relations = tuple(each for each in framework.relations if not gone.intersection((each.subject, each.object)))
    try:
        return _changed(framework, f"dropped {listing(named)}", relations=relations, **left)
    except DataError as error:
        places = (fault.place.removeprefix(f"{framework.key}, ").partition(",")[0] for fault in error.faults)
        raise DataError(
            f"{', '.join(dict.fromkeys(places))} would refer to what is no longer there",
            place=f"drop {listing(named)}",
            remedy="Drop those too in the same call, or revise them first.",
        ) from None


def rename(framework: Framework, keys: Mapping[str, str]) -> Framework:
    """With other keys, wherever they are referred to."""
    available = _keys(framework)
    for key in keys:
        if key not in available:
            raise unknown("record", key, available, place="rename")

    def new(key: str) -> str:
        if key in keys:
            return keys[key]
        above, dot, own = key.rpartition(".")
        return f"{new(above)}.{own}" if dot else key

    def references(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(new(name) for name in names)

    fields = {
        "concepts": [
            attrs.evolve(each, key=new(each.key), parent=None if each.parent is None else new(each.parent))
            for each in framework.concepts
        ],
        "relations": [
            attrs.evolve(each, subject=new(each.subject), object=new(each.object)) for each in framework.relations
        ],
        "propositions": [
            attrs.evolve(
                each,
                key=new(each.key),
                concepts=references(each.concepts),
                evidence=tuple(_renamed_rule(rule, new) for rule in each.evidence),
            )
            for each in framework.propositions
        ],
        "frames": [
            attrs.evolve(
                each,
                key=new(each.key),
                voices=references(each.voices),
                remedies=references(each.remedies),
                concepts=references(each.concepts),
            )
            for each in framework.frames
        ],
        "measures": [
            attrs.evolve(each, key=new(each.key), concepts=references(each.concepts)) for each in framework.measures
        ],
    }
    what = ", ".join(f"{old!r} to {now!r}" for old, now in keys.items())
    return _changed(framework, f"renamed {what}", **fields)


def _renamed_rule(rule: EvidenceRule, new: Rename) -> EvidenceRule:
    parts: dict[str, Any] = {
        name: getattr(rule, name) and condition(_renamed(getattr(rule, name).to_plain(), new))
        for name in ("where", "supports", "contradicts")
    }
    return attrs.evolve(rule, **parts)


def _renamed(plain: Any, new: Rename) -> Any:
    if isinstance(plain, list):
        return [_renamed(part, new) for part in plain]
    if plain.get("feature") in ("concepts", "frames"):
        value = plain["value"]
        return {**plain, "value": [new(key) for key in value] if isinstance(value, list) else new(value)}
    return {word: _renamed(part, new) if word in ("all", "any", "not") else part for word, part in plain.items()}
