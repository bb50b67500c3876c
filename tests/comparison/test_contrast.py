"""Contrasts between groups: permutations by brute force, shares and intervals by formula, and what is refused."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit

from expertsys import Code, Codebook, Study, contrast
from expertsys.comparison import association, permuting, shares
from expertsys.errors import DataError


def coded(marks: dict[str, list[str]], case: dict[str, str], **more: object) -> Study:
    """Documents of units, each unit the letters of its codes ("" for none); one coder read all."""
    rows, units = [], []
    for document, letters in marks.items():
        for place, codes in enumerate(letters):
            units.append((f"{document}.{place}", document, case[document]))
            rows += [(f"{document}.{place}", "ann", code) for code in codes]
    return Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"]),
        units=pd.DataFrame(units, columns=["unit", "document", "case"]),
        assignments=pd.DataFrame({"coder": "ann", "document": list(marks)}),
        **more,
    )


MARKS = {
    "a1": ["p", "p", "pq"],
    "a2": ["p", "", "p", "q"],
    "a3": ["p", "pq"],
    "b1": ["q", "", ""],
    "b2": ["", "p", ""],
    "b3": ["", "q"],
}
CASES = {name: name[0].upper() for name in MARKS}


def small() -> Study:
    return coded(MARKS, CASES)


def test_shares_and_their_counts() -> None:
    found = contrast(small())
    p = found.shares.loc["p"]
    assert p["share"].to_dict() == pytest.approx({"A": 7 / 9, "B": 1 / 8})
    assert p[["n_with", "n", "n_clusters"]].to_numpy().tolist() == [[7, 9, 3], [1, 8, 3]]
    assert found.groups == ("A", "B")
    assert found.to_frame().loc["p", ["A", "B"]].tolist() == pytest.approx([7 / 9, 1 / 8])
    assert found.to_frame().index[0] == "p"
    assert found.differences.loc[("p", "A", "B"), "difference"] == pytest.approx(7 / 9 - 1 / 8)
    assert found.differences.loc[("p", "A", "B"), "odds_ratio"] == pytest.approx((7 / 2) / (1 / 7))


def test_the_exact_p_value_by_every_arrangement_of_documents() -> None:
    found = contrast(small())
    assert (found.exact, found.arrangements) == (True, 20)
    documents = list(MARKS)
    size = {name: len(MARKS[name]) for name in documents}

    def statistic(first: tuple[str, ...], code: str) -> float:
        inside = [[sum(code in unit for unit in MARKS[name]) for name in names] for names in
                  (first, [name for name in documents if name not in first])]  # fmt: skip
        n = [sum(size[name] for name in names) for names in (first, [d for d in documents if d not in first])]
        table = [[sum(inside[side]), n[side] - sum(inside[side])] for side in (0, 1)]
        return float(stats.chi2_contingency(table, correction=False).statistic)

    every = list(itertools.combinations(documents, 3))
    for code in "pq":
        observed = statistic(("a1", "a2", "a3"), code)
        assert found.to_frame().loc[code, "p"] == sum(statistic(one, code) >= observed - 1e-9 for one in every) / 20
        family = sum(max(statistic(one, "p"), statistic(one, "q")) >= observed - 1e-9 for one in every) / 20
        assert found.to_frame().loc[code, "p_family"] == family
    assert found.to_frame()["q"].tolist() == stats.false_discovery_control(found.to_frame()["p"]).tolist()
    assert "no p value can be below 0.050" in found.note


def test_permutations_within_cases() -> None:
    kinds = pd.DataFrame({"document": list(MARKS), "kind": ["x", "y", "y", "x", "y", "y"]})
    found = contrast(coded(MARKS, CASES, documents=kinds), by="kind")
    assert (found.within, found.arrangements) == ("case", 9)  # which of three is x, in either case
    assert contrast(coded(MARKS, CASES, documents=kinds), by="kind", within=None).arrangements == 15
    assert "between groups within each case (all 9 arrangements)" in found.methods_text()


def test_residuals_are_habermans_where_units_are_independent() -> None:
    found = contrast(small(), cluster="unit", permutations=99)
    n = 17
    residual = association([[7, 2], [1, 7]]).residuals.to_numpy()[0, 0]
    assert found.shares.loc[("p", "A"), "residual"] == pytest.approx(residual * np.sqrt((n - 1) / n))
    assert found.shares.loc[("p", "B"), "residual"] == pytest.approx(-residual * np.sqrt((n - 1) / n))


def test_residuals_are_the_moments_over_every_arrangement() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(2, 9, size=6).astype(float)
    sums = np.floor(rng.random((6, 2)) * sizes[:, None])
    group, stratum = np.array([0, 0, 1, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    away = sums - sizes[:, None] * sums.sum(axis=0) / sizes.sum()
    found = []
    for one in itertools.combinations(range(3), 2):
        for other in itertools.combinations(range(3, 6), 1):
            found.append(away[[*one, *other]].sum(axis=0))
    expected = (away[group == 0].sum(axis=0) - np.mean(found, axis=0)) / np.std(found, axis=0)
    np.testing.assert_allclose(permuting.standardised(sums, sizes, group, stratum)[0], expected)


def test_the_standard_error_is_the_jackknifes_over_documents() -> None:
    sums, sizes = np.array([[3.0], [2], [2]]), np.array([3.0, 4, 2])
    group = shares.Group.of(sums, sizes)
    left_out = np.array([4 / 6, 5 / 5, 5 / 7])
    assert group.error[0] == pytest.approx(np.sqrt(2 / 3 * ((left_out - left_out.mean()) ** 2).sum()))
    low, high = group.limits(2.0, 2)
    reach = 2 * group.error[0] / (7 / 9 * 2 / 9)
    assert (low[0], high[0]) == (
        pytest.approx(expit(logit(7 / 9) - reach)),
        pytest.approx(expit(logit(7 / 9) + reach)),
    )


def test_one_code_and_two_groups_have_a_t_interval() -> None:
    """With one code and one pair there is nothing simultaneous: the quantile is Student's."""
    group = shares.Group.of(np.array([[3.0], [2], [2]]), np.array([3.0, 4, 2]))
    critical = stats.t.ppf(0.975, 2)
    (low,), (high,) = shares.of_groups([group], 0.95, np.random.default_rng(0))
    expected = group.limits(critical, 2)
    assert low[0] == pytest.approx(expected[0][0], abs=0.01)
    assert high[0] == pytest.approx(expected[1][0], abs=0.01)


