from __future__ import annotations

import json
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.theory import (
    ABSENT,
    Category,
    Classification,
    ExpertSystem,
    Fact,
    Finding,
    Infrastructure,
    LocalContingency,
    Mandate,
    Rule,
    Situation,
    Status,
    Technology,
    choose_and_book,
    qof_templates,
    summary_care_record,
)

TEMPLATE = ExpertSystem(
    key="template",
    name="Template",
    infrastructure=Infrastructure(rewards="pay for performance"),
    technology=Technology(store=True, code=True, classify=True, aggregate=True),
    classification=Classification(
        categories=[
            Category(name="high", when={"feature": "pressure", "op": ">=", "value": 150}),
            Category(name="other", residual=True),
        ]
    ),
    rules=[
        Rule(action="recall", when={"feature": "category", "op": "==", "value": "high"}, id="r1"),
        Rule(action="advise", when={"feature": "smoker", "op": "==", "value": True}, id="r2"),
    ],
)


def situation(**features: object) -> Situation:
    return Situation(situation="s1", features=features)


def test_complete():
    assert TEMPLATE.is_complete() is True
    assert TEMPLATE.completeness().having("documented")[:3] == ("infrastructure", "rules", "technology")


@pytest.mark.parametrize(
    ("changes", "complete", "absent", "unknown"),
    [
        ({"rules": None}, None, (), ("rules",)),
        ({"rules": ()}, False, ("rules",), ()),
        ({"infrastructure": ABSENT, "rules": None}, False, ("infrastructure",), ("rules",)),
        ({"technology": Technology(store=True, code=True, classify=True)}, None, (), ("aggregate",)),
        (
            {"technology": Technology(store=True, code=False, classify=True, aggregate=True)},
            False,
            ("code",),
            (),
        ),
        ({"technology": ABSENT}, False, ("technology", "store", "code", "classify", "aggregate"), ()),
        ({"technology": None}, None, (), ("technology", "store", "code", "classify", "aggregate")),
    ],
)
def test_completeness_tells_absent_from_unknown(changes, complete, absent, unknown):
    system = attrs.evolve(TEMPLATE, **changes)
    found = system.completeness()
    assert system.is_complete() is complete
    assert found.having(Status.ABSENT) == absent
    assert found.having("unknown") == unknown


def test_completeness_of_an_unknown_part():
    with pytest.raises(DataError, match=r"completeness of template: no component or capability 'stor'.*'store'"):
        TEMPLATE.completeness()["stor"]


@pytest.mark.parametrize(
    ("changes", "feature", "sensitive"),
    [
        ({}, "pressure", True),
        ({}, "smoker", True),
        ({}, "widowed", False),
        ({}, "category", False),
        ({"rules": None}, "pressure", True),
        ({"rules": None}, "widowed", None),
        ({"classification": None}, "widowed", None),
        ({"rules": (), "classification": ABSENT}, "pressure", False),
        ({"rules": [Rule(action="recall", when=None)]}, "widowed", None),
        ({"classification": Classification(categories=[Category(name="high")])}, "widowed", None),
    ],
)
def test_sensitivity(changes, feature, sensitive):
    system = attrs.evolve(TEMPLATE, **changes)
    assert system.sensitive_to(feature) is sensitive
    assert system.insensitive_to(feature) is (None if sensitive is None else not sensitive)


def test_contingency_without_a_feature_cannot_be_taken_up():
    grief = LocalContingency(kind="patient", description="newly widowed")
    seen = LocalContingency(kind="patient", description="smokes again", feature="smoker")
    occasion = Situation(situation="s1", features={"pressure": 160, "shoes": "red"}, contingencies=[grief, seen])
    found = TEMPLATE.empties_out(occasion)
    assert found.sensitive == ("pressure", "smokes again")
    assert found.insensitive == ("shoes", "newly widowed")
    assert attrs.evolve(TEMPLATE, rules=None).empties_out(occasion).unknown == (
        "shoes",
        "newly widowed",
        "smokes again",
    )


