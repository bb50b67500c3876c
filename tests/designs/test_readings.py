"""Who read what: a second coder of a part, rounds on different documents, open items, coders without a code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import expertsys as es

UNITS = pd.DataFrame(
    {
        "unit": [f"I{d:02}-{u:02}" for d in range(40) for u in range(20)],
        "document": [f"I{d:02}" for d in range(40) for _ in range(20)],
    }
)


def applied(share: float, seed: int) -> pd.Series[bool]:
    """Whether a coder applied the code to each unit."""
    return pd.Series(np.random.default_rng(seed).random(len(UNITS)) < share)


def codings(coder: str, units: pd.Series[bool], **more: object) -> pd.DataFrame:
    """One row for each unit that the coder gave the code."""
    return UNITS[units].assign(coder=coder, code="policy", **more)


def test_a_second_coder_of_a_scattered_fifth_agrees_on_all_of_it() -> None:
    """Ben reads 160 of 800 units, scattered over the interviews, and agrees on each: alpha 1 on 160 units."""
    ann = applied(0.3, 1)
    draw = es.agreement.double_code(UNITS, units=0.2, case=None, rng=7)
    drawn = UNITS["unit"].isin(draw.drawn)
    study = es.read(pd.concat([codings("ann", ann), codings("ben", ann & drawn)]))
    study = study.with_assignments(draw, coder="ben")
    row = es.reliability(study).loc["policy"]
    assert (row["estimate"], row["n_units"]) == (1.0, 160)
    assert study.seen["coder"].value_counts().to_dict() == {"ann": 800, "ben": 160}


def test_without_word_of_what_was_read_each_figure_names_the_coder_in_doubt() -> None:
    """The same file read with defaults: the assumption and Ben's small share stand at the number itself."""
    ann = applied(0.3, 1)
    drawn = UNITS.index.isin(np.random.default_rng(2).choice(800, 160, replace=False))
    study = es.read(pd.concat([codings("ann", ann), codings("ben", ann & drawn)]))
    note = es.reliability(study).loc["policy", "note"]
    assert "assumed: a coder read every unit of each document in which they coded anything" in note
    assert "if 'ben' read only some of them, say which with study.with_assignments(...)" in note


def test_a_round_counts_only_the_documents_that_were_read_in_it() -> None:
    """A pilot on 10 interviews, the main round on 30 others: the pilot has 200 units, not 800."""
    pilot = UNITS["document"] < "I10"
    ann, ben = applied(0.3, 1), applied(0.3, 3)
    table = pd.concat(
        codings(coder, chosen & (pilot if name == "pilot" else ~pilot), round=name)
        for coder, chosen in (("ann", ann), ("ben", ben))
        for name in ("pilot", "main")
    )
    study = es.Study(table, units=UNITS)
    chosen = study.select(rounds=["pilot"])
    both = pd.DataFrame({"ann": ann[pilot], "ben": ben[pilot]}).astype(int).to_numpy()
    truth = es.agreement.krippendorff_alpha(es.agreement.Ratings.from_array(both, coders="columns"), level="nominal")
    row = es.reliability(chosen).loc["policy"]
    assert row["n_units"] == 200
    assert row["estimate"] == pytest.approx(truth.estimate)
    given = study.with_assignments("all").select(rounds=["pilot"])
    assert es.reliability(given).loc["policy", "n_units"] == 200


def test_an_open_item_of_a_consensus_leaves_the_rest_of_its_document_read() -> None:
    """Two coders agree on 2 of 10 units in each of two interviews and differ on one: shares of 2 in 9 and 2 in 10."""
    units = pd.DataFrame(
        {"unit": [f"{d}{u}" for d in "ab" for u in range(10)], "document": list("a" * 10 + "b" * 10)}
    ).assign(case=lambda table: table["document"].map({"a": "north", "b": "south"}))
    ann = units[units["unit"].isin(["a0", "a1", "a2", "b0", "b1"])].assign(coder="ann", code="trust")
    ben = units[units["unit"].isin(["a0", "a1", "b0", "b1"])].assign(coder="ben", code="trust")
    study = es.Study(pd.concat([ann, ben]), units=units).with_assignments("all")
    settled = es.agreement.consensus(study, rule="majority").study.select(rounds=["consensus"])
    assert settled.seen.groupby("case")["unit"].nunique().to_dict() == {"north": 9, "south": 10}
    shares = es.case_matrix(settled, show="share").to_frame()["trust"]
    assert shares.to_dict() == {"north": pytest.approx(2 / 9), "south": pytest.approx(0.2)}


def test_merged_units_numbered_within_interviews_are_the_same_units() -> None:
    """Ann's file has two interviews, Ben's one of them; both number the excerpts from 0: alpha 1 on 15 units."""
    ann = pd.DataFrame({"document": ["I1"] * 15 + ["I2"] * 15, "unit": [*range(15)] * 2, "coder": "ann"})
    ann["code"] = np.where(ann["unit"] % 3 == 0, "trust", "other")
    ben = ann[ann["document"] == "I1"].assign(coder="ben")
    merged = es.merge(es.read(ann), es.read(ben))
    table = es.reliability(merged)
    assert table.loc["trust", ["estimate", "n_units"]].tolist() == [1.0, 15]


def test_merged_units_of_one_number_in_different_interviews_stay_apart() -> None:
    """Each coder's file has an interview of their own, numbered from 0: no unit was read by both."""
    ann = pd.DataFrame({"document": "I1", "unit": [*range(5)], "coder": "ann", "code": "trust"})
    merged = es.merge(es.read(ann), es.read(ann.assign(document="I2", coder="ben")))
    assert len(merged.units) == 10
    assert merged.seen.groupby("unit").size().max() == 1


def test_a_coder_who_read_everything_and_applied_nothing_takes_part() -> None:
    """Zoe read all units and applied no code: she has 800 readings, and agrees with nobody on what Ann applied."""
    study = es.Study(codings("ann", applied(0.3, 1)), units=UNITS)
    everything = list(UNITS["unit"])
    study = study.with_assignments({"ann": everything, "zoe": everything})
    assert study.seen["coder"].value_counts().to_dict() == {"ann": 800, "zoe": 800}
    assert es.reliability(study).loc["policy", "n_coders"] == 2
