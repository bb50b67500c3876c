"""Designs that compare cases and groups, each from a table to the number, with the truth by construction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys import Code, Codebook, Study
from expertsys.comparison import (
    association,
    concomitant_variation,
    joint_method,
    method_of_agreement,
    method_of_difference,
    most_different,
    most_similar,
    replication,
    similarity,
)
from expertsys.errors import DataError

FEW = {"permutations": 199, "replicates": 29}


def units(documents: dict[str, int], **columns: object) -> pd.DataFrame:
    """So many units in each document; columns are by document where they are mappings."""
    rows = [(f"{name}.{place}", name) for name, size in documents.items() for place in range(size)]
    table = pd.DataFrame(rows, columns=["unit", "document"])
    for name, values in columns.items():
        table[name] = table["document"].map(values) if isinstance(values, dict) else values
    return table


def study(table: pd.DataFrame, applied: pd.Series[bool], coder: str = "ann", code: str = "x", **more: object) -> Study:
    """One coder read all units and applied one code to some."""
    codings = table[applied][["unit"]].assign(coder=coder, code=code)
    read = pd.DataFrame({"coder": coder, "document": table["document"].unique()})
    return Study(codings, units=table, assignments=read, **more)


# -- contrast ----------------------------------------------------------------------------------------------------------


def test_one_application_decides_nothing_where_documents_differ_in_length() -> None:
    """40 documents of 5 units against 40 of 20, one application of one code: nothing can be concluded, p was .001."""
    sizes = {f"{kind}{n}": size for kind, size in (("s", 5), ("l", 20)) for n in range(40)}
    table = units(sizes, case={name: name[0] for name in sizes})
    found = es.contrast(study(table, table["unit"] == "s0.0"), **FEW)
    assert found.to_frame()[["p", "q", "p_family"]].isna().all(axis=None)
    assert "No p value for 1 of 1 codes: fewer than 6 documents carry each of them, which cannot decide." in found.note


def test_a_clear_difference_is_found_where_documents_differ_in_length() -> None:
    """Shares .1 in short and .4 in long documents, by construction: found, with the difference in the interval."""
    rng = np.random.default_rng(2)
    sizes = {f"{kind}{n}": size for kind, size in (("s", 5), ("l", 20)) for n in range(25)}
    table = units(sizes, case={name: name[0] for name in sizes})
    applied = pd.Series(rng.random(len(table)) < np.where(table["case"] == "s", 0.1, 0.4))
    found = es.contrast(study(table, applied), **FEW)
    assert found.to_frame().loc["x", "p"] <= 0.01
    low, high = found.differences.loc[("x", "s", "l"), ["low", "high"]]
    assert low <= -0.3 <= high < 0
    assert "by the beta-binomial model of one share" in found.methods_text()


@pytest.mark.simulation
def test_more_coders_in_one_case_are_no_difference_between_cases() -> None:
    """Truth .2 in both; each coder errs in 8 %; two coders in A, one in B. By "any" A has more of it, by mean not."""
    rng = np.random.default_rng(5)
    p_values, refused = [], []
    for _ in range(8):
        sizes = {f"{case}{n}": 10 for case in "AB" for n in range(10)}
        table = units(sizes, case={name: name[0] for name in sizes})
        truth = rng.random(len(table)) < 0.2
        rows = []
        for coder in ("ann", "ben"):
            marked = truth ^ (rng.random(len(table)) < 0.08)
            here = marked & ((coder == "ann") | (table["case"] == "A"))
            rows.append(table[here][["unit"]].assign(coder=coder, code="x"))
        read = pd.DataFrame(
            [("ann", name) for name in sizes] + [("ben", name) for name in sizes if name[0] == "A"],
            columns=["coder", "document"],
        )
        made = Study(pd.concat(rows), units=table, assignments=read)
        found = es.contrast(made, **FEW)
        p_values.append(found.to_frame().loc["x", "p"])
        assert found.coders == "mean"
        refused.append(es.contrast(made, coders="any", **FEW))
    assert sum(p <= 0.05 for p in p_values) <= 2  # 55 % by "any"
    assert all(np.isnan(one.to_frame().loc["x", "p"]) for one in refused)
    assert "No test: groups differ in how many coders read their units (2 coders per unit in A and 1 in B)" in (
        refused[0].note
    )
    share = es.case_matrix(made, show="share")
    assert share.coders == "mean"
    assert "share of its readers who applied the code" in share.counted()
    assert "Rows differ in how many coders read their units" in es.case_matrix(made).note


def test_a_fifth_that_two_coders_read_counts_by_the_mean_of_its_readers() -> None:
    """Five units; ben read u0 only and denies what ann says: .5 of 5 units, not 1, and not 0."""
    table = units({"d": 5}, case="A")
    codings = pd.DataFrame({"unit": ["d.0"], "coder": ["ann"], "code": ["x"]})
    read = pd.DataFrame({"coder": ["ann", "ben"], "document": ["d", None], "unit": [None, "d.0"]})
    made = Study(codings, units=table, assignments=read)
    assert es.case_matrix(made, show="share").to_frame().loc["A", "x"] == pytest.approx(0.1)


def people(seed: int, effect: float = 0.0) -> Study:
    """Participants with a level of their own, four interviews each, of five units; two sites; no difference."""
    rng = np.random.default_rng(seed)
    names = [f"{site}{n}" for site in "AB" for n in range(8)]
    sizes = {f"{name}-{n}": 5 for name in names for n in range(4)}
    table = units(sizes)
    level = {name: rng.beta(0.6, 1.4) for name in names}
    own = table["document"].str.split("-").str[0]
    documents = pd.DataFrame({"document": list(sizes)})
    documents["participant"] = documents["document"].str.split("-").str[0]
    documents["case"] = documents["participant"].str[0]
    return study(table, pd.Series(rng.random(len(table)) < own.map(level)), documents=documents)


@pytest.mark.simulation
def test_interviews_of_the_same_people_are_not_independent() -> None:
    """Nothing differs between sites: documents as clusters reject far too often; participants are the default."""
    default, by_document = [], []
    for seed in range(10):
        made = people(seed)
        found = es.contrast(made, **FEW)
        assert found.cluster == "participant"
        default.append(found.to_frame().loc["x", "p"] <= 0.05)
        by_document.append(es.contrast(made, cluster="document", **FEW).to_frame().loc["x", "p"] <= 0.05)
    assert sum(default) <= 2
    assert sum(by_document) > sum(default)


def test_before_and_after_in_the_same_people() -> None:
    """14 people with very different levels, all rising by .25: a note leads to within='participant', which shows it."""
    rng = np.random.default_rng(3)
    names = [f"P{n:02}" for n in range(14)]
    sizes = {f"{name} {wave}": 12 for name in names for wave in ("before", "after")}
    table = units(sizes)
    level = {name: rng.uniform(0.05, 0.7) for name in names}
    chance = table["document"].str[:3].map(level) + 0.25 * table["document"].str.endswith("after")
    documents = pd.DataFrame({"document": list(sizes)})
    documents["participant"] = documents["document"].str[:3]
    documents["wave"] = documents["document"].str[4:]
    made = study(table, pd.Series(rng.random(len(table)) < chance), documents=documents)
    loose = es.contrast(made, by="wave", within=None, **FEW)
    assert (
        "14 of 14 participants are in several groups. If they are the same people, within='participant'" in loose.note
    )
    paired = es.contrast(made, by="wave", within="participant", **FEW)
    assert paired.to_frame().loc["x", "p"] <= 0.01
    assert paired.to_frame().loc["x", "p"] <= loose.to_frame().loc["x", "p"]
    assert "within='participant'" not in paired.note


def waves(level: Callable[[int, str], int], *, returned: int = 14, lost: int = 10, units: int = 10) -> pd.DataFrame:
    """Interviews before and after of some people, and of others before only: `level` of their units have the code."""
    rows = [
        (f"P{person} {wave}", f"P{person} {wave} {unit}", f"P{person}", wave, "A", "ann",
         "stress" if unit < level(person, wave) else "none")
        for person in range(returned + lost)
        for wave in ("before", *(["after"] if person < returned else []))
        for unit in range(units)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["document", "unit", "participant", "time", "case", "coder", "code"])


@pytest.mark.parametrize("source", ["frame", "csv", "xlsx"])
def test_those_who_do_not_return_are_left_out_of_a_comparison_of_people_with_themselves(
    source: str, tmp_path: Path
) -> None:
    """14 people rise from .2 to .4; ten with .5 before did not return. Truth over those seen twice: .2 and .4."""
    table = waves(lambda person, wave: 5 if person >= 14 else 2 if wave == "before" else 4)
    path = tmp_path / f"waves.{source}"
    if source == "csv":
        table.to_csv(path, index=False)
    elif source == "xlsx":
        table.to_excel(path, index=False)
    found = es.contrast(es.read(table if source == "frame" else path), by="time", within="participant", **FEW)
    assert found.shares["share"].tolist() == pytest.approx([0.2, 0.4])
    assert found.shares[["n_with", "n", "n_clusters"]].to_numpy().tolist() == [[28, 140, 14], [56, 140, 14]]
    assert found.to_frame().loc["stress", ["before", "after"]].tolist() == pytest.approx([0.2, 0.4])
    assert found.to_frame().loc["stress", "p"] <= 0.01
    row = found.differences.loc[("stress", "before", "after")]
    assert row["difference"] == pytest.approx(-0.2)
    assert row["low"] < -0.2 < row["high"] < 0
    assert found.to_frame().loc["stress", "v_low"] > 0
    said = (
        "10 of 24 participants are not in every group and left out, with 100 units; within=None compares whole groups."
    )
    assert said in found.note
    assert said in repr(found)
    assert "Each participant has the same weight in every group" in found.methods_text()


def test_stressed_people_who_do_not_return_are_no_relief() -> None:
    """Those seen twice have .3 both times, give or take .1; those lost had .8 before. Truth: no difference."""

    def level(person: int, wave: str) -> int:
        return 8 if person >= 14 else 3 + (person % 2) * (1 if (wave == "before") == (person % 4 < 2) else -1)

    table = waves(level)
    found = es.contrast(es.read(table), by="time", within="participant", **FEW)
    row = found.differences.loc[("stress", "before", "after")]
    assert abs(row["difference"]) < 0.02
    assert row["low"] < 0 < row["high"]
    assert found.to_frame().loc["stress", "v_low"] == 0
    assert found.to_frame().loc["stress", "p"] > 0.5
    whole = es.contrast(es.read(table), by="time", within=None, **FEW)
    assert whole.differences.loc[("stress", "before", "after"), "difference"] > 0.2


def test_the_interval_of_a_change_goes_by_the_people_who_changed() -> None:
    """Levels from 0 to .5, and everyone rises by .1: p is .0003, and the interval leaves out 0 too."""
    table = waves(lambda person, wave: person % 6 + (wave == "after"), lost=0)
    found = es.contrast(es.read(table), by="time", within="participant", **FEW)
    assert found.to_frame().loc["stress", "p"] <= 0.01
    row = found.differences.iloc[0]
    assert row["low"] < row["difference"] < row["high"]
    assert abs(row["difference"]) == pytest.approx(0.1)
    assert row["low"] * row["high"] > 0
    assert row["high"] - row["low"] < 0.15
    assert found.to_frame().loc["stress", "v_low"] > 0
    assert row["or_low"] > 1 or row["or_high"] < 1
    low, high = found.shares.loc[("stress", "before"), ["low", "high"]]
    assert high - low > 0.15  # people differ, and are a sample


def test_people_who_say_more_the_first_time_make_no_change() -> None:
    """Six people of share .6 give 20 units before and 5 after, six of share .2 the reverse: nobody changes.

    Pooled units have .52 before and .28 after.
    """
    rows = [
        (f"P{person} {wave}", f"P{person} {wave} {unit}", f"P{person}", wave, "stress" if unit % 5 < level else "none")
        for person in range(12)
        for level, sizes in [(3, (20, 5)) if person < 6 else (1, (5, 20))]
        for wave, size in zip(("before", "after"), sizes, strict=True)
        for unit in range(size)
    ]
    table = pd.DataFrame(rows, columns=["document", "unit", "participant", "time", "code"]).assign(
        coder="ann", case="A"
    )
    found = es.contrast(es.read(table), by="time", within="participant", **FEW)
    assert found.shares["share"].tolist() == pytest.approx([0.4, 0.4])
    assert found.differences["difference"].tolist() == pytest.approx([0])
    assert found.to_frame().loc["stress", "p"] == 1
    assert "Each participant has the same weight in every group, so that shares are not n_with / n." in found.note


@pytest.mark.parametrize("within", ["participant", "document"])
def test_before_and_after_in_one_interview_go_by_people_and_not_by_excerpts(within: str) -> None:
    """Four people tell of both times in one interview of 40 excerpts, .1 and .6: p is 2 of 16."""
    rows = [
        (f"P{person}", f"P{person} {time} {unit}", f"P{person}", time, "stress" if unit < level else "none")
        for person in range(4)
        for time, level in (("before", 2), ("after", 12))
        for unit in range(20)
    ]
    table = pd.DataFrame(rows, columns=["document", "unit", "participant", "time", "code"]).assign(
        coder="ann", case="A"
    )
    found = es.contrast(es.read(table), by="time", within=within, **FEW)
    assert (found.cluster, found.arrangements) == (within, 16)
    assert found.to_frame().loc["stress", "p"] == pytest.approx(2 / 16)
    assert found.differences.iloc[0]["low"] <= 0 <= found.differences.iloc[0]["high"]
    assert f"by exchanging the groups of what each {within} has in them (all 16 arrangements)" in found.methods_text()


def test_practices_before_and_after_are_compared_with_themselves_by_default() -> None:
    """Cases are practices of two documents each time; four of twelve, with .8, are seen before only. Truth: .3, .3."""
    rows = [
        (f"S{site} {wave} {part}", f"S{site} {wave} {part} {unit}", f"S{site}", wave,
         "stress" if unit < (8 if site > 7 else 3) else "none")
        for site in range(12) for wave in ("before", *(["after"] if site < 8 else [])) for part in "ab"
        for unit in range(10)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["document", "unit", "case", "time", "code"]).assign(coder="ann")
    found = es.contrast(es.read(table), by="time", **FEW)
    assert found.shares["share"].tolist() == pytest.approx([0.3, 0.3])
    assert "4 of 12 cases are not in every group and left out, with 80 units" in found.note


def test_cases_that_lack_one_of_three_groups_stay_and_the_note_says_what_is_compared() -> None:
    """Nurses and GPs in all of four sites, a manager in one: shares over all, p within sites."""
    rows = [
        (f"{site} {role} {n}", f"{site} {role} {n} {unit}", site, role, "stress" if unit < 2 else "none")
        for site in "ABCD" for role in ("nurse", "GP", *(["manager"] if site == "A" else [])) for n in range(3)
        for unit in range(6)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["document", "unit", "case", "role", "code"]).assign(coder="ann")
    found = es.contrast(es.read(table), by="role", **FEW)
    assert found.shares["n"].tolist() == [72, 72, 18]
    assert "Cases differ in which groups they have: p values compare within cases, shares and differences" in found.note


def test_nobody_who_is_in_both_groups_is_refused() -> None:
    table = waves(lambda person, wave: 3, lost=4)  # noqa: ARG005
    apart = table[(table["time"] == "before") == (table["participant"].str[1:].astype(int) % 2 == 0)]
    with pytest.raises(DataError, match=r"no participant is in every group by time.*within=None"):
        es.contrast(es.read(apart), by="time", within="participant", **FEW)


def test_participants_who_are_numbered_anew_in_each_site_are_not_called_the_same_people() -> None:
    """Three sites, each with P0 to P5: 18 people. The notes ask whether they are the same."""
    rows = [
        (f"{site} P{person} {wave}", f"{site} P{person} {wave} {unit}", f"P{person}", site, wave,
         "stress" if unit < 3 else "none")
        for site in "ABC" for person in range(6) for wave in ("before", "after") for unit in range(6)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["document", "unit", "participant", "case", "time", "code"]).assign(coder="ann")
    units = table.drop(columns=["coder", "code"])
    documents = units.groupby("document")[["participant", "case", "time"]].first().reset_index()
    made = Study(table[["unit", "document", "coder", "code"]], documents=documents, units=units[["unit", "document"]])
    by_site = es.contrast(made, by="case", **FEW)
    assert (
        "6 of 6 participants are in several groups. If they are the same people, within='participant'" in by_site.note
    )
    assert "if they are numbered anew in each case, put the case before their number" in by_site.note
    assert "valid" not in by_site.note
    by_time = es.contrast(made, by="time", within="participant", **FEW)
    assert "6 of 6 participants are in several cases, and are taken for the same people" in by_time.note


def test_three_cases_that_do_not_differ_and_a_code_that_does() -> None:
    """Codes y (.3 everywhere) and z (.1, .1, .5) in 3 cases of 12 documents of 4 to 12 units."""
    rng = np.random.default_rng(8)
    sizes = {f"{case}{n}": int(rng.integers(4, 13)) for case in "ABC" for n in range(12)}
    table = units(sizes, case={name: name[0] for name in sizes})
    chance = {"y": pd.Series(0.3, index=table.index), "z": table["case"].map({"A": 0.1, "B": 0.1, "C": 0.5})}
    rows = [table[rng.random(len(table)) < p][["unit"]].assign(coder="ann", code=code) for code, p in chance.items()]
    read = pd.DataFrame({"coder": "ann", "document": list(sizes)})
    found = es.contrast(Study(pd.concat(rows), units=table, assignments=read), **FEW)
    assert found.to_frame().loc["z", "p_family"] <= 0.01
    assert found.to_frame().loc["y", "p"] > 0.05
    ends = found.differences.loc["z"]
    assert (ends.loc[("A", "B"), "low"] < 0) & (ends.loc[("A", "B"), "high"] > 0)
    assert (ends.loc[[("A", "C"), ("B", "C")], "high"] < 0).all()
    table = found.to_frame()
    assert (table[["v_low", "v_high"]].to_numpy() >= 0).all()
    assert (table[["v_low", "v_high"]].to_numpy() <= 1).all()


# -- who read what -----------------------------------------------------------------------------------------------------


def test_open_items_of_a_consensus_leave_shares_as_they_are() -> None:
    """Shares .2 in both cases; two coders; one unit of A is open (one says yes, one no), and only it drops out."""
    table = units({"A0": 10, "B0": 10}, case={"A0": "A", "B0": "B"})
    both = [f"{case}0.{n}" for case in "AB" for n in (0, 1)]
    rows = [(unit, coder, "x") for unit in both for coder in ("ann", "ben")] + [("A0.9", "ann", "x")]
    codings = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    read = pd.DataFrame([(c, d) for c in ("ann", "ben") for d in ("A0", "B0")], columns=["coder", "document"])
    both_coders = Study(codings.assign(round="first"), units=table, assignments=read.assign(round="first"))
    agreed = es.agreement.consensus(both_coders, rule="majority").study.select(rounds=["consensus"])
    share = es.case_matrix(agreed, show="share").to_frame()["x"]
    assert share["A"] == pytest.approx(2 / 9)
    assert share["B"] == pytest.approx(0.2)


def test_a_case_that_nobody_read_is_unknown_in_every_table() -> None:
    """Case C has a document without a reading: unknown as count, share and presence, not 0."""
    documents = pd.DataFrame({"document": ["a", "c"], "case": ["A", "C"]})
    codings = pd.DataFrame({"unit": ["a.0"], "coder": ["ann"], "code": ["x"]})
    read = pd.DataFrame({"coder": ["ann"], "document": ["a"]})
    made = Study(codings, units=units({"a": 2, "c": 2}), documents=documents, assignments=read)
    for show in ("count", "share", "presence"):
        matrix = es.case_matrix(made, show=show)  # type: ignore[arg-type]
        assert matrix.to_frame()["x"].isna().to_dict() == {"A": False, "C": True}
        assert "Nothing was read of 'C', which is unknown." in matrix.note


# -- codes -------------------------------------------------------------------------------------------------------------

TREE = Codebook(
    [
        Code("resistance", concept="resistance"),
        Code("to policy", parent="resistance"),
        Code("to software", parent="resistance"),
        Code("humour"),
    ]
)
TREE_CODINGS = pd.DataFrame(
    [("u1", "to policy"), ("u2", "to policy"), ("u2", "to software"), ("u3", "resistance"), ("u4", "humour")],
    columns=["unit", "code"],
).assign(coder="ann", document="d", case="A")


def test_a_parent_code_has_what_its_sub_codes_have() -> None:
    """u1, u2 by sub-codes and u3 itself: 3 of 4 units; of its own 1."""
    made = Study(TREE_CODINGS, codebook=TREE)
    together = es.case_matrix(made)
    assert together.to_frame().loc["A", "resistance"] == 3
    assert "Figures of 'resistance' include their sub-codes; subcodes='exclude' leaves these out." in together.note
    alone = es.case_matrix(made, subcodes="exclude")
    assert alone.to_frame().loc["A"].to_dict() == {"resistance": 1, "to policy": 2, "to software": 1, "humour": 1}
    assert "leave out their sub-codes" in alone.note
    concepts = es.case_matrix(made, of="concepts").to_frame()
    assert concepts.loc["A"].to_dict() == {"resistance": 3}  # sub-codes without a concept have their parent's
    assert es.case_matrix(made, of="concepts", subcodes="exclude").to_frame().loc["A", "resistance"] == 1
    cells = es.framework_matrix(made).cells
    assert cells["A", "resistance"].n_excerpts == 3
    assert es.framework_matrix(made, subcodes="exclude").cells["A", "resistance"].n_excerpts == 1


def test_a_theme_that_was_applied_by_its_sub_codes_only() -> None:
    """Passages under sub-codes only: the theme's share is that of units with any of them, 2 of 3."""
    made = Study(TREE_CODINGS[TREE_CODINGS["unit"] != "u3"], codebook=TREE)
    assert "resistance" not in es.case_matrix(made).to_frame()
    share = es.case_matrix(made, codes=["resistance"], show="share").to_frame()
    assert share.loc["A"].to_dict() == {"resistance": pytest.approx(2 / 3)}
    with pytest.raises(DataError, match=r"no code 'resistence'.*Did you mean 'resistance'"):
        es.case_matrix(made, codes=["resistence"])


