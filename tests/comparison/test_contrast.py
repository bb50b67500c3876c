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
from expertsys.io import read


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
    """Documents of one length: permutations suffice, and each arrangement is computed here by its formula."""
    marks = {name: [*codes, "", "", ""][:4] for name, codes in MARKS.items()}
    found = contrast(coded(marks, CASES))
    assert (found.exact, found.arrangements) == (True, 20)
    assert not found._modelled
    documents = list(marks)
    y = {code: np.array([sum(code in unit for unit in marks[name]) for name in documents]) for code in "pq"}
    every = [list(places) for places in itertools.combinations(range(6), 3)]

    def statistic(first: list[int], code: str) -> float:
        """(p_a - p_b)² / Σ V / N², V = p q n (1 + (n - 1) rho), rho from the scatter within both groups."""
        groups = [y[code][first], np.delete(y[code], first)]
        share = [own.sum() / 12 for own in groups]
        scatter = sum(((own - 4 * p) ** 2).sum() * 3 / 2 for own, p in zip(groups, share, strict=True))
        binomial = sum(p * (1 - p) for p in share)
        rho = min(1.0, max(0.0, (scatter - 12 * binomial) / (36 * binomial))) if binomial else 0.0
        pooled = sum(share) / 2
        return float((share[0] - share[1]) ** 2 / (2 * pooled * (1 - pooled) * (1 + 3 * rho) / 12))

    for code in "pq":
        observed = statistic([0, 1, 2], code)
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
    residual = association([[7, 2], [1, 7]]).residuals.to_numpy()[0, 0]
    assert found.shares.loc[("p", "A"), "residual"] == pytest.approx(residual)
    assert found.shares.loc[("p", "B"), "residual"] == pytest.approx(-residual)


def test_the_statistic_is_pearsons_where_units_are_independent() -> None:
    sums = np.array([[1.0, 0], [1, 0], [0, 1], [1, 1], [0, 0], [0, 1], [1, 0]])
    design = permuting.Design(sums, np.ones(7), np.array([0, 0, 0, 1, 1, 2, 2]), np.zeros(7, dtype=np.int64))
    statistic = permuting.of_arrangements(design, design.group[None]).statistic[0]
    for code in (0, 1):
        table = [
            [sums[design.group == one, code].sum(), (1 - sums[design.group == one, code]).sum()] for one in range(3)
        ]
        assert statistic[code] == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)


def test_the_intervals_of_differences_leave_out_zero_where_the_test_does() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(3, 13, size=24).astype(float)
    group, stratum = np.repeat([0, 1], 12), np.zeros(24, dtype=np.int64)
    sums = rng.binomial(sizes[:, None].astype(int), np.linspace(0, 0.6, 12) * group[:, None] + 0.2).astype(float)
    design = permuting.Design(sums, sizes, group, stratum)
    found = permuting.permute(design, most=999, draw=rng)
    groups = [shares.Group.of(sums[group == one], sizes[group == one]) for one in (0, 1)]
    (pair,) = shares.of_pairs(groups, found.correlation, found.critical)
    significant = found.statistic > found.critical**2 + 1e-6
    assert significant.any()
    assert not significant.all()
    assert (((pair.low > 0) | (pair.high < 0)) == significant).all()
    assert ((pair.low >= -1) & (pair.high <= 1)).all()
    assert ((pair.low <= pair.difference) & (pair.difference <= pair.high)).all()


def test_the_intervals_of_people_compared_with_themselves_leave_out_zero_where_the_test_does() -> None:
    """Thirty studies of ten people whose levels and changes scatter, in interviews of 3 to 12 units."""
    rng = np.random.default_rng(4)
    group, stratum = np.tile([0, 1], 10), np.repeat(np.arange(10), 2)
    rejected = 0
    for _ in range(30):
        sizes = rng.integers(3, 13, size=20).astype(float)
        level = rng.uniform(0.1, 0.6, 10)
        chance = np.stack([level, np.clip(level + rng.normal(0.12, 0.15, 10), 0, 1)], axis=1).ravel()
        sums = rng.binomial(sizes.astype(int), chance)[:, None].astype(float)
        design = permuting.Design(sums, sizes, group, stratum)
        found = permuting.permute(design, most=199, draw=rng, paired=True)
        groups = shares.of_strata(design, found.correlation, drawn=True)
        (pair,) = shares.of_pairs(groups, found.correlation, found.critical)
        assert (found.p[0] <= 0.05) == (pair.low[0] > 1e-12 or pair.high[0] < -1e-12)
        rejected += found.p[0] <= 0.05
    assert 0 < rejected < 30


def test_the_difference_within_strata_is_that_of_mantel_and_haenszel() -> None:
    """Two strata by hand: (3/4 - 1/2) 4 x 2 / 6 and (1/5 - 4/10) 5 x 10 / 15, over the sum of the weights."""
    sums, sizes = np.array([[3.0], [1], [1], [4]]), np.array([4.0, 2, 5, 10])
    design = permuting.Design(sums, sizes, np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))
    groups = shares.of_strata(design, np.zeros(1), drawn=True)
    weights = np.array([8 / 6, 50 / 15])
    expected = weights @ np.array([0.25, -0.2]) / weights.sum()
    assert (groups[0].share - groups[1].share).tolist() == pytest.approx([expected])


