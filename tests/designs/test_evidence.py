"""Designs of teams that study a mandated technology, from file or table to the evidence, the truth by construction."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys import Code, Codebook, Study
from expertsys.errors import DataError
from expertsys.evidence import coverage, evaluate_propositions, frame_evidence, negative_cases, resistance_profile
from expertsys.reporting.enacted import propositions
from expertsys.theory import FRAMEWORK, Concept, FocusOfResistance

POLICY, SOCIOMATERIAL, JUDGEMENT, RELATIONS = (focus.concept for focus in FocusOfResistance)
ONE_CODING = pd.DataFrame({"unit": ["x"], "case": ["A"], "coder": ["ann"], "code": ["humour"]})
NATIONAL = pd.DataFrame({"case": ["A"], "mandate_level": ["national"], "local_ownership": ["little"]})


def counts(study: Study, proposition: str, unit: str, **options: object) -> dict[str, int]:
    row = evaluate_propositions(study, **options).to_frame().loc[(proposition, unit)]
    return {name: int(row[name]) for name in ("supports", "contradicts", "mixed", "untested") if row[name]}


# the log of a system


def weighted_log() -> pd.DataFrame:
    """2,000 of 2,018 occasions as intended, in one row; nine rows of two workarounds each."""
    rows = [("A", "as-intended", 2000)] + [("A", "workaround", 2)] * 9
    return pd.DataFrame(rows, columns=["case", "mode", "weight"])


def test_a_weighted_log_in_which_intended_use_prevails_contradicts_p1(tmp_path: Path) -> None:
    """9 of 10 rows are workarounds, 2,000 of 2,018 occasions are not: P1 is contradicted in its one case."""
    weighted_log().to_csv(tmp_path / "log.csv", index=False)
    study = Study(ONE_CODING, cases=NATIONAL, situations=pd.read_csv(tmp_path / "log.csv"))
    result = evaluate_propositions(study)
    assert counts(study, "P1", "case") == {"contradicts": 1}
    row = result.modes_of_use.loc[("A", "(all)")]
    assert (row["prevailing_mode"], row["occasions"]) == ("as-intended", 2018)
    assert row["share"] == pytest.approx(2000 / 2018)
    assert counts(study, "P1", "case", weight=None) == {"supports": 1}


def test_weights_equal_expanded_rows() -> None:
    table = pd.DataFrame(
        {
            "case": ["A", "A", "A"],
            "mode": ["as-intended", "as-intended", "workaround"],
            "prescribed": "x",
            "taken": ["x", "y", "x"],
            "distance": 1,
            "weight": [5, 2, 3],
        }
    )
    expanded = table.loc[table.index.repeat(table["weight"])].drop(columns="weight")
    weighted = evaluate_propositions(Study(ONE_CODING, cases=NATIONAL, situations=table)).to_frame()
    plain = evaluate_propositions(Study(ONE_CODING, cases=NATIONAL, situations=expanded)).to_frame()
    assert weighted.loc[("P3", "situation"), ["supports", "contradicts"]].tolist() == [5, 5]
    pd.testing.assert_frame_equal(weighted, plain)


def test_a_log_whose_columns_have_other_names_and_one_busy_prescriber_who_changed() -> None:
    """In 2023 all three prescribers worked around, in 2024 as intended; Dr Busy has 60 of 80 occasions."""
    rows = [("2023", "busy", "workaround", 10), ("2024", "busy", "as-intended", 50)]
    rows += [
        (year, name, mode, 5) for name in ("b", "c") for year, mode in (("2023", "workaround"), ("2024", "as-intended"))
    ]
    log = pd.DataFrame(rows, columns=["year", "prescriber", "mode", "alerts"]).assign(case="A")
    study = Study(ONE_CODING, cases=NATIONAL, situations=log)
    result = evaluate_propositions(study, weight="alerts", person="prescriber", period="year")
    modes = result.modes_of_use
    assert modes["prevailing_mode"].to_dict() == {
        ("A", "(all)"): "as-intended", ("A", "2023"): "workaround", ("A", "2024"): "as-intended",
    }  # fmt: skip
    assert modes.loc[("A", "(all)"), ["occasions", "persons", "largest_person"]].tolist() == [80, 3, 0.75]
    assert "differs between periods (2023: workaround; 2024: as-intended)" in result.note
    assert "One of 3 persons accounts for 75% of the occasions in 'A'." in result.note
    with pytest.raises(DataError, match=r"no column 'alert'.*'alerts'"):
        evaluate_propositions(study, weight="alert")
    with pytest.raises(DataError, match="whole number from 1; got 'busy'"):
        evaluate_propositions(study, weight="prescriber")


def test_situations_numbered_from_one_in_each_case_take_concepts_from_their_own_case() -> None:
    """Only case A has coded units; its situation 1 lost detail. Case B's situation 1 says nothing."""
    codings = pd.DataFrame(
        [("1", "A", "ann", "lost"), ("2", "A", "ann", "kept")], columns=["unit", "case", "coder", "code"]
    )
    book = Codebook([Code("lost", concept="emptying-out"), Code("kept", concept="contingency-represented")])
    log = pd.DataFrame({"case": ["A", "A", "B", "B"], "situation": [1, 2, 1, 2], "mode": "as-intended"})
    result = evaluate_propositions(Study(codings, codebook=book, situations=log))
    row = result.to_frame().loc[("P4", "situation")]
    assert (row["supports"], row["contradicts"], row["undetermined"]) == (1, 1, 2)
    assert (row["cases_for"], row["cases_against"]) == ("A", "A")
    assert "2 of 4 situations have a coded unit of their name in their case" in result.note