def test_a_code_and_its_sub_code_are_no_pair() -> None:
    """u2 has both sub-codes; resistance with its own sub-codes is no co-occurrence."""
    found = es.cooccurrence(Study(TREE_CODINGS, codebook=TREE))
    assert found.counts.loc["resistance", "resistance"] == 3
    assert list(found.to_frame().index) == [("to policy", "to software")]


def test_sub_concepts_count_for_the_concept_above_them() -> None:
    """A framework's sub-concept counts for the concept above it where that is a column too."""
    child = next(key for key in es.theory.FRAMEWORK if es.theory.FRAMEWORK.ancestors(key))
    parent = next(iter(es.theory.FRAMEWORK.ancestors(child)))
    book = Codebook([Code("one", concept=child), Code("other", concept=parent)])
    rows = pd.DataFrame([("u1", "one"), ("u2", "other")], columns=["unit", "code"]).assign(coder="ann", case="A")
    made = Study(rows, codebook=book)
    assert es.case_matrix(made, of="concepts").to_frame().loc["A", parent] == 2
    assert es.case_matrix(made, of="concepts", subcodes="exclude").to_frame().loc["A", parent] == 1


def test_a_code_that_was_possible_for_one_question_only(tmp_path: Path) -> None:
    """Question 2 is half of the units, and 12 of its 40 have the code: .3, not .15."""
    rows = [
        {"unit": f"r{person}-{question}", "document": f"r{person}", "case": "AB"[person % 2], "question": question,
         "coder": "ann", "code": "reason" if question == "Q2" and person < 12 else "answer"}
        for person in range(40) for question in ("Q1", "Q2")
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "answers.csv", index=False)
    table = pd.DataFrame(rows)
    made = Study(
        table[["unit", "document", "case", "coder", "code"]], units=table[["unit", "document", "case", "question"]]
    )
    pooled = es.case_matrix(made, show="share")
    assert "'reason' was applied under some values of 'question' only" in pooled.note
    assert "available='question'" in pooled.note
    share = es.case_matrix(made, show="share", available="question").to_frame()["reason"]
    assert share.to_dict() == {"A": 0.3, "B": 0.3}
    found = es.contrast(made.select(codes=["reason"]), available="question", **FEW)
    assert found.shares.loc["reason", "n"].tolist() == [20, 20]
    assert "Units under question = 'Q2' only" in found.note
    assert es.case_matrix(made, by="question").to_frame().loc["Q2", "reason"] == 12