def test_how_many_documents_must_carry_a_code() -> None:
    """Of m carriers among 40 + 40, all are in one group with 2 C(40, m) / C(80, m): .057 for 5, .025 for 6."""
    assert permuting.carriers_needed(np.array([40, 40])) == 6
    assert permuting.carriers_needed(np.array([12, 12, 12])) == 4  # 3 C(12, m) / C(36, m): .092 for 3, .025 for 4
    assert permuting.carriers_needed(np.array([3, 3])) == 3  # .1 is the smallest that can be reached


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
    alone = contrast(small(), cluster="unit", permutations=99)
    assert alone.to_frame().loc["p", "v"] == pytest.approx(association([[7, 2], [1, 7]]).v)
    low, high = found.to_frame().loc["p", ["v_low", "v_high"]]
    assert 0 <= low <= found.to_frame().loc["p", "v"] <= high <= 1


def test_one_document_in_a_group_has_no_interval() -> None:
    found = contrast(coded({"a": ["p", ""], "b": ["p"], "c": ["", "p"]}, {"a": "A", "b": "B", "c": "B"}))
    assert found.shares.loc[("p", "A"), ["low", "high"]].isna().all()
    assert found.differences[["low", "high", "or_low"]].isna().all(axis=None)
    assert found.to_frame()[["v_low", "v_high"]].isna().all(axis=None)
    assert "Few documents, so that intervals cannot be trusted: A (1), B (2)." in found.note


def test_a_code_that_is_everywhere_is_not_tested() -> None:
    found = contrast(coded({name: ["p", "p"] for name in MARKS}, CASES))
    assert found.to_frame().loc["p", ["p", "q", "p_family", "v"]].isna().all()
    assert "cannot decide" not in found.note


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
    assert contrast(made, by="role").cluster == "document"  # one for each participant
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


@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_a_sample_of_arrangements_comes_near_all_of_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = np.full(8, 6.0)
    sums = rng.binomial(sizes[:, None].astype(int), 0.4, size=(8, 2)).astype(float)
    design = permuting.Design(sums, sizes, np.repeat([0, 1], 4), np.zeros(8, dtype=int))
    every = permuting.permute(design, most=70, draw=rng)
    assert (every.exact, every.arrangements) == (True, 70)
    some = permuting.permute(design, most=69, draw=rng)
    assert not some.exact
    for name in ("p", "p_family"):
        one, other = getattr(every, name), getattr(some, name)
        np.testing.assert_allclose(one, other, atol=0.35)
    known = ~np.isnan(every.p)
    assert (every.p_family >= every.p)[known].all()


@pytest.mark.simulation
@pytest.mark.parametrize(("lengths", "documents"), [((5, 20), 12), ((5, 20), 40)])
def test_the_level_is_kept_where_documents_differ_in_length(
    lengths: tuple[int, int], documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No difference, shares of .05 and .2 that scatter over documents (intraclass correlation .1): at most .06 at .05.

    400 codes for each; the standard error of a rate of .05 is .011. Pearson's X² of the same arrangements rejects a
    fifth or more here.
    """
    monkeypatch.setattr(permuting, "_MOST", 199)
    rng = np.random.default_rng(5)
    group = np.repeat([0, 1], documents)
    sizes = np.repeat(np.array(lengths, dtype=float), documents)
    share = np.repeat([0.05, 0.2], 200)
    sums = rng.binomial(sizes[:, None].astype(int), rng.beta(share * 9, (1 - share) * 9, size=(2 * documents, 400)))
    design = permuting.Design(sums.astype(float), sizes, group, np.zeros_like(group))
    p = permuting.permute(design, most=199, draw=rng).p
    assert (p <= 0.05).mean() <= 0.06 + 0.02
    assert (p <= 0.01).mean() <= 0.025


def test_the_interval_of_v_reaches_its_absence_where_groups_are_noise() -> None:
    draw = np.random.default_rng(0)
    groups = [shares.Group.of(draw.binomial(5, 0.3, (20, 60)).astype(np.float64), np.full(20, 5.0)) for _ in range(16)]
    v, low, high = shares.cramers_v(groups, np.zeros(60), replicates=199, confidence=0.95, draw=draw)
    assert (low == 0).mean() > 0.9
    assert ((low <= v) & (v <= high) & (high <= 1)).all()


def test_groups_of_one_document_each_have_no_p_value() -> None:
    """Each arrangement of one document per group is as extreme as any other: no p value, and the reason."""
    rows = [(f"d{d}", f"d{d}-{n}", f"case {d}", "ann", "x" if n <= d else "y") for d in range(3) for n in range(8)]
    table = pd.DataFrame(rows, columns=["document", "unit", "case", "coder", "code"])
    found = contrast(read(table), by="case", cluster="document")
    assert np.isnan(found.to_frame()["p"]).all()
    assert "No p value: each group is one document." in found.note