def test_none_there_has_a_bound_from_the_documents() -> None:
    found = shares.Group.of(np.zeros((4, 1)), np.full(4, 9.0))
    low, high = found.limits(stats.t.ppf(0.975, 3), 3)
    assert (low[0], high[0]) == (0, pytest.approx(1 - 0.025**0.25))  # Clopper and Pearson, none of four
    full = shares.Group.of(np.full((4, 1), 9.0), np.full(4, 9.0))
    assert full.limits(stats.t.ppf(0.975, 3), 3)[0][0] == pytest.approx(0.025**0.25)


def test_v_is_that_of_the_table() -> None:
    found = contrast(small())
    assert found.to_frame().loc["p", "v"] == pytest.approx(association([[7, 2], [1, 7]]).v)
    low, high = found.to_frame().loc["p", ["v_low", "v_high"]]
    assert 0 <= low <= found.to_frame().loc["p", "v"] <= high <= 1


def test_one_document_in_a_group_has_no_interval() -> None:
    found = contrast(coded({"a": ["p", ""], "b": ["p"], "c": ["", "p"]}, {"a": "A", "b": "B", "c": "B"}))
    assert found.shares.loc[("p", "A"), ["low", "high"]].isna().all()
    assert found.differences[["low", "high", "or_low"]].isna().all(axis=None)
    assert found.to_frame()[["v_low", "v_high"]].isna().all(axis=None)
    assert "Few documents, so that intervals are not to be trusted: A (1), B (2)." in found.note


def test_a_code_that_is_everywhere_is_not_tested() -> None:
    found = contrast(coded({name: ["p", "p"] for name in MARKS}, CASES))
    assert found.to_frame().loc["p", ["p", "q", "p_family", "v"]].isna().all()


def test_concepts_and_consensus() -> None:
    book = Codebook([Code("p", concept="trust"), Code("q", concept="trust"), Code("r")])
    made = coded(MARKS, CASES, codebook=book)
    assert contrast(made, of="concepts").shares.loc[("trust", "A"), "n_with"] == 8
    two = pd.concat([made.codings, made.codings.iloc[:1].assign(coder="ben")])
    seen = pd.DataFrame({"coder": ["ann"] * 6 + ["ben"], "document": [*MARKS, "a1"]})
    both = Study(two[["unit", "coder", "code"]], units=made.units, assignments=seen)
    assert contrast(both, coders="all").shares.loc[("p", "A"), "n_with"] == 7 - 2  # ben read a1 and found one of three


