"""Where system and practice meet: one occasion, what mattered locally in it, and what a scheme leaves out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from expertsys._core.names import folded
from expertsys.theory import fields as f
from expertsys.theory.fields import PROPOSED, marked
from expertsys.theory.standing import Standing, Term


class ModeOfUse(Term):
    """How far practice follows what a system prescribes; no order is assumed.

    Standing: proposed. It is coded independently of whether the action taken equals the one prescribed, for otherwise
    "used as intended" would be true by definition wherever practice happens to agree with a rule.

    Attributes
    ----------
    AS_INTENDED
        Used the way its makers meant it to be.
    ADAPTED
        Used, with a local adjustment.
    WORKAROUND
        The work gets done around it.
    TOKEN
        Fields are filled in, and nothing is done with them.
    NON_USE
        Not used.

    Examples
    --------
    >>> ModeOfUse("as intended").concept
    'mode-of-use.as-intended'
    """

    AS_INTENDED = "as-intended"
    ADAPTED = "adapted"
    WORKAROUND = "workaround"
    TOKEN = "token"  # noqa: S105
    NON_USE = "non-use"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"mode-of-use.{self.value}"


class ContingencyKind(Term):
    """What kind of thing it is that matters here and now (standing: proposed).

    Attributes
    ----------
    PATIENT, PLACE, TIMING, RELATIONSHIP, COURSE
        The patient, the place, the timing, the relationship, the course that the situation takes.

    Examples
    --------
    >>> ContingencyKind.TIMING.concept
    'local-contingency.timing'
    """

    PATIENT = "patient"
    PLACE = "place"
    TIMING = "timing"
    RELATIONSHIP = "relationship"
    COURSE = "course"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"local-contingency.{self.value}"


@attrs.frozen(kw_only=True)
class LocalContingency:
    """Something that matters here and now, and to which a system's scheme is insensitive.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); the list of kinds is
    proposed.

    Parameters
    ----------
    kind : ContingencyKind or str
        The patient, the place, the timing, the relationship or the course.
    description : str
        What it is, in a few words.
    site : str or None
        Where it was noticed.
    feature : str or None
        The feature under which a scheme would have to record it to be sensitive to it; None if it has no such form.

    Examples
    --------
    >>> LocalContingency(kind="relationship", description="the patient trusts one consultant only").kind
    <ContingencyKind.RELATIONSHIP: 'relationship'>
    """

    kind: ContingencyKind = attrs.field(converter=ContingencyKind, metadata=PROPOSED)
    description: str = attrs.field(validator=f.text)
    site: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    feature: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)


@attrs.frozen(kw_only=True)
class Situation:
    """One occasion on which system and practice meet: a referral, a review, an out-of-hours call.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); that it serves as unit of
    analysis, and every field, is proposed. The fields up to `weight` are the columns of a table of situations.

    Parameters
    ----------
    situation : str
        Its identifier.
    case, site, role : str or None
        Which system or case, where, and who acted.
    date : str or None
        When, as ISO 8601 text.
    local : str or iterable of str
        How those present would describe it, in one or several aspects.
    category : str or None
        What the system recorded; None if it was not used or has no place for it.
    prescribed : str or None
        What its rules say; None where they are silent.
    taken : str or None
        What was done; None if nobody saw it.
    mode : ModeOfUse, str or None
        How the system was used, coded independently of `taken` and `prescribed`.
    distance : float or None
        From the origin of the rules, in a unit of your choice; 0 at the origin.
    coder : str or None
        Who described it.
    weight : float
        How many occasions it stands for.
    features : mapping
        What is known of it that a scheme could record: name to value, all of them hashable.
    contingencies : iterable of LocalContingency
        What mattered locally.

    Examples
    --------
    >>> seen = Situation(situation="s1", prescribed="book online", taken="letter to the consultant", mode="workaround")
    >>> seen.followed
    False
    """

    situation: str = attrs.field(validator=f.text, metadata=PROPOSED)
    case: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    site: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    role: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    date: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    local: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts, metadata=PROPOSED)
    category: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    prescribed: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    taken: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    mode: ModeOfUse | None = attrs.field(
        default=None, converter=attrs.converters.optional(ModeOfUse), metadata=PROPOSED
    )
    distance: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(f.number(0)), metadata=PROPOSED
    )
    coder: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    weight: float = attrs.field(default=1.0, validator=f.number(0, strict=True), metadata=PROPOSED)
    features: Mapping[str, Any] = attrs.field(factory=dict, converter=f.frozen, metadata=PROPOSED)
    contingencies: tuple[LocalContingency, ...] = attrs.field(
        default=(), converter=f.items, validator=f.each(LocalContingency), metadata=PROPOSED
    )

    @property
    def followed(self) -> bool | None:
        """Whether what was done is what was prescribed, in whatever order and capitals; None if either is missing."""
        if self.taken is None or self.prescribed is None:
            return None
        return action_key(self.taken) == action_key(self.prescribed)


def action_set(text: str) -> frozenset[str]:
    """The actions that a cell names: one, or several separated by semicolons, whose order does not matter.

    Parameters
    ----------
    text : str
        Such as ``"call; letter"``.

    Examples
    --------
    >>> action_set("call; letter") == action_set("letter;call")
    True
    """
    return frozenset(part for part in (piece.strip() for piece in text.split(";")) if part)


_MARKS = re.compile(r"[|\n]|(?<!\d),|,(?!\d)|(?<!\d)/|/(?!\d)|[+&]|(?<=\s)and(?=\s)", re.IGNORECASE)


def action_parts(text: str) -> tuple[str, ...]:
    """What may be the actions of a cell, whether ";" stands between them, or a comma, "+", "and" or the like."""
    found: list[str] = []
    for piece in (piece.strip() for piece in text.split(";")):
        parts = [part.strip() for part in _MARKS.split(piece)]
        found += parts if all(parts) else [piece] if piece else []
    return tuple(found)


def action_key(text: str) -> frozenset[str]:
    """What cells share that name the same actions: capitals, blanks, order and what separates them do not matter.

    Examples
    --------
    >>> action_key("Call, letter") == action_key("letter; call"), action_key("call") == action_key("call, letter")
    (True, False)
    """
    return frozenset(folded(part) for part in action_parts(text))


def action_text(actions: Iterable[str]) -> str:
    """A set of actions as a cell: in alphabetical order, separated by semicolons.

    Examples
    --------
    >>> action_text({"letter", "call"})
    'call; letter'
    """
    return "; ".join(sorted(set(actions)))


SITUATION_COLUMNS: tuple[str, ...] = tuple(
    field.name for field in attrs.fields(Situation) if field.name not in ("features", "contingencies")
)
"""The columns of a table of situations, one row per occasion."""


@attrs.frozen(kw_only=True)
class EmptyingOut:
    """What of a situation a system's scheme takes up, and what it empties out.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``). The study words the claim in
    two strengths: expert systems *tend to* empty out social situations, by rules and categories that are insensitive to
    local contingency and to the unfolding detail; and, in its abstract, to the extent that a system is used as intended
    it does so *invariably*. An instance says what a scheme as written is sensitive to; it does not say what happened.

    Parameters
    ----------
    system, situation : str
        Which system and which occasion.
    sensitive : iterable of str
        Features and contingencies that the scheme takes up.
    insensitive : iterable of str
        Those that it has no place for.
    unknown : iterable of str
        Those of which it cannot be told, since the scheme is not, or not wholly, documented.

    Examples
    --------
    >>> EmptyingOut(system="template", situation="s1", sensitive="smoker", insensitive="newly widowed").insensitive
    ('newly widowed',)
    """

    system: str = attrs.field(validator=f.text, metadata=PROPOSED)
    situation: str = attrs.field(validator=f.text, metadata=PROPOSED)
    sensitive: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    insensitive: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    unknown: tuple[str, ...] = attrs.field(
        default=(), converter=f.strings, validator=f.texts, metadata=marked(Standing.PROPOSED)
    )