# -- attributes --------------------------------------------------------------------------------------------------------


def focus_group() -> Study:
    """One document, three speakers: two nurses with 3 and 1 turns, one GP with 2; the code on both turns of the GP."""
    table = pd.DataFrame(
        {
            "unit": [f"t{n}" for n in range(6)],
            "document": "focus group",
            "participant": ["Ana", "Ana", "Bo", "Cy", "Ana", "Cy"],
        }
    )
    roles = pd.DataFrame({"participant": ["Ana", "Bo", "Cy"], "role": ["nurse", "nurse", "GP"]})
    codings = pd.DataFrame({"unit": ["t3", "t5", "t0"], "coder": "ann", "code": ["trust", "trust", "doubt"]})
    read = pd.DataFrame({"coder": ["ann"], "document": ["focus group"]})
    return Study(codings, units=table, participants=roles, assignments=read)


def test_a_focus_group_by_role_and_by_participant() -> None:
    """Each turn counts for its speaker: trust 2 of the GP's 2 turns, doubt 1 of the nurses' 4."""
    share = es.case_matrix(focus_group(), by="role", show="share").to_frame()
    assert share.loc["GP"].to_dict() == {"trust": 1.0, "doubt": 0.0}
    assert share.loc["nurse"].to_dict() == {"trust": 0.0, "doubt": 0.25}
    counts = es.case_matrix(focus_group(), by="participant").to_frame()
    assert counts["trust"].to_dict() == {"Ana": 0, "Bo": 0, "Cy": 2}