def test_two_observers_of_twenty_situations_make_twenty_and_show_where_they_differ() -> None:
    """Both say that the prescribed was done as intended, except in the last, where the second saw another action."""
    log = pd.DataFrame(
        {
            "situation": [*range(20), *range(20)],
            "coder": ["ann"] * 20 + ["ben"] * 20,
            "case": "A",
            "distance": 1,
            "mode": "as-intended",
            "prescribed": "x",
            "taken": ["x"] * 39 + ["y"],
        }
    )
    study = Study(ONE_CODING, situations=log)
    for coders in ("any", "all"):
        result = evaluate_propositions(study, coders=coders)
        assert counts(study, "P3", "situation", coders=coders) == {"supports": 19, "mixed": 1}
        assert result.bearing("P3", "mixed")["coders"].tolist() == ["ann: supports; ben: contradicts"]
    assert result.modes_of_use.loc[("A", "(all)"), "occasions"] == 20
    assert "20 rows describe a situation that another row describes too" in result.note


# cases


@pytest.mark.parametrize(("level", "ownership"), [("National", "low"), (" national ", "Little"), ("NATIONAL", "LOW")])
def test_attributes_in_another_spelling_keep_their_case(level: str, ownership: str) -> None:
    """A national mandate with little ownership, worked around: P1 is supported, however it is spelt."""
    cases = pd.DataFrame({"case": ["A"], "Mandate level": [level], "local_ownership": [ownership]})
    log = pd.DataFrame({"case": ["A"] * 3, "mode": "workaround"})
    result = evaluate_propositions(Study(ONE_CODING, cases=cases, situations=log))
    assert result.to_frame().loc[("P1", "case"), "supports"] == 1
    assert f"local_ownership {ownership.strip()!r} is read as 'little'" in result.note or ownership == "little"


def test_an_attribute_that_no_vocabulary_has_is_named_and_checked() -> None:
    cases = pd.DataFrame({"case": ["A"], "mandate_level": ["federal"], "local_ownership": ["hardly any"]})
    study = Study(ONE_CODING, cases=cases)
    with pytest.raises(DataError, match=r"case 'A': mandate_level must be one of .*'national'.*got 'federal'"):
        evaluate_propositions(study)
    places = es.check(study).query("severity == 'warning'")["place"].tolist()
    assert places == ["cases, mandate_level 'federal'", "cases, local_ownership 'hardly any'"]


def test_one_case_that_rules_sort_both_ways_is_mixed_and_counts_once() -> None:
    """Own rules: a case supports P1 where the mandate is national, contradicts it where ownership is little."""
    rule = FRAMEWORK.proposition("P1").evidence[0]
    mode = {"feature": "mandate_level", "op": "==", "value": "national"}
    owned = {"feature": "local_ownership", "op": "==", "value": "little"}
    pro = type(rule)(unit="case", wording="National.", where=[], supports=mode)
    contra = type(rule)(unit="case", wording="Little owned.", where=[], contradicts=owned)
    framework = FRAMEWORK.revise("P1", evidence=(pro, contra))
    study = Study(ONE_CODING, cases=NATIONAL)
    assert counts(study, "P1", "case", framework=framework) == {"mixed": 1}
    assert evaluate_propositions(study, framework=framework).bearing("P1", "mixed")["rules"].tolist() == ["1, 2"]


# the codebook


