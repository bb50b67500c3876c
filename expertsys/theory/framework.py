"""The framework: concepts, relations, propositions, frames, measures and sources in one validated object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from expertsys._core import references
from expertsys._core.errors import DataError, unknown
from expertsys._core.references import Reference
from expertsys.theory import derive, export
from expertsys.theory import fields as f
from expertsys.theory.plain import from_plain, read_file, to_plain
from expertsys.theory.records import Concept, Frame, Measure, Proposition, Relation, RelationKind
from expertsys.theory.resolve import faults
from expertsys.theory.standing import Citation, Standing

RECORDS: Final = ("concepts", "propositions", "frames", "measures")
"""The kinds of records that have a key of their own."""


def _default_sources() -> tuple[Reference, ...]:
    return tuple(references.FRAMEWORK.values())


@attrs.frozen(kw_only=True, repr=False)
class Framework:
    """Concepts, typed relations, propositions, rival frames, measures and sources, every reference resolved.

    As a mapping it gives concepts by key. It is immutable: `extend`, `rename`, `revise`, `drop` and `relate` each give
    a new, validated framework and note the change in `changes`, so that a derived framework is never taken for the
    original.

    Parameters
    ----------
    key, name : str
        A key in lower case, and the name as people say it.
    concepts, relation_kinds, relations, propositions, frames, measures : iterable
        Its records.
    sources : iterable of Reference
        What the records cite; the references of the framework that ships, if not given.
    linked : iterable of Framework
        Frameworks to which relations lead; their concepts are written ``"key-of-framework:key-of-concept"``.
    changes : iterable of str
        What was changed on the way from another framework.

    Raises
    ------
    DataError
        For repeated keys and unresolved references, all at once, each with its place and the nearest key.

    Examples
    --------
    >>> from expertsys.theory import FRAMEWORK
    >>> FRAMEWORK["emptying-out"].standing.value
    'source'
    >>> [concept.key for concept in FRAMEWORK.rests_on("P3")]
    ['rule', 'classification', 'technology', 'action-at-a-distance', 'mode-of-use']
    >>> [measure.function for measure in FRAMEWORK.operationalised_by("emptying-out")]
    ['expertsys.enactment.emptying_out']
    """

    key: str = attrs.field(validator=f.key)
    name: str = attrs.field(validator=f.text)
    concepts: tuple[Concept, ...] = attrs.field(converter=f.items, validator=f.each(Concept))
    relation_kinds: tuple[RelationKind, ...] = attrs.field(
        default=(), converter=f.items, validator=f.each(RelationKind)
    )
    relations: tuple[Relation, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Relation))
    propositions: tuple[Proposition, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Proposition))
    frames: tuple[Frame, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Frame))
    measures: tuple[Measure, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Measure))
    sources: tuple[Reference, ...] = attrs.field(
        factory=_default_sources, converter=f.items, validator=f.each(Reference)
    )
    linked: tuple[Framework, ...] = attrs.field(default=(), converter=f.items)
    changes: tuple[str, ...] = attrs.field(default=(), converter=f.strings)
    _by_key: dict[str, dict[str, Any]] = attrs.field(init=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        index = {kind: {record.key: record for record in getattr(self, kind)} for kind in (*RECORDS, "sources")}
        object.__setattr__(self, "_by_key", index)
        found = faults(self)
        if len(found) == 1:
            raise DataError(found[0].what, place=f"{self.key}, {found[0].place}", remedy=found[0].remedy)
        if found:
            raise DataError(f"the framework has {len(found)} faults:", place=self.key, faults=found)

    def __getitem__(self, key: str) -> Concept:
        return self.concept(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key["concepts"])

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key["concepts"]

    def resolves(self, key: str) -> bool:
        """Whether a key is that of a concept, here or in a linked framework."""
        home, own = self._locate(key)
        return own in home

    def _find(self, kind: str, word: str, key: str) -> Any:
        try:
            return self._by_key[kind][key]
        except KeyError:
            raise unknown(word, key, list(self._by_key[kind]), place=f"framework {self.key}") from None

    def concept(self, key: str) -> Concept:
        """The concept of a key; ``"npt:coherence"`` is looked up in the linked framework ``npt``."""
        home, own = self._locate(key)
        concept: Concept = home._find("concepts", "concept", own)
        return concept

    def _locate(self, key: str) -> tuple[Framework, str]:
        prefix, colon, own = key.partition(":")
        home = next((framework for framework in self.linked if colon and framework.key == prefix), None)
        return home._locate(own) if home else (self, key)

    def proposition(self, key: str) -> Proposition:
        """The proposition of a key, such as ``"P3"``."""
        proposition: Proposition = self._find("propositions", "proposition", key)
        return proposition

    def frame(self, key: str) -> Frame:
        """The explanatory frame of a key."""
        frame: Frame = self._find("frames", "frame", key)
        return frame

    def measure(self, key: str) -> Measure:
        """The measure of a key."""
        measure: Measure = self._find("measures", "measure", key)
        return measure

    def source(self, key: str | Citation) -> Reference:
        """The reference behind a key or a citation."""
        found: Reference = self._find("sources", "source", key.key if isinstance(key, Citation) else key)
        return found

    def of(self, cls: type) -> Concept:
        """The concept of which a class of `expertsys.theory` makes instances."""
        for concept in self.concepts:
            if concept.class_name == cls.__name__:
                return concept
        names = [concept.class_name for concept in self.concepts if concept.class_name]
        raise unknown("concept with the class", cls.__name__, names, place=f"framework {self.key}")

    def children(self, key: str) -> tuple[Concept, ...]:
        """The members of a concept, one level down."""
        home, own = self._locate(key)
        parent = home.concept(own).key
        return tuple(concept for concept in home.concepts if concept.parent == parent)

    def ancestors(self, key: str) -> tuple[str, ...]:
        """Keys of the concepts above one, nearest first."""
        home, own = self._locate(key)
        prefix = key.removesuffix(own)
        above = []
        parent = home.concept(own).parent
        while parent is not None:
            above.append(prefix + parent)
            parent = home[parent].parent
        return tuple(above)

    def closure(self, keys: Iterable[str]) -> frozenset[str]:
        """The keys and those of all concepts above them: what the feature ``concepts`` of a rule of evidence holds."""
        given = tuple(keys)
        return frozenset(given).union(*(self.ancestors(key) for key in given))

    def related(self, key: str) -> tuple[Relation, ...]:
        """The relations in which a concept is subject or object."""
        self.concept(key)
        return tuple(relation for relation in self.relations if key in (relation.subject, relation.object))

    def rests_on(self, proposition: str) -> tuple[Concept, ...]:
        """The concepts that a proposition rests on."""
        return tuple(self.concept(key) for key in self.proposition(proposition).concepts)

    def propositions_on(self, key: str) -> tuple[Proposition, ...]:
        """The propositions that rest on a concept."""
        self.concept(key)
        return tuple(proposition for proposition in self.propositions if key in proposition.concepts)

    def operationalised_by(self, key: str) -> tuple[Measure, ...]:
        """The measures that are proposed for a concept."""
        self.concept(key)
        return tuple(measure for measure in self.measures if key in measure.concepts)

    def frames_of(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Keys of the frames for which concepts, or what is above them, speak."""
        spoken = self.closure(keys)
        return tuple(frame.key for frame in self.frames if spoken.intersection(frame.concepts))

    def extend(self, **records: Any) -> Framework:
        """A framework with further records.

        Parameters
        ----------
        **records : iterable
            Further ``concepts``, ``relation_kinds``, ``relations``, ``propositions``, ``frames``, ``measures`` or
            ``sources``.

        Returns
        -------
        Framework
            The new one, validated.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK, Concept
        >>> fatigue = Concept(
        ...     key="alert-fatigue", name="Alert fatigue", standing="proposed", wording="Alerts go unread."
        ... )
        >>> "alert-fatigue" in FRAMEWORK.extend(concepts=[fatigue])
        True
        """
        return derive.extend(self, records)

    def rename(self, keys: Mapping[str, str]) -> Framework:
        """A framework in which records have other keys, wherever they are referred to; members follow their concept.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK
        >>> own = FRAMEWORK.rename({"focus-of-resistance": "target-of-resistance"})
        >>> own["target-of-resistance.policy"].parent
        'target-of-resistance'
        """
        return derive.rename(self, keys)

    def revise(self, key: str, /, **changes: Any) -> Framework:
        """A framework in which one concept, proposition, frame or measure has other fields.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK
        >>> FRAMEWORK.revise("emptying-out", name="Hollowing out")["emptying-out"].name
        'Hollowing out'
        """
        return derive.revise(self, key, changes)

    def drop(self, *keys: str) -> Framework:
        """A framework without some records; with a concept go its members and its relations.

        What rests on a dropped concept (propositions, frames, measures) is not dropped silently: the error names it,
        and it can be dropped in the same call.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK
        >>> len(FRAMEWORK) - len(FRAMEWORK.drop("trust", "access-point"))
        4
        """
        return derive.drop(self, keys)

    def relate(
        self,
        subject: str,
        kind: str,
        object: str,  # noqa: A002
        *,
        to: Framework | None = None,
        standing: Standing | str = Standing.PROPOSED,
        sources: str | Iterable[str] = (),
    ) -> Framework:
        """A framework with one more relation, if need be to a concept of another framework.

        Parameters
        ----------
        subject, kind, object : str
            Key of a concept here; one of `relation_kinds`; key of a concept here, or in `to`.
        to : Framework or None
            The other framework; it is carried along as `linked`.
        standing : Standing or str
            Whose idea the relation is.
        sources : str or iterable of str
            References behind it.

        Returns
        -------
        Framework
            The new one, validated.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK, Concept, Framework
        >>> work = Concept(key="coherence", name="Coherence", standing="proposed", wording="Making sense of new work.")
        >>> other = Framework(key="npt", name="Normalisation process theory", concepts=[work])
        >>> own = FRAMEWORK.relate("professional-practice", "overlaps with", "coherence", to=other)
        >>> own["npt:coherence"].name
        'Coherence'
        """
        relation = Relation(subject, kind, f"{to.key}:{object}" if to else object, standing, sources)
        return derive.relate(self, relation, to)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON holds them, sources included."""
        return {**to_plain(self), "sources": to_plain(self.sources)}

    def to_json(self) -> str:
        """The whole framework as JSON text; `from_json` gives an equal one back."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, place: str = "$") -> Framework:
        """The framework that plain values describe; `to_dict` gives them back."""
        framework: Framework = from_plain(cls, data, place)
        return framework

    @classmethod
    def from_json(cls, text: str) -> Framework:
        """The framework that JSON text describes."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise DataError(f"is no JSON: {error}", place="framework") from None
        return cls.from_dict(data)

    @classmethod
    def from_file(cls, path: str | Path) -> Framework:
        """The framework that a TOML or JSON file describes."""
        return cls.from_dict(read_file(path), place=str(path))

    def describe(self, key: str | None = None) -> str:
        """The whole framework as readable text, or one concept, proposition, frame, measure or source."""
        return export.describe(self) if key is None else export.describe_one(self, key)

    def to_mermaid(self, *, members: bool = False) -> str:
        """The concepts and their relations as a Mermaid flow chart, coloured by standing; with members, if wanted."""
        return export.to_mermaid(self, members=members)

    def to_networkx(self) -> Any:
        """The framework as a `networkx.MultiDiGraph` (extra ``graph``): records and references."""
        return export.to_networkx(self)

    def codebook_rows(self) -> tuple[dict[str, str | None], ...]:
        """Rows of a codebook template: name, definition, inclusion, exclusion, example, parent, concept.

        Only concepts with instructions for coders are in it, in an order in which a parent comes before its members.

        Examples
        --------
        >>> from expertsys.theory import FRAMEWORK
        >>> FRAMEWORK.codebook_rows()[0]["concept"]
        'expert-system'
        """
        return export.codebook_rows(self)

    def __str__(self) -> str:
        return self.describe()

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, kind))} {kind}" for kind in ("concepts", "relations", *RECORDS[1:]))
        changed = f"; {len(self.changes)} changes" if self.changes else ""
        return f"Framework({self.key!r}: {counts}, {len(self.sources)} sources{changed})"