def test_focus_groups_by_role_are_compared_over_participants() -> None:
    """Six groups of four speakers: participants, not documents, lie within roles, and are the clusters."""
    rng = np.random.default_rng(1)
    rows = [
        (f"g{group}.{speaker}.{turn}", f"g{group}", f"g{group}.{speaker}")
        for group in range(6) for speaker in range(4) for turn in range(5)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["unit", "document", "participant"])
    people = pd.DataFrame({"participant": table["participant"].unique()})
    people["role"] = np.where(people["participant"].str[-1].isin(["0", "1"]), "GP", "nurse")
    gp = table["participant"].str[-1].isin(["0", "1"])
    made = study(table, pd.Series(rng.random(len(table)) < np.where(gp, 0.6, 0.1)), participants=people)
    found = es.contrast(made, by="role", **FEW)
    assert found.cluster == "participant"
    assert found.to_frame().loc["x", "p"] <= 0.01


def test_a_role_of_cases_is_not_ambiguous_with_the_empty_role_of_participants() -> None:
    """Participants have a built-in column role without a value: by='role' is that of the cases."""
    table = units({"a": 2, "b": 2}, case={"a": "A", "b": "B"}, participant={"a": "p", "b": "q"})
    cases = pd.DataFrame({"case": ["A", "B"], "role": ["pilot", "control"], "site": ["north", "south"]})
    made = study(table, table["unit"] == "a.0", cases=cases)
    assert es.case_matrix(made, by="role").to_frame()["x"].to_dict() == {"pilot": 1, "control": 0}
    assert es.case_matrix(made, by="site").to_frame()["x"].to_dict() == {"north": 1, "south": 0}
    with pytest.raises(DataError, match="no attribute 'rolle'"):
        es.case_matrix(made, by="rolle")