@pytest.mark.parametrize(
    ("features", "category", "actions", "undecided"),
    [
        ({"pressure": 160, "smoker": True}, "high", ("recall", "advise"), ()),
        ({"pressure": 160, "smoker": False}, "high", ("recall",), ()),
        ({"pressure": 120, "smoker": False}, "other", (), ()),
        ({"pressure": 160}, "high", ("recall",), ("r2",)),
        ({"smoker": True}, None, ("advise",), ("r1",)),
    ],
)
def test_record_and_prescribe_as_written(features, category, actions, undecided):
    assert TEMPLATE.record(situation(**features)).category == category
    found = TEMPLATE.prescribe(situation(**features))
    assert found.actions == frozenset(actions)
    assert tuple(rule.id for rule in found.undecided) == undecided
    assert found.action == ("; ".join(sorted(actions)) if actions and not undecided else None)


def test_what_is_recorded_is_only_what_the_scheme_reads():
    found = TEMPLATE.record(situation(pressure=120, mood="low"))
    assert dict(found.features) == {"pressure": 120}
    assert found.left_out == ("mood",)
    assert found.residual


@pytest.mark.parametrize(
    ("changes", "features", "note"),
    [
        ({"classification": None}, {"pressure": 1}, "the classification is unknown"),
        ({"classification": ABSENT}, {"pressure": 1}, "the system has no classification"),
        ({}, {}, "the features do not tell which category fits"),
        (
            {"classification": Classification(categories=TEMPLATE.classification.categories[:1])},
            {"pressure": 1},
            "no category fits",
        ),
    ],
)
def test_why_there_is_no_category(changes, features, note):
    found = attrs.evolve(TEMPLATE, **changes).record(situation(**features))
    assert found.category is None
    assert found.note == note


def test_why_nothing_is_prescribed():
    assert attrs.evolve(TEMPLATE, rules=None).prescribe(situation()).note == "the rules are unknown"
    assert TEMPLATE.prescribe(situation(pressure=1, smoker=False)).note == "the rules are silent"
    assert TEMPLATE.prescribe(situation()).note == "the features do not tell"
    assert TEMPLATE.prescribe(situation(pressure=160)).note == ""


def test_recorded_category_serves_where_the_classification_is_unknown():
    occasion = Situation(situation="s1", category="high")
    assert attrs.evolve(TEMPLATE, classification=None).prescribe(occasion).actions == {"recall"}
    assert TEMPLATE.prescribe(occasion).actions == frozenset()


@given(st.integers(0, 300), st.booleans(), st.dictionaries(st.sampled_from("xyz"), st.integers(), max_size=3))
def test_features_outside_the_scheme_change_nothing(pressure, smoker, further):
    plain = situation(pressure=pressure, smoker=smoker)
    richer = situation(pressure=pressure, smoker=smoker, **further)
    assert TEMPLATE.prescribe(plain) == TEMPLATE.prescribe(richer)
    assert TEMPLATE.record(plain).category == TEMPLATE.record(richer).category


@pytest.mark.parametrize("system", [TEMPLATE, choose_and_book(), qof_templates(), summary_care_record()])
def test_round_trip(system):
    again = ExpertSystem.from_dict(json.loads(json.dumps(system.to_dict())))
    assert again == system
    assert hash(again) == hash(system)
    assert pickle.loads(pickle.dumps(system)) == system  # noqa: S301


def test_absent_survives_the_round_trip():
    system = attrs.evolve(TEMPLATE, technology=ABSENT, rules=(), classification=ABSENT)
    again = ExpertSystem.from_dict(json.loads(json.dumps(system.to_dict())))
    assert again.technology is ABSENT
    assert again.rules == ()


def test_from_file(tmp_path):
    path = tmp_path / "recall.toml"
    path.write_text(
        """
        key = "recall"
        name = "Recall"
        infrastructure = "absent"
        [[rules]]
        id = "r1"
        action = "invite"
        when = [{ feature = "age", op = ">=", value = 65 }, { not = { feature = "ward", op = "in", value = ["a"] } }]
        """,
        encoding="utf-8",
    )
    system = ExpertSystem.from_file(path)
    assert system.infrastructure is ABSENT
    assert system.prescribe(situation(age=70, ward="b")).action == "invite"
    path.write_text(path.read_text(encoding="utf-8").replace("op =", "opp ="), encoding="utf-8")
    with pytest.raises(DataError, match=r"recall\.toml\.rules\[0\]\.when\[0\]: no part of a condition 'opp'"):
        ExpertSystem.from_file(path)


