"""What professionals do and hold to, what in it resists, and how rules that were made elsewhere reach it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from expertsys._core.errors import unknown
from expertsys.theory import fields as f
from expertsys.theory.expert_system import ExpertSystem
from expertsys.theory.fields import PROPOSED, marked
from expertsys.theory.scheme import Rule
from expertsys.theory.situations import ModeOfUse, Situation
from expertsys.theory.standing import Standing, Term

COMPANION = marked(Standing.COMPANION, "greenhalgh2014cab")


class FocusOfResistance(Term):
    """What resistance is directed at.

    Standing: companion (Greenhalgh, Stones & Swinglehurst 2014, key ``greenhalgh2014cab``), found for Choose and Book.

    Attributes
    ----------
    POLICY
        The policy that the system stands for.
    SOCIOMATERIAL
        Its constraints, social and material at once.
    JUDGEMENT
        Interference with judgement of the particular case.
    RELATIONS
        Altered social relations.

    Examples
    --------
    >>> FocusOfResistance("policy").concept
    'focus-of-resistance.policy'
    """

    POLICY = "policy"
    SOCIOMATERIAL = "sociomaterial"
    JUDGEMENT = "judgement"
    RELATIONS = "relations"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"focus-of-resistance.{self.value}"


class ExplanatoryFrame(Term):
    """Rival framings of non-use; the study argues against the first.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``). The behaviourist frame speaks
    in two voices, the second of which comes from a companion paper (key ``greenhalgh2014cab``); the framework's `Frame`
    records hold them, with the remedies.

    Attributes
    ----------
    BEHAVIOURIST
        Clinicians do not use the system because something is amiss with them.
    SOCIOLOGICAL
        An expert system disrupts roles, relationships and practices.

    Examples
    --------
    >>> ExplanatoryFrame.SOCIOLOGICAL.concept
    'explanatory-frame.sociological'
    """

    BEHAVIOURIST = "behaviourist"
    SOCIOLOGICAL = "sociological"

    @property
    def concept(self) -> str:
        """Key of the concept that the member stands for."""
        return f"explanatory-frame.{self.value}"


@attrs.frozen(kw_only=True)
class ProfessionalPractice:
    """What professionals do and hold to.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``) for roles, relationships and
    practices; judgement of the particular case and ethical conduct come from a companion paper (key
    ``greenhalgh2014cab``).

    Parameters
    ----------
    profession : str
        Whose practice it is.
    roles, relationships, practices : iterable of str
        Which they take, keep up, and do.
    judgement, ethical_conduct : iterable of str
        Where the particular case must be judged, and what good conduct asks for.

    Examples
    --------
    >>> ProfessionalPractice(profession="general practice", roles="advocate", practices="referral letter").elements
    ('advocate', 'referral letter')
    """

    profession: str = attrs.field(validator=f.text, metadata=PROPOSED)
    roles: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    relationships: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    practices: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    judgement: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts, metadata=COMPANION)
    ethical_conduct: tuple[str, ...] = attrs.field(
        default=(), converter=f.strings, validator=f.texts, metadata=COMPANION
    )

    @property
    def elements(self) -> tuple[str, ...]:
        """Everything that it consists of."""
        return (*self.roles, *self.relationships, *self.practices, *self.judgement, *self.ethical_conduct)


def _foci(value: str | Iterable[str]) -> tuple[FocusOfResistance, ...]:
    return tuple(FocusOfResistance(item) for item in f.strings(value))


@attrs.frozen(kw_only=True)
class Resistance:
    """A relation between a system, the practice that it disrupts, and the situation in which this shows.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); its form as a relation is
    proposed. It is no trait of a person: there is no field for one. The study calls it a complex phenomenon with
    sociomaterial and normative components.

    Parameters
    ----------
    system : ExpertSystem
        What is resisted.
    practice : ProfessionalPractice
        The practice that it meets.
    situation : Situation
        The occasion on which it shows.
    disrupts : iterable of str
        Which elements of the practice it disrupts.
    focus : iterable of FocusOfResistance or str
        At what resistance is directed; several may be.
    mode : ModeOfUse, str or None
        How the system was used; the situation's, if it is not given.
    reported_in : ExplanatoryFrame, str or None
        The frame in whose terms it was reported; whoever reports it is heard, not believed.

    Examples
    --------
    >>> from expertsys.theory import choose_and_book
    >>> seen = Resistance(
    ...     system=choose_and_book(),
    ...     practice=ProfessionalPractice(
    ...         profession="general practice", practices="choosing a consultant for the patient"
    ...     ),
    ...     situation=Situation(situation="s1", mode="workaround"),
    ...     disrupts="choosing a consultant for the patient",
    ...     focus="judgement",
    ... )
    >>> seen.mode.value, seen.concepts
    ('workaround', ('resistance', 'focus-of-resistance.judgement', 'mode-of-use.workaround'))
    """

    system: ExpertSystem = attrs.field(validator=f.a(ExpertSystem), metadata=PROPOSED)
    practice: ProfessionalPractice = attrs.field(validator=f.a(ProfessionalPractice), metadata=PROPOSED)
    situation: Situation = attrs.field(validator=f.a(Situation), metadata=PROPOSED)
    disrupts: tuple[str, ...] = attrs.field(default=(), converter=f.strings, metadata=PROPOSED)
    focus: tuple[FocusOfResistance, ...] = attrs.field(default=(), converter=_foci, metadata=COMPANION)
    mode: ModeOfUse | None = attrs.field(
        default=attrs.Factory(lambda self: self.situation.mode, takes_self=True),
        converter=attrs.converters.optional(ModeOfUse),
        metadata=PROPOSED,
    )
    reported_in: ExplanatoryFrame | None = attrs.field(
        default=None, converter=attrs.converters.optional(ExplanatoryFrame), metadata=PROPOSED
    )

    @disrupts.validator
    def _of_practice(self, field: attrs.Attribute[Any], disrupts: tuple[str, ...]) -> None:
        for element in disrupts:
            if element not in self.practice.elements:
                raise unknown(
                    "element of the practice", element, self.practice.elements, place=f"Resistance.{field.name}"
                )

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the concepts that it speaks of."""
        keys = ["resistance", *(focus.concept for focus in self.focus)]
        keys += [term.concept for term in (self.mode, self.reported_in) if term is not None]
        return tuple(keys)