# -- similarity, co-occurrence, small-N --------------------------------------------------------------------------------


def test_cases_of_equal_profile_and_different_size_are_alike() -> None:
    """Twelve codes on every sixth unit or less, equal shares in 6 and 198 units: rarefied they are alike."""
    shares = {f"c{n}": (n % 3 + 1) / 6 for n in range(9)}
    rows = []
    for case, size in (("small", 6), ("large", 198)):
        for place, (code, share) in enumerate(shares.items()):
            rows += [(f"{case}{(n + place) % size}", case, code) for n in range(round(share * size))]
    rows += [(f"large{n}", "large", f"rare{n}") for n in range(9)]  # once in 198 units: .03 of being in 6
    codings = pd.DataFrame(rows, columns=["unit", "case", "code"]).assign(coder="ann")
    codings["document"] = codings["case"]
    table = pd.DataFrame([(f"{c}{n}", c, c) for c, k in (("small", 6), ("large", 198)) for n in range(k)],
                         columns=["unit", "document", "case"])  # fmt: skip
    made = Study(codings, units=table)
    plain = similarity(made, measure="jaccard", rarefy=False).matrix.loc["small", "large"]
    rarefied = similarity(made, measure="jaccard")
    assert plain == pytest.approx(0.5)  # 9 of 18 codes are in both
    present = np.array(
        [1 - np.prod([(198 - round(s * 198) - n) / (198 - n) for n in range(6)]) for s in shares.values()]
    )
    rare = 9 * 6 / 198
    expected = present.sum() / (9 + rare)
    assert rarefied.matrix.loc["small", "large"] == pytest.approx(expected)
    assert "Rows have 6 to 198 units" in rarefied.note
    assert any("Hurlbert" in reference for reference in rarefied.cite())


