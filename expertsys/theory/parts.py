"""What carries an expert system: its mandate, its infrastructure and its technology."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import attrs

from expertsys.theory import fields as f
from expertsys.theory.facts import Fact
from expertsys.theory.fields import PROPOSED, marked
from expertsys.theory.standing import Citation, Standing, Term


class Absent(Enum):
    """The type of `ABSENT`: documented as not there, which is something else than unknown (None).

    Examples
    --------
    >>> ABSENT
    ABSENT
    """

    ABSENT = "absent"

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = Absent.ABSENT
"""Documented as not there; None is unknown."""


class Level(Term):
    """From where a system is imposed.

    Attributes
    ----------
    NATIONAL, REGIONAL, LOCAL
        The level of the body that mandates it.

    Examples
    --------
    >>> Level("national").value
    'national'
    """

    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"


class Extent(Term):
    """How much of something a mandate leaves (standing: proposed).

    Attributes
    ----------
    LITTLE, SOME, MUCH
        In the judgement of whoever describes the mandate.

    Examples
    --------
    >>> Extent.LITTLE.value
    'little'
    """

    LITTLE = "little"
    SOME = "some"
    MUCH = "much"


@attrs.frozen(kw_only=True)
class Mandate:
    """On what terms a system is imposed. What is None is unknown.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); the scale of `Extent` is
    proposed.

    Parameters
    ----------
    level : Level, str or None
        National, regional or local.
    body : str or None
        Who mandates it.
    since : str or None
        Year, or ISO 8601 date.
    required_of : iterable of str or None
        Who has to use it.
    policy : str or None
        The policy that it stands for.
    local_ownership, local_flexibility : Extent, str or None
        How much of each is left to those who use it: little, some or much.
    sources : mapping
        Field to the citations behind it.

    Examples
    --------
    >>> Mandate(level="national", since="2004", sources={"since": "greenhalgh2014cab"}).local_ownership is None
    True
    """

    level: Level | None = attrs.field(default=None, converter=attrs.converters.optional(Level))
    body: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    since: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    required_of: tuple[str, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(f.strings), validator=attrs.validators.optional(f.texts)
    )
    policy: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(f.text),
        metadata=marked(Standing.COMPANION, "greenhalgh2014cab"),
    )
    local_ownership: Extent | None = attrs.field(default=None, converter=attrs.converters.optional(Extent))
    local_flexibility: Extent | None = attrs.field(default=None, converter=attrs.converters.optional(Extent))
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )


@attrs.frozen(kw_only=True)
class Infrastructure:
    """The bureaucracy that carries a system. None is unknown; an empty tuple says that there are none.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``) for the bureaucracy and for
    its rewards and punishments; reporting lines and targets are proposed.

    Parameters
    ----------
    bureaucracy : str or None
        Who runs it.
    rewards, punishments : iterable of str or None
        What follows from use and from non-use.
    reporting_lines : iterable of str or None
        To whom use is reported.
    targets : iterable of Fact or None
        What share of what is to be reached, and by when.
    sources : mapping
        Field to the citations behind it; a target names its own.

    Examples
    --------
    >>> Infrastructure(rewards="pay for performance").punishments is None
    True
    """

    bureaucracy: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text))
    rewards: tuple[str, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(f.strings), validator=attrs.validators.optional(f.texts)
    )
    punishments: tuple[str, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(f.strings), validator=attrs.validators.optional(f.texts)
    )
    reporting_lines: tuple[str, ...] | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(f.strings),
        validator=attrs.validators.optional(f.texts),
        metadata=PROPOSED,
    )
    targets: tuple[Fact, ...] | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(f.items),
        validator=attrs.validators.optional(f.each(Fact)),
        metadata=PROPOSED,
    )
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )


CAPABILITIES: tuple[str, ...] = ("store", "code", "classify", "aggregate")
"""What the study names as a technology's part: to store, code, classify and aggregate large numbers of data."""


@attrs.frozen(kw_only=True)
class Technology:
    """What can store, code, classify and aggregate large numbers of data.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``) for the four capabilities;
    material constraints come from the companion paper (key ``greenhalgh2014cab``).

    Parameters
    ----------
    name : str or None
        What it is.
    store, code, classify, aggregate : bool or None
        Whether it can; None is unknown.
    constraints : iterable of str or None
        What the material thing makes hard or impossible; None is unknown.
    sources : mapping
        Field to the citations behind it.

    Examples
    --------
    >>> Technology(store=True, aggregate=False).capabilities
    {'store': True, 'code': None, 'classify': None, 'aggregate': False}
    """

    name: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    store: bool | None = attrs.field(default=None, validator=f.known_or_not)
    code: bool | None = attrs.field(default=None, validator=f.known_or_not)
    classify: bool | None = attrs.field(default=None, validator=f.known_or_not)
    aggregate: bool | None = attrs.field(default=None, validator=f.known_or_not)
    constraints: tuple[str, ...] | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(f.strings),
        validator=attrs.validators.optional(f.texts),
        metadata=marked(Standing.COMPANION, "greenhalgh2014cab"),
    )
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )

    @property
    def capabilities(self) -> dict[str, bool | None]:
        """The four capabilities: true, false or None for unknown."""
        return {name: getattr(self, name) for name in CAPABILITIES}
