"""The framework's records: concepts, relations, propositions with their rules of evidence, frames and measures."""

from __future__ import annotations

import attrs

from expertsys._core.errors import DataError
from expertsys.theory import fields as f
from expertsys.theory.evidence_rules import EvidenceRule
from expertsys.theory.standing import Citation, Standing, Term, citations


def _sourced(instance: object, standing: Standing, sources: tuple[Citation, ...]) -> None:
    if standing is not Standing.PROPOSED and not sources:
        raise DataError(
            f"has the standing {standing.value!r} and no source",
            place=f"{type(instance).__name__} {getattr(instance, 'key', '')!r}",
            remedy="Name the reference that says it, or give it the standing 'proposed'.",
        )


@attrs.frozen
class Part:
    """A part or field of a concept whose standing, or wording, is its own.

    Parameters
    ----------
    name : str
        As the class names its field.
    standing : Standing or str
        Whose idea it is.
    sources : str, Citation or iterable
        Empty: those of the concept.
    wording : str
        What it is, where that is not plain.

    Examples
    --------
    >>> Part("targets", "proposed").standing.value
    'proposed'
    """

    name: str = attrs.field(validator=f.text)
    standing: Standing = attrs.field(converter=Standing)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)
    wording: str = attrs.field(default="", validator=f.prose)


@attrs.frozen
class Coding:
    """When to apply a code for a concept (standing: proposed, like every instruction to coders here).

    Parameters
    ----------
    inclusion, exclusion : str
        When to apply it, and when not.
    example : str
        An invented passage to which it applies.

    Examples
    --------
    >>> Coding("The form has no field for it.", "The form was never opened.", "'There is no box for that.'").exclusion
    'The form was never opened.'
    """

    inclusion: str = attrs.field(validator=f.text)
    exclusion: str = attrs.field(validator=f.text)
    example: str = attrs.field(validator=f.text)


@attrs.frozen(kw_only=True)
class Concept:
    """One concept: what it is, whose idea, and where it is written.

    Parameters
    ----------
    key : str
        By which codes point to it, such as ``"emptying-out"``; a member of another concept is written
        ``"focus-of-resistance.policy"``.
    name : str
        As people say it; unique in a framework.
    standing : Standing or str
        Whose idea it is.
    wording : str
        What it is, in our own words.
    sources : str, Citation or iterable
        References behind it, with the page where there is one; may be empty for what is proposed only.
    parent : str or None
        Key of the concept that it is a member of; read from a key with a dot, if it is not given.
    class_name : str or None
        The class of `expertsys.theory` that makes instances of it.
    parts : iterable of Part
        Parts whose standing or wording is their own.
    coding : Coding or None
        When to apply a code for it; without, it does not enter the codebook template.

    Examples
    --------
    >>> Concept(key="resistance.silent", name="Silence", standing="proposed", wording="Nobody speaks of it.").parent
    'resistance'
    """

    key: str = attrs.field(validator=f.key)
    name: str = attrs.field(validator=f.text)
    standing: Standing = attrs.field(converter=Standing)
    wording: str = attrs.field(validator=f.text)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)
    parent: str | None = attrs.field(
        default=attrs.Factory(lambda self: _above(self.key), takes_self=True),
        validator=attrs.validators.optional(f.key),
    )
    class_name: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    parts: tuple[Part, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Part))
    coding: Coding | None = attrs.field(default=None, validator=f.a(Coding, type(None)))

    def __attrs_post_init__(self) -> None:
        _sourced(self, self.standing, self.sources)

    def part(self, name: str) -> Part | None:
        """The part of that name whose standing is its own, if there is one."""
        return next((part for part in self.parts if part.name == name), None)


def _above(key: str) -> str | None:
    return key.rpartition(".")[0] or None


@attrs.frozen
class RelationKind:
    """A type of relation between concepts.

    Parameters
    ----------
    name : str
        As it reads between subject and object, such as ``"disrupts"``.
    wording : str
        What it says.

    Examples
    --------
    >>> RelationKind("overlaps with", "Both concepts cover some of the same occasions.").name
    'overlaps with'
    """

    name: str = attrs.field(validator=f.text)
    wording: str = attrs.field(validator=f.text)


@attrs.frozen
class Relation:
    """One concept, in a typed relation to another.

    Parameters
    ----------
    subject, kind, object : str
        Key of a concept, name of a `RelationKind`, key of a concept. A concept of a linked framework is written
        ``"npt:coherence"``.
    standing : Standing or str
        Whose idea it is.
    sources : str, Citation or iterable
        References behind it.

    Examples
    --------
    >>> print(Relation("expert-system", "disrupts", "professional-practice", "source", "greenhalgh2014hsdr"))
    expert-system disrupts professional-practice
    """

    subject: str = attrs.field(validator=f.key)
    kind: str = attrs.field(validator=f.text)
    object: str = attrs.field(validator=f.key)
    standing: Standing = attrs.field(converter=Standing)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)

    def __attrs_post_init__(self) -> None:
        _sourced(self, self.standing, self.sources)

    def __str__(self) -> str:
        return f"{self.subject} {self.kind} {self.object}"


