"""What a system's scheme is made of: decision rules and a classification, both as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from expertsys._core.errors import DataError, listing
from expertsys.theory import fields as f
from expertsys.theory.conditions import Condition, condition
from expertsys.theory.fields import PROPOSED, marked
from expertsys.theory.standing import Citation, Standing


@attrs.frozen(kw_only=True)
class Rule:
    """A decision rule: in a situation of this kind, this is to be done.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``) for condition and action;
    identifier, origin and reach are proposed.

    Parameters
    ----------
    action : str
        What is prescribed.
    when : Condition, dict, list or None
        On which recorded features; an empty list is always, None is unknown. The feature ``category`` is what was
        recorded.
    id : str or None
        Its identifier.
    authored_at, applies_at : str or None
        Where it was made, and where it is to hold.
    sources : mapping
        Field to the citations behind it.

    Examples
    --------
    >>> rule = Rule(action="offer review", when={"feature": "age", "op": ">=", "value": 65}, id="r1")
    >>> rule.when.holds({"age": 70})
    True
    """

    action: str = attrs.field(validator=f.text)
    when: Condition | None = attrs.field(converter=attrs.converters.optional(condition))
    id: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    authored_at: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    applies_at: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )


@attrs.frozen(kw_only=True)
class Category:
    """One place in a classification.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); residual categories come from
    the background literature (Bowker & Star 1999, key ``bowkerstar1999``); when a situation falls under it is proposed.

    Parameters
    ----------
    name : str
        As the system writes it.
    when : Condition, dict, list or None
        When a situation is coded so; None is unknown. A residual category needs none: it takes what no other takes.
    residual : bool
        Whether it is for what fits nowhere else.

    Examples
    --------
    >>> Category(name="other", residual=True).residual
    True
    """

    name: str = attrs.field(validator=f.text)
    when: Condition | None = attrs.field(
        default=None, converter=attrs.converters.optional(condition), metadata=PROPOSED
    )
    residual: bool = attrs.field(
        default=False, validator=f.flag, metadata=marked(Standing.BACKGROUND, "bowkerstar1999")
    )


@attrs.frozen(kw_only=True)
class Classification:
    """The scheme into which a system codes situations; the first category that fits takes the situation.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``); residual categories come from
    the background literature (Bowker & Star 1999, key ``bowkerstar1999``).

    Parameters
    ----------
    categories : iterable of Category
        In the order in which they are tried; names are unique, at most one is residual.
    name, authored_at : str or None
        What it is called and where it was made.
    sources : mapping
        Field to the citations behind it.

    Examples
    --------
    >>> scheme = Classification(
    ...     categories=[
    ...         Category(name="elderly", when={"feature": "age", "op": ">=", "value": 65}),
    ...         Category(name="other", residual=True),
    ...     ]
    ... )
    >>> scheme.place({"age": 40})[0].name
    'other'
    >>> scheme.place({})  # without the age it cannot be told
    (None, False)
    """

    categories: tuple[Category, ...] = attrs.field(converter=f.items, validator=f.each(Category))
    name: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    authored_at: str | None = attrs.field(default=None, validator=attrs.validators.optional(f.text), metadata=PROPOSED)
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )

    @categories.validator
    def _distinct(self, field: attrs.Attribute[Any], categories: tuple[Category, ...]) -> None:
        names = [category.name for category in categories]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise DataError(f"repeats {listing(sorted(repeated))}", place=f"Classification.{field.name}")
        if sum(category.residual for category in categories) > 1:
            raise DataError("has more than one residual category", place=f"Classification.{field.name}")

    @property
    def residual(self) -> tuple[str, ...]:
        """Names of the categories for what fits nowhere else."""
        return tuple(category.name for category in self.categories if category.residual)

    def place(self, features: Mapping[str, object]) -> tuple[Category | None, bool]:
        """The category that takes a situation, and whether that could be told.

        Parameters
        ----------
        features : mapping
            Feature to value; one that is missing or None is unknown.

        Returns
        -------
        category : Category or None
            The first that fits, else the residual one; None where there is no place or it cannot be told.
        decided : bool
            False where an earlier category's condition is unknown, or depends on an unknown feature.
        """
        for category in self.categories:
            fits = False if category.residual else None if category.when is None else category.when.holds(features)
            if fits is None:
                return None, False
            if fits:
                return category, True
        return next((category for category in self.categories if category.residual), None), True