def interviews(codes: dict[str, str], *, sites: int = 3, each: int = 8, seed: int = 1) -> pd.DataFrame:
    """At each site `each` interviews of 6 excerpts; each excerpt has one of the codes at random."""
    draw = np.random.default_rng(seed)
    rows = [
        (f"s{site}i{number}u{unit}", f"s{site}i{number}", f"site {site}", "ann", draw.choice(list(codes)))
        for site in range(sites)
        for number in range(each)
        for unit in range(6)
    ]
    return pd.DataFrame(rows, columns=["unit", "document", "case", "coder", "code"])


def test_a_profile_with_codes_for_two_of_four_foci_from_a_csv(tmp_path: Path) -> None:
    """Three sites of eight interviews; the small codebook has two foci, and a code for resistance in general."""
    codes = {"policy": POLICY, "screen": SOCIOMATERIAL, "resists": "resistance"}
    table = interviews(codes)
    table.to_csv(tmp_path / "codings.csv", index=False)
    pd.DataFrame({"code": list(codes), "concept": list(codes.values())}).to_csv(tmp_path / "codebook.csv", index=False)
    study = es.read(tmp_path / "codings.csv").with_codebook(Codebook.from_frame(pd.read_csv(tmp_path / "codebook.csv")))
    profile = resistance_profile(study)
    frame = profile.to_frame()
    for site in ("site 0", "site 1", "site 2"):
        here = table[table["case"] == site]
        assert frame.loc[(site, POLICY), "share"] == pytest.approx((here["code"] == "policy").mean())
        assert frame.loc[(site, POLICY), "n_clusters"] == 8
        for focus in (JUDGEMENT, RELATIONS):
            assert frame.loc[(site, focus), ["share", "low", "high", "n_focus"]].isna().all()
            assert frame.loc[(site, focus), "note"] == "no code points to it: not measured"
    known = frame.dropna(subset=["share"])
    assert ((known["low"] >= 0) & (known["low"] < known["share"])).all()
    assert ((known["high"] <= 1) & (known["high"] > known["share"])).all()
    differences = profile.contrasts.xs(JUDGEMENT, level="focus")
    assert differences[["difference", "low", "high"]].isna().all(axis=None)
    assert profile.contrasts.dropna()[["low", "high"]].abs().le(1).all(axis=None)
    assert profile.cluster == "document"
    assert "not measured" in profile.note


def test_the_only_focus_that_has_a_code_is_missing_and_not_one() -> None:
    table = interviews({"policy": POLICY})
    profile = resistance_profile(Study(table, codebook=Codebook([Code("policy", concept=POLICY)])))
    assert profile.to_frame()[["share", "low", "high"]].isna().all(axis=None)
    assert profile.to_frame().loc[("site 0", POLICY), "note"].endswith("1 by construction")
    assert profile.contrasts[["difference", "low", "high"]].isna().all(axis=None)


def test_a_codebook_of_foci_cannot_contradict_p5_and_p7() -> None:
    """Whatever people said, an excerpt of resistance carries one of the four foci: nothing could contradict."""
    codes = dict(zip("abcd", (POLICY, SOCIOMATERIAL, JUDGEMENT, RELATIONS), strict=True))
    study = Study(interviews(codes), codebook=Codebook([Code(name, concept=key) for name, key in codes.items()]))
    table = evaluate_propositions(study).to_frame()
    assert counts(study, "P7", "excerpt") == {"untested": 144}
    assert table.loc[("P7", "excerpt"), "could_not_contradict"] == (
        "every unit to which its rules apply supports it by construction"
    )
    assert table.loc[("P7", "excerpt"), "cases_for"] == ""
    assert table.loc[("P5", "excerpt"), "could_not_contradict"] == (
        "no code points to a concept of the frame behaviourist"
    )
    wider = [*study.codebook, Code("resists", concept="resistance")]
    assert counts(study.with_codebook(Codebook(wider)), "P7", "excerpt") == {"supports": 144}
    assert "P7 (excerpt): nothing in the study could contradict it" in repr(evaluate_propositions(study))


def test_a_study_without_concepts_says_so_everywhere() -> None:
    """Every code of an ordinary codebook is unmapped: nothing supports and nothing contradicts."""
    study = Study(interviews({"talk": "", "time": ""}))
    table = evaluate_propositions(study).to_frame()
    assert table[["supports", "contradicts", "mixed", "untested"]].sum(axis=None) == 0
    lacks = table.loc[("P7", "excerpt"), "could_not_contradict"]
    assert lacks.startswith("no code points to resistance or focus-of-resistance; no code points to focus-of-")
    with pytest.raises(DataError, match="no excerpt carries resistance"):
        resistance_profile(study)
    assert frame_evidence(study).excerpts.empty
    assert "No code points to a concept" in negative_cases(study, "P4").note


