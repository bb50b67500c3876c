"""Structuration as a cycle that can be walked: conditions, what agents know, what they do, what comes of it."""

from __future__ import annotations

import attrs

from expertsys.theory import fields as f
from expertsys.theory.fields import PROPOSED


@attrs.frozen(kw_only=True)
class PositionPractice:
    """A position in a network, with the practices and relations that go with it.

    Standing: background (Stones 2005, key ``stones2005``; Greenhalgh & Stones 2010, key ``greenhalgh2010sst``).

    Parameters
    ----------
    position : str
        Such as ``"practice nurse"``.
    practices : iterable of str
        What whoever holds it does.
    relations : iterable of str
        The positions to which it is tied.

    Examples
    --------
    >>> PositionPractice(position="practice nurse", practices="annual review", relations="patient").relations
    ('patient',)
    """

    position: str = attrs.field(validator=f.text)
    practices: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    relations: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)

    def __str__(self) -> str:
        does = f" does {', '.join(self.practices)}" if self.practices else ""
        tied = f" with {', '.join(self.relations)}" if self.relations else ""
        return f"{self.position}{does}{tied}"


@attrs.frozen(kw_only=True)
class ExternalStructure:
    """The conditions of action that an agent faces.

    Standing: background (Stones 2005, key ``stones2005``; Giddens 1984, key ``giddens1984``).

    Parameters
    ----------
    conditions : iterable of str
        What enables and constrains.
    positions : iterable of PositionPractice
        The networked positions and practices in which the agent stands.

    Examples
    --------
    >>> ExternalStructure(conditions="pay depends on completed fields").conditions
    ('pay depends on completed fields',)
    """

    conditions: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    positions: tuple[PositionPractice, ...] = attrs.field(
        default=(), converter=f.items, validator=f.each(PositionPractice)
    )


@attrs.frozen(kw_only=True)
class InternalStructure:
    """What an agent knows and is disposed to do.

    Standing: background (Stones 2005, key ``stones2005``; Greenhalgh & Stones 2010, key ``greenhalgh2010sst``).

    Parameters
    ----------
    dispositions : iterable of str
        General ones, carried from place to place: habits, attitudes, principles.
    conjunctural_knowledge : iterable of str
        What the agent knows of this conjuncture: who is there, what they expect, what follows.

    Examples
    --------
    >>> InternalStructure(dispositions="patient first", conjunctural_knowledge="an audit is due").dispositions
    ('patient first',)
    """

    dispositions: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)
    conjunctural_knowledge: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)


@attrs.frozen(kw_only=True)
class ActiveAgency:
    """What the agent does, drawing on what they know and are disposed to do.

    Standing: background (Stones 2005, key ``stones2005``).

    Parameters
    ----------
    actions : iterable of str
        What is done.

    Examples
    --------
    >>> ActiveAgency(actions="lets the patient tell the story first").actions
    ('lets the patient tell the story first',)
    """

    actions: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)


@attrs.frozen(kw_only=True)
class Outcome:
    """What comes of the action and feeds back on positions and practices.

    Standing: background (Stones 2005, key ``stones2005``; Giddens 1984, key ``giddens1984``).

    Parameters
    ----------
    description : str
        What came of it.
    intended : bool or None
        Whether the agent meant it; None is unknown.
    feeds_back_on : iterable of str
        Names of the positions that it changes or confirms.

    Examples
    --------
    >>> Outcome(description="fields are left empty", intended=False).intended
    False
    """

    description: str = attrs.field(validator=f.text)
    intended: bool | None = attrs.field(default=None, validator=f.known_or_not, metadata=PROPOSED)
    feeds_back_on: tuple[str, ...] = attrs.field(default=(), converter=f.strings, validator=f.texts)

    def __str__(self) -> str:
        meant = {True: " (intended)", False: " (unintended)", None: ""}[self.intended]
        on = f", feeding back on {', '.join(self.feeds_back_on)}" if self.feeds_back_on else ""
        return f"{self.description}{meant}{on}"