def test_series_in_order_of_time_as_rows():
    rows = [fact.to_row() for fact in choose_and_book().series("utilisation")]
    assert [row["period"] for row in rows] == sorted(row["period"] for row in rows)
    assert len(rows) == 15
    assert rows[1] == {
        "name": "utilisation",
        "value": 40,
        "to": None,
        "unit": "%",
        "denominator": "GP referrals",
        "period": "2007-03",
        "scope": None,
        "approximate": True,
        "source": "ehi2007a",
    }
    with pytest.raises(DataError, match=r"choose-and-book: no fact 'utilization'.*Did you mean 'utilisation'\?"):
        choose_and_book().series("utilization")


def test_description_names_what_is_unknown_and_every_source():
    system = summary_care_record()
    text = " ".join(str(system).split())
    assert system.describe() == str(system)
    assert "Infrastructure: unknown" in text
    assert "4 % of all encounters" in text
    assert "21 % of encounters in which a record was available" in text
    assert "unknown: code, classify, aggregate, constraints" in text
    for key in system.source_keys():
        assert key in text


def test_description_of_a_scheme():
    text = str(attrs.evolve(TEMPLATE, mandate=Mandate(required_of=()), documented_use=(), findings=()))
    assert "r1: when category == high, then recall" in text
    assert "other: what fits nowhere else" in text
    assert "required of: none" in text
    assert "Findings: none given" in text
    assert "Rules: none" in str(attrs.evolve(TEMPLATE, rules=()))
    assert "Technology: absent" in str(attrs.evolve(TEMPLATE, technology=ABSENT))


def test_repr():
    assert repr(TEMPLATE) == "ExpertSystem('template': infrastructure documented, 2 rules, technology documented)"
    assert "no rules, technology absent" in repr(attrs.evolve(TEMPLATE, rules=(), technology=ABSENT))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Technology(store="yes"), r"Technology\.store: must be True, False or None \(unknown\), not 'yes'"),
        (lambda: Technology(store=1), r"Technology\.store: must be True, False or None"),
        (lambda: Mandate(level="nation"), r"Level: must be one of .* not 'nation'\. Did you mean 'national'\?"),
        (lambda: Mandate(since=2004), r"Mandate\.since: must be text that is not blank, not 2004"),
        (lambda: Mandate(sources={"bdy": "ehi2006"}), r"Mandate\.sources: no field 'bdy'.*Did you mean 'body'\?"),
        (lambda: Infrastructure(rewards=["", "x"]), r"Infrastructure\.rewards: must be texts that are not blank"),
        (lambda: Infrastructure(targets=[90]), r"Infrastructure\.targets: must be Fact, not 90"),
        (lambda: Rule(action=" ", when=[]), r"Rule\.action: must be text"),
        (lambda: Category(name="x", residual=None), r"Category\.residual: must be True or False"),
        (lambda: Classification(categories=[Category(name="x")] * 2), r"Classification\.categories: repeats 'x'"),
        (
            lambda: Classification(categories=[Category(name=name, residual=True) for name in "xy"]),
            r"more than one residual category",
        ),
        (lambda: ExpertSystem(key="Choose and Book", name="x"), r"ExpertSystem\.key: must be a key in lower case"),
        (
            lambda: ExpertSystem(key="x", name="x", technology=True),
            r"must be Technology or Absent or NoneType, not True",
        ),
        (lambda: Fact("use", 27, ()), r"Fact\.sources: must be at least one source key"),
        (lambda: Fact("use", 27, "ehi2006", to=20), r"Fact\.to: must be a number above the value 27, not 20"),
        (lambda: Fact("use", None, "ehi2006"), r"Fact\.value: must be int or float or str, not None"),
        (lambda: Fact("use", 27, ["ehi2006", ""]), r"Citation\.key: must be the key of a reference"),
        (lambda: Finding("", "ehi2006"), r"Finding\.wording: must be text"),
        (lambda: ExpertSystem.from_dict({"key": "x"}), r"\$: ExpertSystem needs the field 'name'"),
        (
            lambda: ExpertSystem.from_dict({"key": "x", "name": "x", "technology": 3}),
            r"\$\.technology: must be Technology or Absent or nothing, not 3",
        ),
        (
            lambda: ExpertSystem.from_dict({"key": "x", "name": "x", "mandate": {"sources": 3}}),
            r"\$\.mandate\.sources: must be .*, not 3",
        ),
    ],
)
def test_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()