def test_sub_codes_have_the_concept_of_the_code_above_them() -> None:
    """All excerpts are coded by sub-codes of a mapped parent; one sub-code has a concept of its own."""
    book = Codebook(
        [
            Code("resistance", concept="resistance"),
            Code("policy", parent="resistance", concept=POLICY),
            Code("fees", parent="policy"),
            Code("grumbles", parent="resistance"),
            Code("put back", parent="resistance", concept="reembedding"),
        ]
    )
    table = interviews({"fees": "", "grumbles": "", "put back": ""}, sites=1)
    study = Study(table, codebook=book)
    n = table["code"].value_counts()
    frame = resistance_profile(study).to_frame()
    assert frame.loc[("site 0", POLICY), "n_resistance"] == n["fees"] + n["grumbles"]
    assert frame.loc[("site 0", POLICY), "share"] == pytest.approx(n["fees"] / (n["fees"] + n["grumbles"]))
    assert "2 sub-codes without a concept have the concept of the code above them: 'fees', 'grumbles'." in (
        resistance_profile(study).note
    )
    assert evaluate_propositions(study).to_frame().loc[("P4", "excerpt"), "untested"] == 0
    assert coverage(study).to_frame().loc[POLICY, "codings"] == n["fees"]
    assert coverage(study).unmapped == ()


def test_one_code_has_one_concept() -> None:
    with pytest.raises(DataError, match=r"one concept, by its key; got .*split the code"):
        Code("both", concept=["emptying-out", "reembedding"])  # type: ignore[arg-type]
    with pytest.raises(DataError, match="one concept"):
        Codebook([Code("both")]).with_concepts({"both": ["emptying-out", "reembedding"]})  # type: ignore[dict-item]


# coders


def test_where_coders_differ_one_for_and_one_against_both_are_shown() -> None:
    """Both read u1; ann saw detail lost, ben saw it represented. Under either rule the unit stays."""
    codings = pd.DataFrame(
        [
            ("u1", "A", "ann", "lost"),
            ("u1", "A", "ben", "kept"),
            ("u2", "A", "ann", "lost"),
            ("u2", "A", "ben", "lost"),
        ],
        columns=["unit", "case", "coder", "code"],
    )
    book = Codebook([Code("lost", concept="emptying-out"), Code("kept", concept="contingency-represented")])
    study = Study(codings, codebook=book)
    for coders in ("any", "all"):
        result = evaluate_propositions(study, coders=coders)
        assert counts(study, "P4", "excerpt", coders=coders) == {"supports": 1, "mixed": 1}
        assert result.to_frame().loc[("P4", "excerpt"), "coders_differ"] == 1
        assert result.bearing("P4", "mixed")["coders"].tolist() == ["ann: supports; ben: contradicts"]
        found = negative_cases(study, "P4", coders=coders)
        assert found.to_frame()["bearing"].tolist() == ["mixed"]
        assert "read again" not in found.methods_text()


def test_coders_who_support_rival_frames_are_shown_under_either_rule() -> None:
    codings = pd.DataFrame({"unit": "u1", "case": "A", "coder": ["ann", "ben"], "code": ["stubborn", "role"]})
    book = Codebook(
        [
            Code("stubborn", concept="explanatory-frame.behaviourist"),
            Code("role", concept="professional-practice.role"),
        ]
    )
    for coders in ("any", "all"):
        table = frame_evidence(Study(codings, codebook=book), coders=coders).to_frame()
        assert table.loc[("behaviourist", "A"), ["supports", "both", "coders_differ"]].tolist() == [1, 1, 1]


def test_more_coders_at_one_site_give_no_difference_between_sites() -> None:
    """Two coders read site A, one reads site B; each adds the policy code by mistake in a tenth of the excerpts.

    Truth: both sites resist in every excerpt, on policy in .3 of them. With codes of any coder the first looks higher.
    """
    draw = np.random.default_rng(3)
    rows = []
    for site, coders in (("A", ["ann", "ben"]), ("B", ["ann"])):
        for unit in range(400):
            policy = draw.random() < 0.3
            for coder in coders:
                name = f"{site}{unit}"
                rows.append((name, f"{site}{unit // 10}", site, coder, "resists"))
                if policy or draw.random() < 0.1:
                    rows.append((name, f"{site}{unit // 10}", site, coder, "policy"))
    table = pd.DataFrame(rows, columns=["unit", "document", "case", "coder", "code"])
    book = Codebook([Code("resists", concept="resistance"), Code("policy", concept=POLICY)])
    study = Study(table, codebook=book)
    crude = resistance_profile(study)
    assert crude.contrasts.loc[("A", "B", POLICY), ["low", "high"]].isna().all()
    assert crude.contrasts.loc[("A", "B", POLICY), "note"] == "different numbers of coders: no interval"
    assert "2 on average in 'A', 1 in 'B'" in crude.note
    fair = resistance_profile(study, coders="mean")
    truth = 0.3 + 0.7 * 0.1
    assert fair.to_frame()["share"].xs(POLICY, level="focus").to_numpy() == pytest.approx([truth, truth], abs=0.05)
    row = fair.contrasts.loc[("A", "B", POLICY)]
    assert row["low"] < 0 < row["high"]