def test_clusters_by_kind_of_group() -> None:
    cases = pd.DataFrame({"case": ["A", "B", "C", "D"], "size": ["large", "small", "large", "small"]})
    marks = {f"{case}{place}": ["p", ""] for case in "ABCD" for place in "12"}
    people = pd.DataFrame({"document": list(marks), "participant": [f"P{name}" for name in marks]})
    roles = pd.DataFrame({"participant": [f"P{name}" for name in marks], "role": ["GP", "nurse"] * 4})
    made = coded(marks, {name: name[0] for name in marks}, cases=cases, documents=people, participants=roles)
    assert contrast(made, by="size").cluster == "case"
    assert contrast(made, by="role").cluster == "participant"
    assert contrast(made).cluster == "document"
    assert contrast(made, by="size").arrangements == 6


def test_units_without_a_group_are_left_out() -> None:
    kinds = pd.DataFrame({"document": list(MARKS), "kind": ["x", "y", None, "x", "y", "y"]})
    found = contrast(coded(MARKS, CASES, documents=kinds), by="kind")
    assert "2 units without kind or document are left out." in found.note
    assert found.shares.groupby("group")["n"].first().sum() == 15


def test_the_same_seed_gives_the_same() -> None:
    first, second = (contrast(small(), permutations=5, rng=7) for _ in range(2))
    assert not first.exact
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())
    pd.testing.assert_frame_equal(first.shares, second.shares)


def test_words_and_picture() -> None:
    found = contrast(small(), correction="by")
    assert "taking documents as drawn" in found.methods_text()
    assert "Benjamini and Yekutieli's procedure" in found.methods_text()
    assert any("Yekutieli" in reference for reference in found.cite())
    assert repr(found).startswith("Share of units with each code by case: A (9 units in 3 documents), B (8 units in 3")
    ax = found.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["p", "q"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "coder"}, r"coders read the same units"),
        ({"by": "document"}, r"each document would be a group with one document in it"),
        ({"by": "kind"}, r"there is no second group: by='kind' has none"),
        ({"by": "size"}, r"no attribute 'size'"),
        ({"cluster": "size"}, r"no attribute 'size'"),
        ({"correction": "holm"}, r"correction must be one of"),
        ({"confidence": 2}, r"confidence must lie between"),
        ({"permutations": 0}, r"permutations must be a whole number"),
        ({"replicates": 0}, r"replicates must be a whole number"),
        ({"of": "themes"}, r"of must be one of"),
        ({"coders": "most"}, r"coders must be one of"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        contrast(small(), **options)  # type: ignore[arg-type]


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_a_sample_of_arrangements_comes_near_all_of_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 9, size=8).astype(float)
    sums = rng.binomial(sizes[:, None].astype(int), 0.4, size=(8, 2)).astype(float)
    group, stratum = np.repeat([0, 1], 4), np.zeros(8, dtype=int)
    every = permuting.permute(sums, sizes, group, stratum, most=70, draw=rng)
    assert (every.exact, every.arrangements) == (True, 70)
    some = permuting.permute(sums, sizes, group, stratum, most=69, draw=rng)
    assert not some.exact
    for name in ("p", "p_family"):
        one, other = getattr(every, name), getattr(some, name)
        np.testing.assert_allclose(one, other, atol=0.35)
    assert (every.p_family >= every.p).all()


@pytest.mark.slow
def test_the_level_is_kept_where_documents_differ() -> None:
    """Three groups of four documents whose shares scatter (intraclass correlation .2): 5 % of tests err, not 30 %."""
    rng = np.random.default_rng(5)
    hits, naive = [], []
    for _ in range(400):
        sizes = rng.integers(3, 13, size=12).astype(float)
        sums = rng.binomial(sizes[:, None].astype(int), rng.beta(0.8, 3.2, size=(12, 5))).astype(float)
        found = permuting.permute(sums, sizes, np.repeat([0, 1, 2], 4), np.zeros(12, dtype=int), most=199, draw=rng)
        hits.append(np.nanmean(found.p <= 0.05))
        naive.append(np.nanmean(stats.chi2.sf(found.statistic, 2) <= 0.05))
    assert np.mean(hits) == pytest.approx(0.05, abs=0.02)
    assert np.mean(naive) > 0.2


def test_the_interval_of_v_reaches_its_absence_where_groups_are_noise() -> None:
    """Drawing again adds chance a second time: without taking it off, a third of the intervals lie above 0."""
    draw = np.random.default_rng(0)
    groups = [shares.Group.of(draw.binomial(5, 0.3, (20, 60)).astype(np.float64), np.full(20, 5.0)) for _ in range(16)]
    v, low, high = shares.cramers_v(groups, replicates=499, confidence=0.95, draw=draw)
    assert (low == 0).mean() > 0.9
    assert ((low <= v) & (v <= high)).all()