@attrs.frozen
class Step:
    """One step of the cycle.

    Parameters
    ----------
    concept : str
        Key of the concept: external structure, internal structure, active agency or outcome.
    content : tuple of str
        What an instance says of it; empty where nothing is known.

    Examples
    --------
    >>> print(Step("active-agency", ("refers by letter",)))
    active agency: refers by letter
    """

    concept: str
    content: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.concept.replace('-', ' ')}: {'; '.join(self.content) or 'nothing known'}"


@attrs.frozen(kw_only=True)
class Structuration:
    """The quadripartite cycle of structuration, for one agent in focus.

    Standing: background (Stones 2005, key ``stones2005``; Greenhalgh & Stones 2010, key ``greenhalgh2010sst``; the
    duality of structure: Giddens 1984, key ``giddens1984``).

    Parameters
    ----------
    agent : str
        Whose cycle it is.
    external : ExternalStructure
        Conditions of action.
    internal : InternalStructure
        What the agent knows and is disposed to do.
    agency : ActiveAgency
        What the agent does.
    outcomes : iterable of Outcome
        What comes of it.

    Examples
    --------
    >>> turn = Structuration(
    ...     agent="practice nurse",
    ...     external=ExternalStructure(conditions="pay depends on completed fields"),
    ...     internal=InternalStructure(dispositions="patient first"),
    ...     agency=ActiveAgency(actions="asks for the story, fills the fields afterwards"),
    ...     outcomes=[Outcome(description="reviews take longer", intended=False)],
    ... )
    >>> for step in turn.walk():
    ...     print(step)
    external structure: pay depends on completed fields
    internal structure: patient first
    active agency: asks for the story, fills the fields afterwards
    outcome: reviews take longer (unintended)
    >>> turn.next_turn().external.conditions
    ('pay depends on completed fields', 'reviews take longer')
    """

    agent: str = attrs.field(validator=f.text, metadata=PROPOSED)
    external: ExternalStructure = attrs.field(factory=ExternalStructure, validator=f.a(ExternalStructure))
    internal: InternalStructure = attrs.field(factory=InternalStructure, validator=f.a(InternalStructure))
    agency: ActiveAgency = attrs.field(factory=ActiveAgency, validator=f.a(ActiveAgency))
    outcomes: tuple[Outcome, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Outcome))

    def walk(self) -> tuple[Step, ...]:
        """The four steps, in the order in which one leads to the next."""
        conditions = (*self.external.conditions, *map(str, self.external.positions))
        knows = (*self.internal.dispositions, *self.internal.conjunctural_knowledge)
        return (
            Step("external-structure", conditions),
            Step("internal-structure", knows),
            Step("active-agency", self.agency.actions),
            Step("outcome", tuple(map(str, self.outcomes))),
        )

    def conduct_analysis(self) -> tuple[Step, ...]:
        """The steps that look inward, from the agent's side: what the agent knows, is disposed to do, and does."""
        return tuple(step for step in self.walk() if step.concept in ("internal-structure", "active-agency"))

    def context_analysis(self) -> tuple[Step, ...]:
        """The steps that look outward, to the terrain that the agent faces: conditions and positions, and outcomes."""
        return tuple(step for step in self.walk() if step.concept in ("external-structure", "outcome"))

    def next_turn(
        self, *, internal: InternalStructure | None = None, agency: ActiveAgency | None = None
    ) -> Structuration:
        """The next turn of the cycle: what came of this one is among the conditions of the next.

        Parameters
        ----------
        internal : InternalStructure or None
            What the agent knows by then; as before, if not given.
        agency : ActiveAgency or None
            What the agent does then; nothing is assumed, if not given.

        Returns
        -------
        Structuration
            Without outcomes, which are still to come.
        """
        conditions = dict.fromkeys((*self.external.conditions, *(outcome.description for outcome in self.outcomes)))
        return Structuration(
            agent=self.agent,
            external=attrs.evolve(self.external, conditions=tuple(conditions)),
            internal=internal or self.internal,
            agency=agency or ActiveAgency(),
        )