def test_a_second_coder_who_read_a_fifth_of_the_units() -> None:
    """The second coder read 20 of 100 excerpts and agreed on all: under 'all' no excerpt is lost."""
    first = pd.DataFrame({"unit": [f"u{n}" for n in range(100)], "document": [f"d{n // 10}" for n in range(100)]})
    first = first.assign(case="A", code=["lost" if n % 2 else "kept" for n in range(100)])
    second = first.iloc[::5]
    codings = pd.concat([first.assign(coder="ann"), second.assign(coder="ben")], ignore_index=True)
    read = codings[["coder", "unit"]]
    book = Codebook([Code("lost", concept="emptying-out"), Code("kept", concept="contingency-represented")])
    study = Study(codings, codebook=book, assignments=read)
    assert counts(study, "P4", "excerpt", coders="all") == {"supports": 50, "contradicts": 50}


def test_a_focus_group_of_several_participants_in_one_document() -> None:
    """Three nurses and three doctors talk in each of six groups; nurses oppose relations, doctors policy."""
    rows = [
        (f"g{group}t{turn}", f"group {group}", f"g{group}p{turn % 6}", "relations" if turn % 6 < 3 else "policy")
        for group in range(6)
        for turn in range(12)
    ]
    table = pd.DataFrame(rows, columns=["unit", "document", "participant", "code"])
    people = pd.DataFrame({"participant": table["participant"].unique()})
    people["role"] = ["nurse" if name[-1] in "012" else "doctor" for name in people["participant"]]
    book = Codebook(
        [Code("relations", concept=RELATIONS), Code("policy", concept=POLICY), Code("r", concept="resistance")]
    )
    study = Study(
        table[["unit", "document", "code"]].assign(coder="ann"),
        units=table[["unit", "document", "participant"]].drop_duplicates(),
        participants=people,
        codebook=book,
    )
    profile = resistance_profile(study, by="role")
    assert profile.to_frame()["share"].dropna().to_dict() == {
        ("nurse", POLICY): 0, ("nurse", RELATIONS): 1, ("doctor", POLICY): 1, ("doctor", RELATIONS): 0,
    }  # fmt: skip
    assert profile.cluster == "participant"  # groups mix both roles, so that they are no clusters within roles
    assert profile.to_frame()["n_clusters"].unique().tolist() == [18]
    others = Codebook([*book, Code("time", concept=SOCIOMATERIAL), Code("sense", concept=JUDGEMENT)])
    table = evaluate_propositions(study.with_codebook(others)).to_frame()
    assert table.loc[("P7", "excerpt"), "people_for"] == 36


# the framework


@pytest.fixture
def own_framework_study() -> Study:
    """Six excerpts lose detail and one builds it back in, under keys of a framework of one's own."""
    codings = pd.DataFrame(
        [(f"u{n}", "A", "ann", "hollow") for n in range(6)] + [("u6", "A", "ann", "mended")],
        columns=["unit", "case", "coder", "code"],
    )
    book = Codebook([Code("hollow", concept="hollowing"), Code("mended", concept="reembedding")])
    return Study(codings, codebook=book)


def test_a_renamed_framework_gives_its_own_figures_in_every_section(own_framework_study: Study) -> None:
    own = FRAMEWORK.rename({"emptying-out": "hollowing", "focus-of-resistance": "target"}).drop("P6")
    assert counts(own_framework_study, "P4", "excerpt", framework=own) == {"supports": 6, "contradicts": 1}
    made = es.reporting.build(own_framework_study, framework=own, method=es.agreement.Bootstrap(replicates=20, rng=0))
    rows = {row[:2]: row[2:4] for row in made.section("propositions").tables[0].rows}
    assert rows["P4", "excerpt"] == (6, 1)
    assert "P6" not in {key for key, _ in rows}
    assert "P6" not in {row[0] for row in made.section("propositions").tables[1].rows}
    assert [row[0] for row in made.section("theory").tables[0].rows] == ["hollowing", "reembedding"]
    built_in = evaluate_propositions(own_framework_study)
    assert "'hollow' points to 'hollowing'" in built_in.note