@attrs.frozen(kw_only=True)
class ActionAtADistance:
    """Rules and categories that were developed in one place reach another.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); also background (Latour 1987,
    key ``latour1987``). The claim has a condition: they *can be made to* apply there, *so long as* people use the
    technology as intended. An instance says whether that condition was met, not that the rule was followed.

    Parameters
    ----------
    origin, destination : str or None
        Where it was developed and where it is to apply.
    as_intended : bool or None
        Whether the technology was used as intended; None is unknown.
    what : iterable of str
        The rules or categories that travel.

    Examples
    --------
    >>> rule = Rule(action="book online", when=[], authored_at="Department of Health")
    >>> ActionAtADistance.of(rule, Situation(situation="s1", site="practice 3", mode="as intended")).can_apply
    True
    """

    origin: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    destination: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    as_intended: bool | None = attrs.field(default=None, validator=f.known_or_not)
    what: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts, metadata=PROPOSED)

    @classmethod
    def of(cls, rule: Rule, situation: Situation) -> ActionAtADistance:
        """A rule that reaches a situation; whether as intended is told by the situation's mode of use alone."""
        mode = situation.mode
        return cls(
            origin=rule.authored_at,
            destination=situation.site,
            as_intended=None if mode is None else mode is ModeOfUse.AS_INTENDED,
            what=rule.action,
        )

    @property
    def distant(self) -> bool | None:
        """Whether origin and destination differ; None where one is unknown."""
        return None if self.origin is None or self.destination is None else self.origin != self.destination

    @property
    def can_apply(self) -> bool | None:
        """Whether the claim's condition holds: distant, and used as intended; None where it cannot be told."""
        known = (self.distant, self.as_intended)
        return False if False in known else None if None in known else True