def test_codes_by_different_coders_on_one_unit() -> None:
    """ann says trust, ben doubt of u1: together only where any coder's codes count."""
    codings = pd.DataFrame(
        {"unit": ["u1", "u1", "u2"], "coder": ["ann", "ben", "ann"], "code": ["trust", "doubt", "trust"]}
    )
    made = Study(codings.assign(document="d"))
    assert es.cooccurrence(made).counts.loc["trust", "doubt"] == 0
    merged = es.cooccurrence(made, coders="any")
    assert merged.counts.loc["trust", "doubt"] == 1
    assert merged.expected.loc["trust", "doubt"] == pytest.approx(1)  # 2 x 1 / 2
    assert "any coders, whoever applied which" in merged.counted()


def test_a_distance_over_one_shared_condition_does_not_beat_a_full_comparison() -> None:
    """X-Y agree on the only known condition of four; X-Z on all four: X-Z is most similar, X-Y is not ranked."""
    table = pd.DataFrame(
        {"a": [1, 1, 1], "b": [1, np.nan, 1], "c": [0, np.nan, 0], "d": [0, np.nan, 0], "out": [1, 0, 0]},
        index=["X", "Y", "Z"],
    )
    found = most_similar(table, outcome="out")
    assert found.best == (("X", "Z"),)
    assert np.isnan(found.to_frame().loc[("X", "Y"), "distance"])
    assert "1 pair not ranked: fewer than 50% of the conditions are known in both." in found.note
    all_pairs = most_similar(table, outcome="out", least=0.25).to_frame()
    assert list(all_pairs.index) == [("X", "Z"), ("X", "Y")]  # equal shares: more conditions first