def test_a_profile_over_the_foci_of_ones_own_framework() -> None:
    """A renamed concept with a fifth focus, and one of the four dropped."""
    fatigue = Concept(key="target.fatigue", name="Fatigue", standing="proposed", wording="Of alerts.", parent="target")
    own = FRAMEWORK.rename({"focus-of-resistance": "target"}).extend(concepts=[fatigue])
    own = own.drop("target.relations", "P7")
    codes = {"fed up": "target.fatigue", "policy": "target.policy", "resists": "resistance"}
    table = interviews(codes, sites=1)
    study = Study(table, codebook=Codebook([Code(name, concept=key) for name, key in codes.items()]))
    profile = resistance_profile(study, framework=own).to_frame()
    assert list(profile.loc["site 0"].index) == [
        "target.policy", "target.sociomaterial", "target.judgement", "target.fatigue",
    ]  # fmt: skip
    assert profile.loc[("site 0", "target.fatigue"), "share"] == pytest.approx((table["code"] == "fed up").mean())
    with pytest.raises(DataError, match="must have a concept with the class 'FocusOfResistance'"):
        resistance_profile(
            study, framework=FRAMEWORK.drop("focus-of-resistance", "P7", "sociological", "resistance_profile", "P5")
        )


def test_what_was_not_observed_is_missing_and_is_no_action() -> None:
    """Of 10 situations 6 were as prescribed, 1 was not, 3 were not observed, in three spellings."""
    log = pd.DataFrame({"case": "A", "distance": 1, "mode": "as-intended", "prescribed": "x"}, index=range(10))
    log["taken"] = ["x"] * 6 + ["y", "not observed", "n/a", "-"]
    row = evaluate_propositions(Study(ONE_CODING, situations=log)).to_frame().loc[("P3", "situation")]
    assert (row["supports"], row["contradicts"], row["undetermined"]) == (6, 1, 3)


def test_a_code_for_a_concept_of_a_linked_framework_counts() -> None:
    """A code points to coherence of another theory, which a rule of P7 takes for support."""
    work = Concept(key="coherence", name="Coherence", standing="proposed", wording="Making sense of new work.")
    other = type(FRAMEWORK)(key="npt", name="Normalisation process theory", concepts=[work])
    own = FRAMEWORK.relate("professional-practice", "overlaps with", "coherence", to=other)
    rule = type(FRAMEWORK.proposition("P7").evidence[0])(
        unit="excerpt",
        wording="Coherence or none.",
        where=[],
        supports={"feature": "concepts", "op": "includes", "value": ["npt:coherence"]},
        contradicts={"feature": "concepts", "op": "excludes", "value": ["npt:coherence"]},
    )
    own = own.revise("P7", evidence=(rule,))
    book = Codebook([Code("sense", concept="npt:coherence"), Code("none of it", concept="resistance")])
    table = interviews({"sense": "", "none of it": ""}, sites=1)
    n = table["code"].value_counts()
    study = Study(table, codebook=book)
    found = counts(study, "P7", "excerpt", framework=own)
    assert found == {"supports": n["sense"], "contradicts": n["none of it"]}
    assert coverage(study, framework=own).to_frame().loc["npt:coherence", "codings"] == n["sense"]


def test_questions_within_interviews_are_compared_within_interviews() -> None:
    """Each of 12 interviewees answers both questions twice and always in the same words: the questions do not differ.

    Six of 12 oppose the policy in all answers, so that the interval of a share is that of 6 of 12 people, not of 12 of
    24 answers, and that of the difference has no width to speak of.
    """
    rows = [
        (f"i{person}{question}{answer}", f"i{person}", question, "policy" if person % 2 else "resists")
        for person in range(12)
        for question in ("Q1", "Q2")
        for answer in range(2)
    ]
    table = pd.DataFrame(rows, columns=["unit", "document", "question", "code"])
    book = Codebook([Code("policy", concept=POLICY), Code("resists", concept="resistance")])
    units = table[["unit", "document", "question"]]
    profile = resistance_profile(
        Study(table[["unit", "document", "code"]].assign(coder="ann"), units=units, codebook=book), by="question"
    )
    assert profile.cluster == "document"
    row = profile.to_frame().loc[("Q1", POLICY)]
    assert (row["share"], row["n_clusters"]) == (0.5, 12)
    assert row["high"] - row["low"] == pytest.approx(2 * 2.201 / (2 * np.sqrt(11 + 2.201**2)), abs=0.001)
    difference = profile.contrasts.loc[("Q1", "Q2", POLICY)]
    assert difference["difference"] == 0
    assert difference["high"] - difference["low"] < 0.01


