"""The expert system: what it consists of, what is known of it, and what it would do as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from expertsys._core.errors import unknown
from expertsys.theory import fields as f
from expertsys.theory.completeness import Completeness, assess
from expertsys.theory.facts import Fact, Finding
from expertsys.theory.fields import PROPOSED, marked
from expertsys.theory.parts import ABSENT, Absent, Infrastructure, Mandate, Technology
from expertsys.theory.plain import from_plain, read_file, to_plain
from expertsys.theory.profile import profile
from expertsys.theory.scheme import Classification, Rule
from expertsys.theory.situations import EmptyingOut, LocalContingency, Situation, action_set, action_text
from expertsys.theory.standing import Citation, Standing


@attrs.frozen(kw_only=True)
class Recording:
    """What a system as written would record of a situation (standing: proposed).

    Parameters
    ----------
    system, situation : str
        Which system and which occasion.
    category : str or None
        Where its classification would put it; None where it has no place for it or it cannot be told.
    residual : bool
        Whether that is the category for what fits nowhere else.
    features : mapping
        Of the situation's features, those that the scheme reads.
    left_out : tuple of str
        Those that it does not read.
    note : str
        Why there is no category.

    Examples
    --------
    >>> Recording(system="template", situation="s1", note="no category fits").category is None
    True
    """

    system: str
    situation: str
    category: str | None = None
    residual: bool = False
    features: Mapping[str, Any] = attrs.field(factory=dict, converter=f.frozen)
    left_out: tuple[str, ...] = ()
    note: str = ""


def _as_set(actions: str | Iterable[str]) -> frozenset[str]:
    """The actions that one text or several name."""
    texts = (actions,) if isinstance(actions, str) else actions
    return frozenset(action for text in texts for action in action_set(text))


@attrs.frozen(kw_only=True)
class Prescription:
    """What a system as written would prescribe in a situation (standing: proposed).

    Parameters
    ----------
    system, situation : str
        Which system and which occasion.
    actions : frozenset of str
        What the rules prescribe. Rules that apply together prescribe several actions, in no order.
    rules : tuple of Rule
        The rules that apply.
    undecided : tuple of Rule
        Rules of which it cannot be told whether they apply.
    note : str
        Why nothing is prescribed.

    Examples
    --------
    >>> Prescription(system="template", situation="s1", actions=["offer review", "call"]).action
    'call; offer review'
    """

    system: str
    situation: str
    actions: frozenset[str] = attrs.field(default=frozenset(), converter=_as_set)
    rules: tuple[Rule, ...] = ()
    undecided: tuple[Rule, ...] = ()
    note: str = ""

    @property
    def action(self) -> str | None:
        """What a table of situations holds as ``prescribed``: the actions, in alphabetical order, separated by ";".

        None where nothing is prescribed, or where a rule is undecided.
        """
        return action_text(self.actions) if self.actions and not self.undecided else None


@attrs.frozen(kw_only=True, repr=False)
class ExpertSystem:
    """An arrangement of technical accomplishment or professional expertise that organises a part of the world.

    Standing: source (Greenhalgh, Swinglehurst & Stones 2014, key ``greenhalgh2014hsdr``), after Giddens (1990, p. 27,
    key ``giddens1990``). As the study renders it, it consists of a bureaucratic infrastructure, rules and a technology.
    An instance describes what is documented: a component that is None is unknown, `ABSENT` says that there is none.

    `record`, `prescribe` and `empties_out` say what follows from the scheme as it is written (standing: proposed). The
    theory criticises exactly the belief that this is what happens; compare it with what was done.

    Parameters
    ----------
    key, name : str
        A key in lower case, and the name as people say it.
    purpose : str
        What it is for, in one sentence.
    mandate : Mandate or None
        On what terms it is imposed.
    infrastructure : Infrastructure, ABSENT or None
        The bureaucracy that carries it.
    rules : iterable of Rule or None
        Its decision rules; None is unknown, an empty tuple says that there are none.
    technology : Technology, ABSENT or None
        What stores, codes, classifies and aggregates.
    classification : Classification, ABSENT or None
        The scheme into which it codes situations.
    documented_use : iterable of Fact
        Published figures of use, each with its denominator.
    findings : iterable of Finding
        What was found of it.
    facts : iterable of Fact
        Everything else that is published of it.
    note : str
        What a reader must know of this description.
    sources : mapping
        Field to the citations behind it, for fields that do not carry their own.

    Examples
    --------
    >>> recall = ExpertSystem(
    ...     key="recall",
    ...     name="Recall system",
    ...     rules=[Rule(action="invite", when={"feature": "age", "op": ">=", "value": 65})],
    ...     technology=Technology(store=True),
    ... )
    >>> recall
    ExpertSystem('recall': infrastructure unknown, 1 rule, technology documented)
    >>> recall.prescribe(Situation(situation="s1", features={"age": 70})).action
    'invite'
    >>> recall.is_complete() is None  # the infrastructure and three capabilities are unknown
    True
    """

    key: str = attrs.field(validator=f.key, metadata=PROPOSED)
    name: str = attrs.field(validator=f.text, metadata=PROPOSED)
    purpose: str = attrs.field(default="", validator=f.prose, metadata=PROPOSED)
    mandate: Mandate | None = attrs.field(default=None, validator=f.a(Mandate, type(None)))
    infrastructure: Infrastructure | Absent | None = attrs.field(
        default=None, validator=f.a(Infrastructure, Absent, type(None))
    )
    rules: tuple[Rule, ...] | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(f.items),
        validator=attrs.validators.optional(f.each(Rule)),
    )
    technology: Technology | Absent | None = attrs.field(default=None, validator=f.a(Technology, Absent, type(None)))
    classification: Classification | Absent | None = attrs.field(
        default=None, validator=f.a(Classification, Absent, type(None))
    )
    documented_use: tuple[Fact, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Fact))
    findings: tuple[Finding, ...] = attrs.field(
        default=(), converter=f.items, validator=f.each(Finding), metadata=marked(Standing.PROPOSED)
    )
    facts: tuple[Fact, ...] = attrs.field(default=(), converter=f.items, validator=f.each(Fact), metadata=PROPOSED)
    note: str = attrs.field(default="", validator=f.prose, metadata=PROPOSED)
    sources: Mapping[str, tuple[Citation, ...]] = attrs.field(
        factory=dict, converter=f.sources_by_field, validator=f.of_fields, metadata=PROPOSED
    )

    def completeness(self) -> Completeness:
        """Which components and capabilities are documented, absent or unknown."""
        return assess(self)

    def is_complete(self) -> bool | None:
        """True if all components and capabilities are documented, False if one is absent, None if one is unknown."""
        return self.completeness().complete

    @property
    def scheme_features(self) -> tuple[str, ...]:
        """The features that its rules and its classification read, as far as they are documented."""
        scheme = self.classification
        categories = scheme.categories if isinstance(scheme, Classification) else ()
        conditions = [*(rule.when for rule in self.rules or ()), *(category.when for category in categories)]
        names = (name for part in conditions if part is not None for name in part.features if name != "category")
        return tuple(dict.fromkeys(names))

    @property
    def scheme_documented(self) -> bool:
        """Whether rules and classification, with all their conditions, are known, or known not to exist."""
        if self.rules is None or self.classification is None:
            return False
        categories = self.classification.categories if isinstance(self.classification, Classification) else ()
        open_rules = any(rule.when is None for rule in self.rules)
        return not open_rules and all(category.residual or category.when is not None for category in categories)

    def sensitive_to(self, what: str | LocalContingency) -> bool | None:
        """Whether the scheme takes up a feature or a contingency; None where the scheme is not documented enough."""
        feature = what.feature if isinstance(what, LocalContingency) else what
        if feature in self.scheme_features:
            return True
        return False if self.scheme_documented else None

    def insensitive_to(self, what: str | LocalContingency) -> bool | None:
        """The opposite of `sensitive_to`; None stays None."""
        sensitive = self.sensitive_to(what)
        return None if sensitive is None else not sensitive

    def empties_out(self, situation: Situation) -> EmptyingOut:
        """What of a situation's features and contingencies the scheme takes up and what it leaves out."""
        things: Iterable[str | LocalContingency] = (*situation.features, *situation.contingencies)
        sorted_by: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for thing in things:
            label = thing.description if isinstance(thing, LocalContingency) else thing
            sorted_by[self.sensitive_to(thing)].append(label)
        return EmptyingOut(
            system=self.key,
            situation=situation.situation,
            sensitive=sorted_by[True],
            insensitive=sorted_by[False],
            unknown=sorted_by[None],
        )

    def record(self, situation: Situation) -> Recording:
        """What the system as written would record of a situation."""
        read = self.scheme_features
        kept = {name: value for name, value in situation.features.items() if name in read}
        note = ""
        category = None
        if self.classification is None:
            note = "the classification is unknown"
        elif isinstance(self.classification, Classification):
            category, decided = self.classification.place(situation.features)
            if category is None:
                note = "no category fits" if decided else "the features do not tell which category fits"
        else:
            note = "the system has no classification"
        return Recording(
            system=self.key,
            situation=situation.situation,
            category=category.name if category else None,
            residual=category.residual if category else False,
            features=kept,
            left_out=tuple(name for name in situation.features if name not in read),
            note=note,
        )

    def prescribe(self, situation: Situation) -> Prescription:
        """What the system as written would prescribe: its rules, applied to what it would record and to nothing else.

        Where the classification is unknown, the category that the situation says was recorded is taken.
        """
        if self.rules is None:
            note = "the rules are unknown"
            return Prescription(system=self.key, situation=situation.situation, note=note)
        recorded = self.record(situation)
        category = situation.category if self.classification is None else recorded.category
        features = {**recorded.features, "category": category}
        outcomes = [(rule, None if rule.when is None else rule.when.holds(features)) for rule in self.rules]
        applying = tuple(rule for rule, holds in outcomes if holds)
        undecided = tuple(rule for rule, holds in outcomes if holds is None)
        return Prescription(
            system=self.key,
            situation=situation.situation,
            actions=(rule.action for rule in applying),
            rules=applying,
            undecided=undecided,
            note="" if applying else "the features do not tell" if undecided else "the rules are silent",
        )

    def series(self, name: str) -> tuple[Fact, ...]:
        """The facts of one name, in order of their period.

        Raises
        ------
        DataError
            If there is no fact of that name.
        """
        targets = self.infrastructure.targets or () if isinstance(self.infrastructure, Infrastructure) else ()
        facts = (*self.documented_use, *targets, *self.facts)
        found = tuple(fact for fact in facts if fact.name == name)
        if not found:
            raise unknown("fact", name, list(dict.fromkeys(fact.name for fact in facts)), place=self.key)
        return tuple(sorted(found, key=lambda fact: fact.period))

    def source_keys(self) -> tuple[str, ...]:
        """The keys of all references behind this description, each once."""
        return tuple(dict.fromkeys(citation.key for citation in _citations(self)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON and TOML hold them."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, place: str = "$") -> ExpertSystem:
        """The system that plain values describe; `to_dict` gives them back."""
        system: ExpertSystem = from_plain(cls, data, place)
        return system

    @classmethod
    def from_file(cls, path: str | Path) -> ExpertSystem:
        """The system that a TOML or JSON file describes."""
        return cls.from_dict(read_file(path), place=str(path))

    def describe(self) -> str:
        """The whole description, with its sources, as readable text."""
        return profile(self)

    def __str__(self) -> str:
        return profile(self)

    def __repr__(self) -> str:
        def known(part: object) -> str:
            return "unknown" if part is None else "absent" if part is ABSENT else "documented"

        count = None if self.rules is None else len(self.rules)
        rules = "rules unknown" if count is None else f"{count or 'no'} {'rule' if count == 1 else 'rules'}"
        return (
            f"ExpertSystem({self.key!r}: infrastructure {known(self.infrastructure)}, {rules}, "
            f"technology {known(self.technology)})"
        )


def _citations(value: Any) -> Iterable[Citation]:
    if isinstance(value, Citation):
        yield value
    elif attrs.has(type(value)):
        for name in attrs.fields_dict(type(value)):
            yield from _citations(getattr(value, name))
    elif isinstance(value, Mapping):
        yield from _citations(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _citations(item)
