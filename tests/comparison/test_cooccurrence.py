"""Codes that occur together, counted by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from generated import codings, few, study
from hypothesis import assume, given

from expertsys import Code, Codebook, Study, cooccurrence
from expertsys.comparison import Cooccurrence
from expertsys.errors import DataError

CODED = [
    ("u1", "ann", "policy"),
    ("u1", "ann", "workload"),
    ("u1", "ben", "policy"),
    ("u1", "ben", "workload"),
    ("u2", "ann", "policy"),
    ("u2", "ben", "workload"),
    ("u3", "ann", "workload"),
    ("u3", "ann", "judgement"),
    ("u3", "ann", "judgement"),
]


def test_counts_by_hand() -> None:
    found = cooccurrence(study(CODED))
    expected = pd.DataFrame(
        [[2, 1, 0], [1, 3, 1], [0, 1, 1]],
        index=pd.Index(["policy", "workload", "judgement"], name="code"),
        columns=pd.Index(["policy", "workload", "judgement"], name="code"),
    )
    pd.testing.assert_frame_equal(found.counts, expected, check_index_type=False, check_column_type=False)
    assert found.n_units == 3


def test_two_coders_with_one_code_each_are_no_cooccurrence() -> None:
    found = cooccurrence(study([("u1", "ann", "a"), ("u1", "ben", "b")]))
    assert found.counts.to_numpy().tolist() == [[1, 0], [0, 1]]
    assert found.to_frame().empty


def test_the_table_of_pairs() -> None:
    table = cooccurrence(study(CODED)).to_frame()
    assert table.index.names == ["code_a", "code_b"]
    assert table.index.tolist() == [("workload", "judgement"), ("policy", "workload")]
    columns = ["both", "total_a", "total_b", "jaccard", "c_coefficient"]
    assert table.loc[("workload", "judgement"), columns].tolist() == pytest.approx([1, 3, 1, 1 / 3, 1 / 3])
    assert table.loc[("policy", "workload"), columns].tolist() == pytest.approx([1, 2, 3, 1 / 4, 1 / 4])
    # u1 and u2 were read by both: of the four ways to pair policy on one with workload on one, three share a coder;
    # u3 was read by ann alone, who did not find policy there
    assert table.loc[("policy", "workload"), "expected"] == pytest.approx(3 / 2)
    assert table.loc[("policy", "workload"), "excess"] == pytest.approx(1 - 3 / 2)


@pytest.mark.simulation
@few
@given(codings())
def test_what_is_expected_is_the_mean_over_all_orders_of_the_units(table: pd.DataFrame) -> None:
    table = table[table["coder"] != "cem"].assign(document="d", case=None)
    assume(len(table))
    found = cooccurrence(Study(table))  # whoever coded anything read all units
    units = sorted(table["unit"].unique())
    for one, other in itertools.combinations(found.counts.index, 2):
        given = {code: table[table["code"] == code] for code in (one, other)}
        sets = [[set(given[code]["coder"][given[code]["unit"] == unit]) for unit in units] for code in (one, other)]
        orders = [
            sum(bool(a & b) for a, b in zip(sets[0], order, strict=True)) for order in itertools.permutations(sets[1])
        ]
        assert found.expected.loc[one, other] == pytest.approx(sum(orders) / len(orders))


def test_one_coder_is_expected_to_give_both_as_often_as_the_shares_multiply() -> None:
    rows = [(f"u{unit}", "ann", code) for unit, codes in enumerate(["ab", "a", "a", "b", "c"]) for code in codes]
    found = cooccurrence(study(rows))
    assert found.expected.loc["a", "b"] == pytest.approx(3 * 2 / 5)
    assert np.isnan(np.diagonal(found.expected)).all()


def test_pairs_are_ordered_by_number_then_strength_then_codebook() -> None:
    rows = [
        (f"u{unit}", "ann", code) for unit, codes in enumerate(["ab", "ab", "cd", "ef", "e", "ac"]) for code in codes
    ]
    pairs = cooccurrence(study(rows)).to_frame().index.tolist()
    # a-b on two units; then one unit each: c-d 1/2, e-f 1/2, a-c 1/4; c-d before e-f as in the codebook
    assert pairs == [("a", "b"), ("c", "d"), ("e", "f"), ("a", "c")]


def test_jaccard_by_hand() -> None:
    jaccard = cooccurrence(study(CODED)).jaccard
    np.testing.assert_allclose(jaccard, [[1, 1 / 4, 0], [1 / 4, 1, 1 / 3], [0, 1 / 3, 1]])


def test_codes_stand_in_the_order_of_the_codebook_and_unused_ones_are_left_out() -> None:
    book = Codebook([Code("workload"), Code("idle"), Code("policy"), Code("judgement")])
    assert cooccurrence(study(CODED, codebook=book)).counts.index.tolist() == ["workload", "policy", "judgement"]


def test_units_read_and_not_coded_are_counted() -> None:
    units = pd.DataFrame({"unit": ["u1", "u2"], "document": ["d", "d"]})
    assert cooccurrence(study([("u1", "ann", "a")], units=units)).n_units == 2


def test_no_codings() -> None:
    found = cooccurrence(study(CODED).select(codes=[]))
    assert found.counts.shape == found.jaccard.shape == (0, 0)
    assert found.to_frame().empty


def test_the_coefficient_is_undefined_where_no_unit_has_either() -> None:
    names = pd.Index(["a", "b"], name="code")
    zero = pd.DataFrame([[0, 0], [0, 0]], index=names, columns=names)
    made = Cooccurrence("unit", None, "each", zero, zero * np.nan, zero * np.nan, 0)
    assert made.c_coefficient.isna().all(axis=None)


def test_spans_and_rounds_are_refused() -> None:
    spans = pd.DataFrame({"document": ["d"], "coder": "ann", "code": "p", "start": 0, "end": 4})
    with pytest.raises(DataError, match=r"co-occurrence needs units.*unitise.*where='overlap'"):
        cooccurrence(Study(spans))
    rounds = pd.DataFrame({"unit": ["u", "u"], "coder": "ann", "code": "p", "round": ["1", "2"]})
    with pytest.raises(DataError, match="must not mix rounds"):
        cooccurrence(Study(rounds))


def test_words_for_the_paper() -> None:
    found = cooccurrence(study(CODED))
    assert "units to which one coder applied both, each once (of 3 in all)" in found.methods_text()
    assert "Jaccard index" in found.methods_text()
    assert found.cite()[0].startswith("Jaccard P")
    assert repr(found).startswith("Codes that occur together: units to which one coder applied both")
    assert "workload" in found._repr_html_()


@few
@given(codings())
def test_counts_by_brute_force_and_jaccard_between_0_and_1(table: pd.DataFrame) -> None:
    found = cooccurrence(study(table))
    counts, jaccard = found.counts.to_numpy(), found.jaccard.to_numpy()
    np.testing.assert_array_equal(jaccard, found.c_coefficient.to_numpy())
    assert (counts == counts.T).all()
    np.testing.assert_array_equal(jaccard, jaccard.T)
    assert ((jaccard >= 0) & (jaccard <= 1)).all()
    assert (np.diagonal(jaccard) == 1).all()
    sets = table.groupby(["unit", "coder"])["code"].agg(set)
    for one in found.counts.index:
        for other in found.counts.index:
            units = {unit for (unit, _), codes in sets.items() if {one, other} <= codes}
            assert found.counts.loc[one, other] == len(units)


@few
@given(codings())
def test_names_of_coders_and_order_of_rows_do_not_matter(table: pd.DataFrame) -> None:
    first = cooccurrence(study(table)).counts
    renamed = table.iloc[::-1].assign(coder=table["coder"].map({"ann": "3", "ben": "2", "cem": "1"}))
    second = cooccurrence(study(renamed)).counts
    pd.testing.assert_frame_equal(second.loc[first.index, first.columns], first)


def test_a_passage_that_meets_several_is_told_of() -> None:
    """One passage of the first code holds two of the second: n12 = 2, n1 = 1, n2 = 2, so that c = 2 / (1 + 2 - 2)."""
    codings = pd.DataFrame(
        {
            "document": "d",
            "coder": "ann",
            "code": ["policy", "workload", "workload"],
            "start": [0, 1, 5],
            "end": [9, 3, 7],
        }
    )
    found = cooccurrence(Study(codings), where="overlap")
    assert found.c_coefficient.loc["policy", "workload"] == 2
    assert "above 1 or undefined for 1 pair of codes, since one passage meets several: go by the Jaccard" in found.note
    assert found.note in found.methods_text()
    apart = cooccurrence(Study(codings.iloc[:2]), where="overlap")
    assert "c-coefficient" not in apart.note