def test_a_profile_by_what_nobody_has_is_refused() -> None:
    study = Study(interviews({"policy": ""}), codebook=Codebook([Code("policy", concept=POLICY)]))
    with pytest.raises(DataError, match="an excerpt must have a role; none of 144 resistance excerpts has one"):
        resistance_profile(study, by="role")


def test_distances_and_weights_that_a_file_holds_as_text(tmp_path: Path) -> None:
    """A log read as text, as many tables are: 3 occasions away from the origin followed, 2 did not, 4 were at it."""
    rows = [
        ("as-intended", "x", "x", "2", "3"),
        ("as-intended", "x", "y", "1.5", "2"),
        ("as-intended", "x", "x", "0", "4"),
    ]
    names = ["mode", "prescribed", "taken", "distance", "weight"]
    pd.DataFrame(rows, columns=names).assign(case="A").to_csv(tmp_path / "log.csv", index=False)
    study = Study(ONE_CODING, situations=pd.read_csv(tmp_path / "log.csv", dtype=str))
    assert counts(study, "P3", "situation") == {"supports": 3, "contradicts": 2}
    with pytest.raises(DataError, match=r"got '' in row 2 \(1 row of this kind\)"):
        evaluate_propositions(Study(ONE_CODING, situations=pd.DataFrame({"mode": ["token"] * 2, "weight": [1, None]})))


def test_a_log_with_dates_and_prescribers_and_several_actions_in_any_order() -> None:
    """Both letters and calls are prescribed; the order in which they were done does not matter. Use began in March."""
    log = pd.DataFrame(
        {
            "case": "A",
            "prescriber": ["p1", "p2", "p1", "p2"],
            "date": ["2024-02-03", "2024-02-20", "2024-03-01", "2024-03-09"],
            "mode": ["workaround", "workaround", "as-intended", "as-intended"],
            "distance": 1,
            "prescribed": "call; letter",
            "taken": ["call", "letter; call", "letter; call", "call; letter"],
        }
    )
    result = evaluate_propositions(Study(ONE_CODING, situations=log))
    assert result.bearing("P3", "supports")["name"].tolist() == ["row 3", "row 4"]
    assert result.modes_of_use["prevailing_mode"].dropna().to_dict() == {
        ("A", "2024-02"): "workaround", ("A", "2024-03"): "as-intended",
    }  # fmt: skip
    assert result.modes_of_use.loc[("A", "(all)"), "persons"] == 2
    assert "Column 'prescriber' of the situations says who acted." in result.note


FOCI = {name: f"focus-of-resistance.{name}" for name in ("policy", "sociomaterial", "judgement", "relations")}


def told(study: Study, proposition: str, unit: str, **options: object) -> dict[str, int]:
    row = evaluate_propositions(study, **options).to_frame().loc[(proposition, unit)]
    names = ("supports", "contradicts", "mixed", "untested", "undetermined")
    return {name: int(row[name]) for name in names if row[name]}


@pytest.mark.parametrize(
    ("mapped", "bearings", "lacks"),
    [
        (["policy", "sociomaterial", "judgement", "relations"], {"supports": 10, "contradicts": 10}, ""),
        (["policy", "sociomaterial", "relations"], {"untested": 10, "undetermined": 10}, "judgement"),
        (["policy"], {"untested": 10, "undetermined": 10}, "sociomaterial or .*judgement or .*relations"),
        ([], {"undetermined": 20}, "policy or .*sociomaterial or .*judgement or .*relations"),
    ],
)
def test_an_absent_code_counts_against_only_where_there_is_such_a_code(
    mapped: list[str], bearings: dict[str, int], lacks: str
) -> None:
    """Twenty excerpts of resistance, ten to policy. The rest have none of four foci, or one that has no code here."""
    rows = [(f"u{n}", "A", "ann", code) for n in range(20) for code in ["resists", *(["policy"] if n < 10 else [])]]
    table = pd.DataFrame(rows, columns=["unit", "case", "coder", "code"])
    names = dict.fromkeys(["policy", *mapped])
    foci = (Code(name, concept=FOCI[name] if name in mapped else None) for name in names)
    book = Codebook([Code("resists", concept="resistance"), *foci])
    study = Study(table, codebook=book)
    assert told(study, "P7", "excerpt") == bearings
    result = evaluate_propositions(study)
    against = result.to_frame().loc[("P7", "excerpt"), "could_not_contradict"]
    assert (against != "") == bool(lacks)
    if lacks:
        side = "contradict" if mapped else "support or contradict"
        said = rf"P7 \(excerpt\): nothing in the study could {side} it: no code points to .*{lacks}\."
        assert re.search(said, repr(result))


