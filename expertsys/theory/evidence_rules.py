"""How coded evidence bears on a proposition, as data: rules that sort evidence and give no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from expertsys._core.errors import DataError, listing, nearest, quoted
from expertsys.theory import fields as f
from expertsys.theory.conditions import Condition, condition
from expertsys.theory.parts import Extent, Level
from expertsys.theory.situations import ModeOfUse
from expertsys.theory.standing import Standing, Term


class EvidenceUnit(Term):
    """What a rule of evidence looks at.

    Attributes
    ----------
    CASE, SITUATION, EXCERPT
        A case; one occasion; a coded passage.

    Examples
    --------
    >>> EvidenceUnit("excerpt").value
    'excerpt'
    """

    CASE = "case"
    SITUATION = "situation"
    EXCERPT = "excerpt"


class Bearing(Term):
    """How one unit bears on a proposition; no verdict.

    Attributes
    ----------
    SUPPORTS, CONTRADICTS
        As the rule says.
    MIXED
        Both at once: by one rule, by different rules, or because coders differ.
    UNTESTED
        What would support, where nothing in the study could have contradicted; or the other way round. A rule alone
        does not give it: it depends on the codes and columns that the study has.
    SILENT
        The rule applies and the unit says neither.
    UNDETERMINED
        The information that the rule needs is missing.
    OUTSIDE
        The rule does not apply to it.

    Examples
    --------
    >>> Bearing("silent").value
    'silent'
    """

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    MIXED = "mixed"
    UNTESTED = "untested"
    SILENT = "silent"
    UNDETERMINED = "undetermined"
    OUTSIDE = "outside"


EVIDENCE_FEATURES: Mapping[str, str] = {
    "concepts": "any unit: keys of the concepts that its codes point to, with the concepts above them",
    "frames": "excerpt: keys of the explanatory frames for which its concepts speak",
    "mode": "situation: mode of use, coded independently of the action taken",
    "followed": "situation: whether the action taken is the one prescribed",
    "distance": "situation: distance from the origin of the rules",
    "mandate_level": "case: national, regional or local",
    "local_ownership": "case: little, some or much",
    "local_flexibility": "case: little, some or much",
    "prevailing_mode": "case: the mode of use of most of its situations",
}
"""The features that rules of evidence read, and what each says of which unit. One that is missing is unknown."""

_TERMS: Mapping[str, type[Term]] = {
    "mode": ModeOfUse,
    "prevailing_mode": ModeOfUse,
    "mandate_level": Level,
    "local_ownership": Extent,
    "local_flexibility": Extent,
}
CASE_FEATURES = ("mandate_level", "local_ownership", "local_flexibility")
"""The features that are attributes of cases."""
_SAME = {"low": "little", "medium": "some", "moderate": "some", "high": "much"}


def feature_value(feature: str, value: object, *, further: Iterable[object] = (), place: str = "") -> object:
    """A value of a feature as rules of evidence spell it.

    Parameters
    ----------
    feature : str
        One of `EVIDENCE_FEATURES`. A feature without a fixed vocabulary keeps its value.
    value : object
        As the data spell it: capitals, blanks, hyphens and underscores do not matter, and *low*, *medium* and *high*
        stand for *little*, *some* and *much*.
    further : iterable
        Values beyond the vocabulary that the rules of a framework name.
    place : str
        Where it stands, for an error.

    Returns
    -------
    object
        The value of the vocabulary, as text.

    Raises
    ------
    DataError
        For a value that the vocabulary does not have.

    Examples
    --------
    >>> feature_value("mandate_level", " National"), feature_value("local_ownership", "low")
    ('national', 'little')
    """
    if feature not in _TERMS or not isinstance(value, str):
        return value
    names = list(dict.fromkeys([*(str(term) for term in _TERMS[feature]), *map(str, further)]))
    by_fold = {_folded(name): name for name in names}
    spelt = _folded(value)
    if _TERMS[feature] is Extent:
        spelt = _SAME.get(spelt, spelt)
    if spelt not in by_fold:
        guess = nearest(spelt, names)
        raise DataError(
            f"{feature} must be one of {listing(names)}; got {quoted(value)}",
            place=place or feature,
            remedy=(f"Did you mean {guess!r}? " if guess else "") + "Leave the cell empty where it is not known.",
        )
    return by_fold[spelt]


def feature_name(column: str) -> str:
    """A column's name as features are spelt: ``"Local ownership"`` becomes ``"local_ownership"``."""
    return _folded(column).replace("-", "_")


def _folded(text: str) -> str:
    return "-".join(text.casefold().replace("_", " ").replace("-", " ").split())


@attrs.frozen(kw_only=True)
class EvidenceRule:
    """How coded units of one kind bear on a proposition (standing: proposed).

    Parameters
    ----------
    unit : EvidenceUnit or str
        What it looks at.
    wording : str
        The rule in words.
    where : Condition, dict or list
        Which units it applies to; an empty list is all. Features: `EVIDENCE_FEATURES`.
    supports, contradicts : Condition, dict, list or None
        When a unit supports or contradicts the proposition; None is never.
    standing : Standing or str
        Whose rule it is.

    Examples
    --------
    >>> rule = EvidenceRule(
    ...     unit="situation",
    ...     wording="Used as intended, and followed.",
    ...     where={"feature": "distance", "op": ">", "value": 0},
    ...     supports={"feature": "followed", "op": "==", "value": True},
    ... )
    >>> rule.bearing({"distance": 2, "followed": True}).value, rule.bearing({"distance": 0}).value
    ('supports', 'outside')
    """

    unit: EvidenceUnit = attrs.field(converter=EvidenceUnit)
    wording: str = attrs.field(validator=f.text)
    where: Condition = attrs.field(converter=condition)
    supports: Condition | None = attrs.field(default=None, converter=attrs.converters.optional(condition))
    contradicts: Condition | None = attrs.field(default=None, converter=attrs.converters.optional(condition))
    standing: Standing = attrs.field(default=Standing.PROPOSED, converter=Standing)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions, as far as there are any."""
        return tuple(part for part in (self.where, self.supports, self.contradicts) if part is not None)

    def bearing(self, features: Mapping[str, object]) -> Bearing:
        """How a unit with these features bears on the proposition."""
        applies = self.where.holds(features)
        if not applies:
            return Bearing.OUTSIDE if applies is False else Bearing.UNDETERMINED
        pro, contra = (False if part is None else part.holds(features) for part in (self.supports, self.contradicts))
        if pro and contra:
            return Bearing.MIXED
        if pro or contra:
            return Bearing.SUPPORTS if pro else Bearing.CONTRADICTS
        return Bearing.UNDETERMINED if None in (pro, contra) else Bearing.SILENT
