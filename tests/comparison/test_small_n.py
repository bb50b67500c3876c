"""Mill's methods, pairs of cases, replication: on Lipset's table and on tables small enough to do by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from expertsys.comparison import (
    concomitant_variation,
    joint_method,
    method_of_agreement,
    method_of_difference,
    most_different,
    most_similar,
    replication,
)
from expertsys.errors import DataError

# Lipset's conditions of democracy between the wars, crisp: Rihoux & De Meur (2009), as dataset LC of R's QCA
LIPSET = pd.DataFrame(
    [
        ("AU", 1, 0, 1, 1, 0, 0),
        ("BE", 1, 1, 1, 1, 1, 1),
        ("CZ", 1, 1, 1, 1, 1, 1),
        ("EE", 0, 0, 1, 0, 1, 0),
        ("FI", 1, 0, 1, 0, 1, 1),
        ("FR", 1, 0, 1, 1, 1, 1),
        ("DE", 1, 1, 1, 1, 0, 0),
        ("GR", 0, 0, 0, 0, 0, 0),
        ("HU", 0, 0, 1, 0, 0, 0),
        ("IE", 1, 0, 1, 0, 1, 1),
        ("IT", 0, 0, 0, 0, 1, 0),
        ("NL", 1, 1, 1, 1, 1, 1),
        ("PL", 0, 0, 1, 0, 0, 0),
        ("PT", 0, 0, 0, 0, 0, 0),
        ("RO", 0, 0, 0, 0, 1, 0),
        ("ES", 0, 0, 0, 0, 0, 0),
        ("SE", 1, 0, 1, 1, 1, 1),
        ("UK", 1, 1, 1, 1, 1, 1),
    ],
    columns=["case", "DEV", "URB", "LIT", "IND", "STB", "SURV"],
)


def test_agreement_leaves_what_r_finds_necessary() -> None:
    # R's QCA::pofind(LC, "SURV", relation = "necessity"): DEV, LIT and STB have consistency 1, URB .5, IND .75
    found = method_of_agreement(LIPSET, outcome="SURV")
    assert found.surviving == ("DEV", "LIT", "STB")
    assert found.eliminated == {
        "URB": "present in BE, CZ, NL, UK, absent in FI, FR, IE, SE",
        "IND": "present in BE, CZ, FR, NL, SE, UK, absent in FI, IE",
    }
    assert found.to_frame().loc["DEV", "reason"] == (
        "in all 8 cases with the outcome; also in AU, DE, without the outcome"
    )
    assert found.cases == ("BE", "CZ", "FI", "FR", "IE", "NL", "SE", "UK")
    assert "3 of 5 conditions survive as candidates for SURV: 'DEV', 'LIT', 'STB'" in found.methods_text()
    assert found.cite()[0].startswith("Mill JS")


def test_the_joint_method_wants_more() -> None:
    found = joint_method(LIPSET, outcome="SURV")
    assert found.surviving == ()
    assert found.eliminated["DEV"] == "present in AU, DE too, without the outcome"
    two = LIPSET[LIPSET["case"].isin(["BE", "FR", "GR", "PT"])]
    assert joint_method(two, outcome="SURV").surviving == ("DEV", "LIT", "IND", "STB")
    assert "in none of the 2 without it" in joint_method(two, outcome="SURV").to_frame().loc["DEV", "reason"]


def test_difference_between_two_cases() -> None:
    found = method_of_difference(LIPSET, outcome="SURV", positive="FI", negative="EE")
    assert found.surviving == ("DEV",)
    assert found.eliminated["LIT"] == "present in both"
    assert found.eliminated["URB"] == "absent in both"
    assert "DEV  survives  present in FI, absent in EE" in repr(found)
    wide = method_of_difference(LIPSET, outcome="SURV", positive="FI", negative="GR")
    assert wide.note.startswith("The two cases differ in 3 conditions: the method cannot tell them apart.")


def test_difference_asks_where_several_pairs_are_as_alike() -> None:
    with pytest.raises(DataError, match=r"8 pairs are equally similar: 'BE / DE'.*positive=\.\.\., negative"):
        method_of_difference(LIPSET, outcome="SURV")
    assert method_of_difference(LIPSET, outcome="SURV", positive="BE").cases == ("BE", "DE")


def test_the_joint_method_eliminates_by_what_is_known() -> None:
    """Whatever q is: present, n has it without the outcome; absent, p and q differ."""
    table = pd.DataFrame({"a": [1, None, 1], "y": [1, 1, 0]}, index=["p", "q", "n"])
    assert joint_method(table, outcome="y").eliminated == {"a": "present in n too, without the outcome"}


def test_what_is_unknown_is_not_eliminated() -> None:
    table = pd.DataFrame(
        {"a": [1, None, 0], "b": [1, 0.5, 0], "c": [1, 1, None], "y": [1, 1, 0]}, index=["p", "q", "n"]
    )
    agreement = method_of_agreement(table, outcome="y")
    assert agreement.undetermined == ("a", "b")
    assert agreement.to_frame().loc["a", "reason"] == "unknown in q"
    assert joint_method(table, outcome="y").undetermined == ("a", "b", "c")
    difference = method_of_difference(table, outcome="y", positive="p")
    assert difference.undetermined == ("c",)
    assert "  c  ?" in repr(difference)


def test_categories_and_an_outcome_by_name() -> None:
    table = pd.DataFrame(
        {"level": ["national", "national", "local"], "wave": [3, 2, 3], "end": ["failed", "failed", "kept"]},
        index=["x", "y", "z"],
    )
    found = method_of_agreement(table, outcome="end", present="failed")
    assert found.surviving == ("level",)
    assert found.to_frame().loc["level", "state"] == "national"
    assert found.eliminated == {"wave": "3 in x, 2 in y"}


FUZZY = pd.DataFrame(
    {"up": [1, 4, 9, 16], "down": [8, 6, 2, 1], "flat": [3, 3, 3, 3], "bent": [1, 5, 3, 7], "y": [0.1, 0.3, 0.4, 0.9]},
    index=list("abcd"),
)


def test_concomitant_variation_by_hand() -> None:
    found = concomitant_variation(FUZZY, outcome="y")
    assert found.surviving == ("up", "down")
    assert found.to_frame()["state"].to_dict() == {"up": "rising", "down": "falling", "flat": "", "bent": ""}
    assert found.eliminated["flat"] == "does not vary where the outcome does"
    assert found.eliminated["bent"] == "rises from a to b, falls from b to c"
    assert found.to_frame().loc["bent", "pairs"] == "5 of 6"
    assert found.to_frame().loc["bent", "tau"] == pytest.approx(stats.kendalltau(FUZZY["bent"], FUZZY["y"]).statistic)
    assert np.isnan(found.to_frame().loc["flat", "tau"])
    assert "rises in all 6 steps" in repr(found)


def test_what_varies_without_the_outcome_is_told() -> None:
    table = FUZZY.assign(y=[0.1, 0.1, 0.4, 0.9])
    assert (
        "it varies in 1 pairs whose outcome does not"
        in concomitant_variation(table, outcome="y").to_frame().loc["up", "reason"]
    )
    holes = FUZZY.assign(up=[1, None, 9, 16])
    assert concomitant_variation(holes, outcome="y").undetermined == ("up",)
    assert concomitant_variation(FUZZY.assign(up=np.nan), outcome="y").to_frame().loc["up", "reason"] == (
        "too little is known of it"
    )


def test_lipsets_most_similar_cases_with_different_outcomes() -> None:
    found = most_similar(LIPSET, outcome="SURV")
    assert len(found.to_frame()) == 8 * 10
    assert set(map(frozenset, found.best)) == {
        frozenset(pair)
        for pair in [
            ("BE", "DE"),
            ("CZ", "DE"),
            ("NL", "DE"),
            ("UK", "DE"),
            ("FR", "AU"),
            ("SE", "AU"),
            ("FI", "EE"),
            ("IE", "EE"),
        ]
    }
    assert found.to_frame().loc[("BE", "DE"), "differs"] == "STB"
    assert "the most alike with different outcomes are" in found.methods_text()
    assert any("Berg-Schlosser" in reference for reference in found.cite())


def test_lipsets_most_different_cases_with_the_same_outcome() -> None:
    found = most_different(LIPSET, outcome="SURV", blocks={"economy": ["DEV", "IND"], "people": ["URB", "LIT"]})
    assert found.best == (("DE", "IT"), ("DE", "RO"))
    assert found.to_frame().loc[("DE", "IT"), ["outcome", "distance", "economy", "people"]].tolist() == [
        "absent",
        5,
        2,
        2,
    ]
    both = found.to_frame()[found.to_frame()["outcome"] == "present"]
    assert both["distance"].max() == 2  # Belgium and its like beside Finland and Ireland


def test_gowers_distance_by_hand() -> None:
    table = pd.DataFrame(
        {"s": [0.0, 0.5, 1.0], "n": [10, 30, 20], "t": ["p", "p", "q"], "flat": [1, 1, 1]}, index=list("abc")
    )
    found = most_similar(table, measure="gower").to_frame()
    assert found.loc[("a", "b"), "distance"] == pytest.approx((0.5 + 1 + 0 + 0) / 4)
    assert found.loc[("a", "c"), "distance"] == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert "Gower" in most_similar(table, measure="gower").cite()[-1]
    assert "outcome" not in found


def test_pairs_with_missing_cells_are_compared_over_fewer_conditions() -> None:
    table = pd.DataFrame({"a": [1, None, 0], "b": [1, 1, 0]}, index=list("xyz"))
    for measure in ("count", "gower"):
        found = most_similar(table, measure=measure)  # type: ignore[arg-type]
        assert found.to_frame()["known"].to_dict() == {("x", "y"): 1, ("x", "z"): 2, ("y", "z"): 1}
        assert "2 pairs are compared over fewer conditions" in found.note
    gower = most_similar(table.assign(y=[1, 0, 1]), outcome="y", measure="gower").to_frame()
    assert gower.index.tolist() == [("x", "y"), ("y", "z")]


def test_replication_of_lipsets_theory() -> None:
    found = replication(LIPSET, outcome="SURV", predicted={"DEV": 1, "LIT": 1, "STB": 1})
    assert found.cases("literal") == ("BE", "CZ", "FI", "FR", "IE", "NL", "SE", "UK")
    assert len(found.cases("theoretical")) == 10
    assert found.to_frame().loc["EE", "reason"] == "DEV is absent"
    assert "Replications: 10 theoretical, 8 literal." in found.methods_text()
    assert found.cite()[0].startswith("Yin RK")


def test_replications_that_fail() -> None:
    found = replication(LIPSET, outcome="SURV", predicted={"DEV": True, "URB": True})
    assert found.cases("failed literal") == ("DE",)
    assert found.cases("failed theoretical") == ("FI", "FR", "IE", "SE")
    assert found.to_frame().loc["FI", "reason"] == "URB is absent, and yet the outcome is there"
    thin = pd.DataFrame({"a": [1, None], "y": [1, 0]}, index=["x", "z"])
    made = replication(thin, outcome="y", predicted={"a": 1})
    assert made.cases("unknown") == ("z",)
    assert made.note == (
        "Fewer than two literal replications. No theoretical replication: no case shows the outcome absent where it "
        "should be."
    )
    with pytest.raises(DataError, match="no kind of replication 'failed'"):
        found.cases("failed")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: method_of_agreement(LIPSET, outcome="SUR"), r"no column 'SUR'"),
        (lambda: method_of_agreement(LIPSET, outcome="SURV", conditions=["SURV"]), r"is the outcome and a condition"),
        (lambda: method_of_agreement(LIPSET[["case", "SURV"]], outcome="SURV"), r"there are no conditions"),
        (
            lambda: method_of_agreement(LIPSET.iloc[:2], outcome="SURV"),
            r"needs two cases with 'SURV'.* are 1",
        ),
        (lambda: method_of_agreement(LIPSET.assign(SURV=0.5), outcome="SURV"), r"neither present nor absent in 'AU'"),
        (lambda: method_of_agreement(LIPSET.assign(DEV=2.5), outcome="SURV"), r"'DEV' must hold scores in .*calibrate"),
        (lambda: method_of_agreement(LIPSET, outcome="SURV", present="x"), r"no case has SURV = 'x'"),
        (lambda: method_of_agreement(pd.concat([LIPSET, LIPSET]), outcome="SURV"), r"case 'AU' occurs more than once"),
        (lambda: joint_method(LIPSET.assign(SURV=1), outcome="SURV"), r"there are 18 and 0"),
        (lambda: method_of_difference(LIPSET.assign(SURV=1), outcome="SURV"), r"no case with the outcome beside one"),
        (lambda: method_of_difference(LIPSET, outcome="SURV", positive="GR"), r"no case with the outcome 'GR'"),
        (lambda: concomitant_variation(FUZZY, outcome="z"), r"no column 'z'"),
        (lambda: concomitant_variation(FUZZY, outcome="y", conditions=["z"]), r"no column 'z'"),
        (lambda: concomitant_variation(FUZZY.assign(up="x"), outcome="y"), r"'up' holds no numbers"),
        (lambda: concomitant_variation(FUZZY.assign(y=1), outcome="y"), r"must be known and vary"),
        (lambda: most_similar(LIPSET, measure="hamming"), r"measure must be one of"),
        (lambda: most_similar(LIPSET.assign(SURV=1), outcome="SURV"), r"no two cases with different outcomes"),
        (lambda: most_similar(LIPSET, outcome="SURV", blocks={"x": ["GNP"]}), r"blocks, x: no condition 'GNP'"),
        (lambda: most_similar(LIPSET, conditions=["GNP"], measure="gower"), r"no column 'GNP'"),
        (
            lambda: most_similar(LIPSET, outcome="SURV", conditions=["DEV", "SURV"], measure="gower"),
            "is the outcome and",
        ),
        (lambda: most_similar(LIPSET, outcome="SURV", conditions=[], measure="gower"), "there are no conditions"),
        (lambda: most_similar(LIPSET.iloc[:1]), "there are no two cases to compare. Add one"),
        (lambda: concomitant_variation(LIPSET, outcome="SURV", conditions=["SURV"]), "is the outcome and a condition"),
        (lambda: method_of_agreement(LIPSET, outcome="SURV", conditions="DEV"), "conditions= is a list, not the text"),
        (lambda: most_different(pd.concat([LIPSET, LIPSET[["DEV"]]], axis=1)), "more than one column 'DEV'"),
        (lambda: replication(LIPSET, outcome="SURV", predicted="DEV"), r"is a mapping\. Write \{'DEV': 1\}"),
        (lambda: replication(LIPSET, outcome="SURV", predicted={}), r"theory names no condition"),
        (lambda: replication(LIPSET, outcome="SURV", predicted={"DEV": "high"}), r"DEV is nowhere 'high'; it is"),
    ],
)
def test_what_is_refused(make: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()  # type: ignore[operator]


BITS = st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=2, max_size=6)


@settings(max_examples=8)
@given(BITS)
def test_distances_and_survivors_by_brute_force(rows: list[list[int]]) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "c", "y"], index=[f"k{place}" for place in range(len(rows))])
    for one, other in itertools.combinations(range(len(rows)), 2):
        pair = (f"k{one}", f"k{other}")
        apart = sum(x != z for x, z in zip(rows[one][:3], rows[other][:3], strict=True))
        assert most_similar(table, conditions=["a", "b", "c"]).to_frame().loc[pair, "distance"] == apart
    positive = [row for row in rows if row[3]]
    if len(positive) > 1:
        alike = tuple(name for place, name in enumerate("abc") if len({row[place] for row in positive}) == 1)
        assert method_of_agreement(table, outcome="y").surviving == alike
        if len(positive) < len(rows):
            negative = [row for row in rows if not row[3]]
            both = tuple(
                name for place, name in enumerate("abc") if name in alike
                and not any(row[place] == positive[0][place] for row in negative)
            )  # fmt: skip
            assert joint_method(table, outcome="y").surviving == both


def test_pairs_of_which_nothing_is_known_are_told() -> None:
    table = LIPSET.iloc[:3].assign(DEV=None, URB=None)
    found = most_similar(table, conditions=["DEV", "URB"])
    assert found.best == ()
    assert "Of 3 pairs, none has a known distance. 3 pairs are compared over fewer" in found.methods_text()