def test_excerpts_without_a_code_that_was_not_on_offer_are_no_evidence_against() -> None:
    """The report lists P7's ten excerpts without a focus under "Evidence against" where all foci have a code only."""
    rows = [(f"u{n}", "A", "ann", code) for n in range(20) for code in ["resists", *(["policy"] if n < 10 else [])]]
    table = pd.DataFrame(rows, columns=["unit", "case", "coder", "code"])
    codes = [Code("resists", concept="resistance"), *(Code(name, concept=key) for name, key in FOCI.items())]
    for book, number in ((codes, 10), (codes[:-1], 0)):
        section = propositions(Study(table, codebook=Codebook(book)), (), FRAMEWORK)
        assert section is not None
        listed = [row[0] for one in section.tables if one.caption == "Evidence against" for row in one.rows]
        assert listed.count("P7") == number
    found = negative_cases(Study(table, codebook=Codebook(codes[:-1])), "P7")
    assert found.to_frame().empty
    assert "No excerpt could contradict it: no code points to focus-of-resistance.relations." in found.note


def test_behaviourist_codes_alone_count_against_only_where_the_rival_frame_has_codes() -> None:
    """Six excerpts of resistance by stubborn colleagues: "behaviourist only" counts beside codes of practice."""
    codes = {
        "resists": "resistance",
        "stubborn": "explanatory-frame.behaviourist",
        "role": "professional-practice.role",
    }
    table = pd.DataFrame(
        [(f"u{n}", "A", "ann", code) for n in range(6) for code in ("resists", "stubborn")],
        columns=["unit", "case", "coder", "code"],
    )
    book = Codebook([Code(name, concept=key) for name, key in codes.items()])
    assert told(Study(table, codebook=book), "P5", "excerpt") == {"contradicts": 6}
    lacking = Study(table, codebook=Codebook([code for code in book if code.name != "role"]))
    assert told(lacking, "P5", "excerpt") == {"undetermined": 6}
    reason = evaluate_propositions(lacking).to_frame().loc[("P5", "excerpt"), "could_not_contradict"]
    assert reason == "no code points to a concept of the frame sociological"


@pytest.mark.parametrize("side", ["supports", "contradicts"])
@pytest.mark.parametrize("negated", [False, True])
def test_absence_in_a_rule_of_ones_own_is_unknown_without_a_code(side: str, negated: bool) -> None:
    """Four excerpts without a code for emptying out, however the rule says "none": known only beside such a code."""
    has = {"feature": "concepts", "op": "includes", "value": ["emptying-out"]}
    none = {"not": has} if negated else {**has, "op": "excludes"}
    rule = type(FRAMEWORK.proposition("P7").evidence[0])(
        unit="excerpt",
        wording="None.",
        where=[],
        **{side: none, "contradicts" if side == "supports" else "supports": has},
    )
    own = FRAMEWORK.revise("P7", evidence=(rule,))
    table = pd.DataFrame({"unit": [f"u{n}" for n in range(4)], "case": "A", "coder": "ann", "code": "resists"})
    codes = [Code("resists", concept="resistance"), Code("lost", concept="emptying-out")]
    assert told(Study(table, codebook=Codebook(codes)), "P7", "excerpt", framework=own) == {side: 4}
    assert told(Study(table, codebook=Codebook(codes[:1])), "P7", "excerpt", framework=own) == {"undetermined": 4}


def test_people_of_one_name_at_two_sites_are_two() -> None:
    """Dr 0, Dr 1 and Dr 2 at each of two sites do as prescribed half of the time: six people on either side."""
    rows = [
        (f"{site}{n}", site, f"Dr {n % 3}", 1, "as-intended", "refer", "refer" if n < 6 else "wait")
        for site in ("north", "south")
        for n in range(12)
    ]
    columns = ["situation", "case", "clinician", "distance", "mode", "prescribed", "taken"]
    log = pd.DataFrame(rows, columns=columns)
    codings = pd.DataFrame({"unit": ["a", "b"], "case": ["north", "south"], "coder": "ann", "code": "trust"})
    found = es.evidence.evaluate_propositions(es.Study(codings, situations=log)).to_frame().loc["P3"].iloc[0]
    assert (found["people_for"], found["people_against"]) == (6, 6)
