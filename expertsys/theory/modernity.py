"""Background concepts of modernity: relations lifted out of their place and pinned down again, access points, trust."""

from __future__ import annotations

from typing import Any

import attrs

from expertsys._core.errors import DataError
from expertsys.theory import fields as f
from expertsys.theory.expert_system import ExpertSystem
from expertsys.theory.fields import PROPOSED
from expertsys.theory.standing import Term


class Mechanism(Term):
    """By what social relations are lifted out of their place.

    Standing: background (Giddens 1990, pp. 22–29, key ``giddens1990``).

    Attributes
    ----------
    SYMBOLIC_TOKEN
        A medium that passes from hand to hand whoever holds it, as money does.
    EXPERT_SYSTEM
        Accomplishment or expertise on which people rely without knowing it.

    Examples
    --------
    >>> Mechanism.SYMBOLIC_TOKEN.concept
    'disembedding.symbolic-token'
    """

    SYMBOLIC_TOKEN = "symbolic-token"  # noqa: S105
    EXPERT_SYSTEM = "expert-system"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"disembedding.{self.value}"


class Commitment(Term):
    """What trust rests on.

    Standing: background (Giddens 1990, pp. 79–92, key ``giddens1990``).

    Attributes
    ----------
    FACEWORK
        On people, and kept up where they are present to each other.
    FACELESS
        On the working of abstract capacities that have no face.

    Examples
    --------
    >>> Commitment.FACEWORK.concept
    'trust.facework'
    """

    FACEWORK = "facework"
    FACELESS = "faceless"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"trust.{self.value}"


@attrs.frozen(kw_only=True)
class Disembedding:
    """A social relation is lifted out of its local context and rebuilt across a wide span of time and space.

    Standing: background (Giddens 1990, p. 21, key ``giddens1990``; the mechanisms: pp. 22–29).

    Parameters
    ----------
    relation : str
        What is lifted out, such as ``"a referral from one colleague to another"``.
    from_context, to_span : str
        Out of what, and into what.
    mechanism : Mechanism or str
        Symbolic token or expert system.
    system : ExpertSystem or None
        Which one, where the mechanism is an expert system.

    Examples
    --------
    >>> from expertsys.theory import choose_and_book
    >>> lifted = Disembedding(
    ...     relation="the referral of a patient from one doctor to another",
    ...     from_context="the doctors of one district",
    ...     to_span="any provider in England",
    ...     system=choose_and_book(),
    ... )
    >>> lifted.mechanism.value
    'expert-system'
    """

    relation: str = attrs.field(validator=f.text)
    from_context: str = attrs.field(validator=f.text)
    to_span: str = attrs.field(validator=f.text)
    mechanism: Mechanism = attrs.field(default=Mechanism.EXPERT_SYSTEM, converter=Mechanism)
    system: ExpertSystem | None = attrs.field(default=None, validator=f.a(ExpertSystem, type(None)), metadata=PROPOSED)

    @system.validator
    def _fits_mechanism(self, field: attrs.Attribute[Any], system: ExpertSystem | None) -> None:
        if system is not None and self.mechanism is not Mechanism.EXPERT_SYSTEM:
            raise DataError(
                f"must be None where the mechanism is {self.mechanism.value!r}, not {system!r}",
                place=f"Disembedding.{field.name}",
                remedy="Make the mechanism 'expert-system', or leave the system out.",
            )


@attrs.frozen(kw_only=True)
class Reembedding:
    """A disembedded relation is pinned down again to local conditions, if only in part or for a time.

    Standing: background (Giddens 1990, pp. 79–92, key ``giddens1990``).

    Parameters
    ----------
    disembedding : Disembedding
        What had been lifted out.
    arrangement : str
        The local arrangement that pins it down, such as a dialogue around the patient's story.
    full : bool or None
        Fully, or only in part; None is unknown.
    lasting : bool or None
        For good, or only for a time; None is unknown.
    site : str or None
        Where.

    Examples
    --------
    >>> lifted = Disembedding(relation="review of a patient", from_context="one practice", to_span="all practices")
    >>> pinned = Reembedding(disembedding=lifted, arrangement="prompts woven into the patient's story", full=False)
    >>> print(pinned)
    review of a patient: lifted out of one practice into all practices; pinned down in part by prompts woven into the
    patient's story
    """

    disembedding: Disembedding = attrs.field(validator=f.a(Disembedding))
    arrangement: str = attrs.field(validator=f.text)
    full: bool | None = attrs.field(default=None, validator=f.known_or_not)
    lasting: bool | None = attrs.field(default=None, validator=f.known_or_not)
    site: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)

    @property
    def system(self) -> ExpertSystem | None:
        """The system whose disembedding it answers."""
        return self.disembedding.system

    def __str__(self) -> str:
        lifted = self.disembedding
        extent = {True: " fully", False: " in part", None: ""}[self.full]
        where = f" at {self.site}" if self.site else ""
        return (
            f"{lifted.relation}: lifted out of {lifted.from_context} into {lifted.to_span}; "
            f"pinned down{extent}{where} by {self.arrangement}"
        )


@attrs.frozen(kw_only=True)
class Trust:
    """Reliance on people, or on abstract capacities.

    Standing: background (Giddens 1990, pp. 79–92, key ``giddens1990``).

    Parameters
    ----------
    commitment : Commitment or str
        Facework or faceless.
    by, of : str
        Who trusts, and whom or what.

    Examples
    --------
    >>> Trust(commitment="facework", by="patient", of="the family doctor").commitment.value
    'facework'
    """

    commitment: Commitment = attrs.field(converter=Commitment)
    by: str = attrs.field(validator=f.text, metadata=PROPOSED)
    of: str = attrs.field(validator=f.text, metadata=PROPOSED)


@attrs.frozen(kw_only=True)
class AccessPoint:
    """Where lay people and those who represent a system meet.

    Standing: background (Giddens 1990, pp. 79–92, key ``giddens1990``).

    Parameters
    ----------
    site, role : str
        Where, and who represents the system there.
    commitments : iterable of Trust
        The trust that is made or lost there.

    Examples
    --------
    >>> desk = AccessPoint(
    ...     site="surgery",
    ...     role="receptionist",
    ...     commitments=[Trust(commitment="faceless", by="patient", of="the booking line")],
    ... )
    >>> [trust.of for trust in desk.resting_on("faceless")]
    ['the booking line']
    """

    site: str = attrs.field(validator=f.text)
    role: str = attrs.field(validator=f.text)
    commitments: tuple[Trust, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Trust))

    def resting_on(self, commitment: Commitment | str) -> tuple[Trust, ...]:
        """The trust of one kind."""
        return tuple(trust for trust in self.commitments if trust.commitment is Commitment(commitment))