class PropositionKind(Term):
    """What a proposition is in the study's argument.

    Attributes
    ----------
    PREMISE, DEFINITION, CLAIM, FINDING, ARGUMENT
        Where it stands there. A definition is never supported or contradicted.

    Examples
    --------
    >>> PropositionKind("finding").value
    'finding'
    """

    PREMISE = "premise"
    DEFINITION = "definition"
    CLAIM = "claim"
    FINDING = "finding"
    ARGUMENT = "argument"


@attrs.frozen(kw_only=True)
class Proposition:
    """What the study, or a companion, holds to be so.

    Parameters
    ----------
    key : str
        Such as ``"P3"``.
    kind : PropositionKind or str
        Premise, definition, claim, finding or argument.
    wording : str
        In our own words.
    standing : Standing or str
        Whose it is.
    sources : str, Citation or iterable
        References behind it.
    concepts : iterable of str
        Keys of the concepts that it rests on.
    evidence : iterable of EvidenceRule
        How coded evidence bears on it; empty for a definition.
    note : str
        How to read it.

    Examples
    --------
    >>> from expertsys.theory import FRAMEWORK
    >>> FRAMEWORK.proposition("P2").kind.value
    'definition'
    """

    key: str = attrs.field(validator=f.text)
    kind: PropositionKind = attrs.field(converter=PropositionKind)
    wording: str = attrs.field(validator=f.text)
    standing: Standing = attrs.field(converter=Standing)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)
    concepts: tuple[str, ...] = attrs.field(converter=f.strings, validator=f.texts)
    evidence: tuple[EvidenceRule, ...] = attrs.field(default=(), converter=f.items, validator=f.each(EvidenceRule))
    note: str = attrs.field(default="", validator=f.prose)

    def __attrs_post_init__(self) -> None:
        _sourced(self, self.standing, self.sources)
        if self.kind is PropositionKind.DEFINITION and self.evidence:
            raise DataError(
                "is a definition and has rules of evidence",
                place=f"Proposition {self.key!r}",
                remedy="A definition is neither supported nor contradicted: drop the rules, or call it a claim.",
            )


@attrs.frozen(kw_only=True)
class Frame:
    """One of the rival framings of non-use, and what speaks for it.

    Parameters
    ----------
    key, name : str
        Such as ``"behaviourist"``.
    wording : str
        How it accounts for non-use.
    standing : Standing or str
        Whose account of it this is.
    sources : str, Citation or iterable
        References behind it.
    voices : iterable of str
        Keys of the concepts for the voices in which it speaks.
    remedies : iterable of str
        Keys of the concepts for what it recommends.
    concepts : iterable of str
        Keys of the concepts that speak for it; so do their members.

    Examples
    --------
    >>> from expertsys.theory import FRAMEWORK
    >>> len(FRAMEWORK.frame("behaviourist").voices)
    2
    """

    key: str = attrs.field(validator=f.key)
    name: str = attrs.field(validator=f.text)
    wording: str = attrs.field(validator=f.text)
    standing: Standing = attrs.field(converter=Standing)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)
    voices: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    remedies: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    concepts: tuple[str, ...] = attrs.field(converter=f.strings, validator=f.texts)

    def __attrs_post_init__(self) -> None:
        _sourced(self, self.standing, self.sources)


@attrs.frozen(kw_only=True)
class Measure:
    """A measure that is proposed for a concept: it prompts interpretation and tests no one's theory by itself.

    Parameters
    ----------
    key, name : str
        Such as ``"emptying_out"``, as its function is called.
    question : str
        What it asks of the data.
    definition : str
        How it is computed.
    limits : str
        What it does not show, and what misleads it.
    function : str
        The function that computes it, as text.
    concepts : iterable of str
        Keys of the concepts that it operationalises; none where it concerns the framework as a whole.
    standing : Standing or str
        Whose it is.
    sources : str, Citation or iterable
        References behind it.

    Examples
    --------
    >>> from expertsys.theory import FRAMEWORK
    >>> [measure.key for measure in FRAMEWORK.operationalised_by("emptying-out")]
    ['emptying_out']
    """

    key: str = attrs.field(validator=f.key)
    name: str = attrs.field(validator=f.text)
    question: str = attrs.field(validator=f.text)
    definition: str = attrs.field(validator=f.text)
    limits: str = attrs.field(validator=f.text)
    function: str = attrs.field(validator=f.text)
    concepts: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    standing: Standing = attrs.field(default=Standing.PROPOSED, converter=Standing)
    sources: tuple[Citation, ...] = attrs.field(default=(), converter=citations)