def test_the_effect_of_a_small_perfect_table_stays_within_one() -> None:
    """[[5, 0], [0, 5]]: V is 1 and its interval within [0, 1]; it was 1.001 to 1.001."""
    found = association([[5, 0], [0, 5]])
    assert found.v <= 1
    assert 0 < found.v_interval.low < found.v_interval.high == 1


def test_a_large_table_has_its_exact_odds_ratio_at_once() -> None:
    """n = 28,500; R's fisher.test(matrix(c(9000, 6000, 5000, 8500), 2)) takes the same conditional likelihood."""
    found = association([[9000, 5000], [6000, 8500]], replicates=99)
    assert found.odds_ratio == pytest.approx(2.55)
    assert found.odds_ratio_interval is not None
    log_error = 1.96 * np.sqrt(1 / 9000 + 1 / 5000 + 1 / 6000 + 1 / 8500)  # Woolf, near the exact one for large counts
    ends = found.odds_ratio_interval
    assert (ends.low, ends.high) == (
        pytest.approx(2.55 * np.exp(-log_error), rel=2e-3),
        pytest.approx(2.55 * np.exp(log_error), rel=2e-3),
    )


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_a_small_study_by_hand(tmp_path: Path) -> None:
    """Two cases, three documents, two coders, from a CSV file; every cell counted on paper."""
    (tmp_path / "codings.csv").write_text(
        "unit,document,case,coder,code,memo\n"
        "u1,d1,North,ann,imposed,felt pressed\n"
        "u1,d1,North,ben,imposed,\n"
        "u2,d1,North,ann,workaround,\n"
        "u3,d2,North,ann,imposed,again\n"
        "u4,d3,South,ann,workaround,\n"
        "u4,d3,South,ben,workaround,\n"
        "u5,d3,South,ben,local,\n"
    )
    made = es.read(tmp_path / "codings.csv")
    counts = es.case_matrix(made).to_frame()
    assert counts.loc["North"].to_dict() == {"imposed": 2, "workaround": 1, "local": 0}
    assert counts.loc["South"].to_dict() == {"imposed": 0, "workaround": 1, "local": 1}
    cells = es.framework_matrix(made.with_summaries({("North", "imposed"): "From above."})).cells
    cell = next(cell for (case, code), cell in cells.items() if (case, code) == ("North", "imposed"))
    assert (cell.n_excerpts, cell.n_documents) == (2, 2)
    assert cell.memos == ("felt pressed", "again")
    assert str(cell).startswith("From above.\nMemo: felt pressed\nMemo: again\n[2 excerpts in 2 documents]")
    together = es.cooccurrence(made).counts
    assert together.loc["imposed", "workaround"] == 0
    assert together.loc["workaround", "workaround"] == 2


def test_replication_by_hand() -> None:
    """Two predictions of outcome present, one held; one of absent, held."""
    table = pd.DataFrame({"imposed": [1, 1, 0], "bypassed": [1, 0, 0]}, index=["X", "Y", "Z"])
    found = replication(table, outcome="bypassed", predicted={"imposed": 1}).to_frame()
    assert found["replication"].to_dict() == {"X": "literal", "Y": "failed literal", "Z": "theoretical"}


def test_groups_of_equal_documents_are_tested_by_permutation_alone() -> None:
    """Documents of one length: no model beside the permutations."""
    sizes = {f"{case}{n}": 6 for case in "AB" for n in range(8)}
    table = units(sizes, case={name: name[0] for name in sizes})
    rng = np.random.default_rng(0)
    found = es.contrast(study(table, pd.Series(rng.random(len(table)) < 0.4)), **FEW)
    assert "beta-binomial" not in found.methods_text()


# -- spellings, amounts and totals ------------------------------------------------------------------------------------


SPELT = pd.DataFrame(
    {"case": list("ABCD"), "mandate": ["local", "Local", "national ", "national"],
     "bypassed": ["yes", "Yes", "no", "yes "]},
)  # fmt: skip


@pytest.mark.parametrize("source", ["frame", "csv", "xlsx"])
def test_one_value_in_several_spellings_is_one_value(source: str, tmp_path: Path) -> None:
    """The outcome is there in A, B and D, spelt in three ways: C alone lacks it; mandate has two values."""
    table = SPELT
    if source == "csv":
        table.to_csv(tmp_path / "cases.csv", index=False)
        table = pd.read_csv(tmp_path / "cases.csv")
    elif source == "xlsx":
        table.to_excel(tmp_path / "cases.xlsx", index=False)
        table = pd.read_excel(tmp_path / "cases.xlsx")
    options = {"outcome": "bypassed", "present": "yes"}
    respelt = "'Local' as 'local' in mandate, 'Yes' as 'yes' in bypassed."
    told = f"Values that differ only in spelling were read as one: {respelt}"
    similar = most_similar(table, **options)  # type: ignore[arg-type]
    assert set(similar.to_frame().index) == {("A", "C"), ("B", "C"), ("C", "D")}
    assert similar.best == (("C", "D"),)
    different = most_different(table, **options)  # type: ignore[arg-type]
    assert different.to_frame().loc[("A", "B"), "distance"] == 0
    expected = replication(table, predicted={"mandate": "LOCAL"}, **options)  # type: ignore[arg-type]
    assert expected.to_frame()["replication"].to_dict() == {
        "A": "literal", "B": "literal", "C": "theoretical", "D": "failed theoretical",
    }  # fmt: skip
    agreement = method_of_agreement(table, **options)  # type: ignore[arg-type]
    assert agreement.eliminated == {"mandate": "local in A, B, national in D"}
    difference = method_of_difference(table, positive="D", **options)  # type: ignore[arg-type]
    assert difference.eliminated == {"mandate": "national in both"}
    joint = joint_method(table, **options)  # type: ignore[arg-type]
    for result in (similar, different, expected, agreement, difference, joint):
        assert told in repr(result)
    for present in ("YES", "yes "):
        assert most_similar(table, outcome="bypassed", present=present, measure="gower").best == (("C", "D"),)
    with pytest.raises(DataError, match=r"no case has bypassed = 'always'; it is 'yes', 'no'"):
        most_similar(table, outcome="bypassed", present="always")


def test_a_column_case_is_the_case_column_however_it_is_written() -> None:
    """Cases in a column Case or CASE are named after it, and it is no condition."""
    for name in ("Case", "CASE", "case"):
        table = LIPSETS.rename(columns={"case": name})
        assert most_similar(table, outcome="y").to_frame()["differs"].to_dict() == {("P", "Q"): "b", ("P", "R"): "a"}
        assert list(es.case_matrix(table).to_frame().index) == ["P", "Q", "R"]
        assert list(concomitant_variation(table, outcome="a").to_frame().index) == ["b", "y"]


LIPSETS = pd.DataFrame({"case": list("PQR"), "a": [1, 1, 0], "b": [1, 0, 1], "y": [1, 0, 0]})


@pytest.mark.parametrize("other", ["P", "P ", " p", "p"])
def test_a_case_that_is_entered_twice_is_refused_in_any_spelling(other: str) -> None:
    table = LIPSETS.assign(case=["P", "Q", other])
    for call in (
        lambda: most_similar(table, outcome="y"),
        lambda: replication(table, outcome="y", predicted={"a": 1}),
        lambda: concomitant_variation(table, outcome="y"),
        lambda: es.case_matrix(table),
    ):
        with pytest.raises(DataError, match=r"occurs more than once|differ only by capitals or blanks"):
            call()


@pytest.mark.parametrize("amounts", [[80, 79, 12], [80.5, 79, 12]])
def test_percentages_are_no_categories(amounts: list[float]) -> None:
    """80 and 79 per cent are nearly alike; as categories they would differ as 80 and 12 do."""
    table = LIPSETS.assign(budget=amounts)
    with pytest.raises(DataError, match=r"'budget' must hold scores .* or whole numbers below 10.*measure='gower'"):
        most_similar(table, outcome="y")
    steps = most_similar(table, measure="gower", conditions=["budget"]).to_frame()["distance"]
    assert steps[("P", "Q")] < 0.05 < 0.9 < steps[("Q", "R")]


ANSWERS = pd.DataFrame(
    {"role": ["GP"] * 10 + ["nurse"] * 10, "answer": ["yes"] * 7 + ["no"] * 3 + ["yes"] * 2 + ["no"] * 8}
)


@pytest.mark.parametrize("names", [None, "Total", "Gesamt"])
def test_totals_of_a_cross_table_are_refused(names: str | None) -> None:
    """7 of 10 and 2 of 10: R's fisher.test gives p = .0698; with totals p was larger by far."""
    table = pd.crosstab(ANSWERS["role"], ANSWERS["answer"])
    assert association(table).p == pytest.approx(0.0698, abs=1e-4)
    options = {} if names is None else {"margins_name": names}
    both = pd.crosstab(ANSWERS["role"], ANSWERS["answer"], margins=True, **options)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"no totals; its row .* is the sum of the others.*without margins=True"):
        association(both)
    with pytest.raises(DataError, match="no totals"):
        association(both.to_numpy())
    if names != "Gesamt":
        with pytest.raises(DataError, match="no totals; its column"):
            association(both.drop(index=names or "All"))


def test_a_group_that_happens_to_be_the_sum_of_the_others_is_kept_where_it_has_a_name() -> None:
    table = pd.DataFrame([[1, 0], [0, 1], [1, 1]], index=["North", "South", "East"], columns=["yes", "no"])
    assert association(table).degrees == 2


def test_excerpts_are_not_offered_as_independent_counts() -> None:
    with pytest.raises(DataError, match=r"must be counts: whole numbers from 0.*one row per person"):
        association([[0.2, 0.8], [0.5, 0.5]])
