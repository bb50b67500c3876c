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


def double_coded(no_code: str | None) -> pd.DataFrame:
    """Forty excerpts in four interviews, read by Ann and Ben: a row with a code, or with a word for none."""
    draw = np.random.default_rng(7)
    rows = []
    for number, applies in enumerate(draw.random(40) < 0.4):
        for coder in ("Ann", "Ben"):
            code = "trust" if applies != (draw.random() < 0.12) else no_code
            rows.append((f"I{number // 10}", f"I{number // 10}.{number % 10}", coder, code))
    return pd.DataFrame(rows, columns=["document", "unit", "coder", "code"]).dropna()


def test_readings_of_one_coder_leave_those_of_others() -> None:
    """Ben's interviews are given; Ann's "none" rows still say what she read: the same alpha on the same 40 excerpts."""
    study = es.read(double_coded("none"))
    given = es.read(double_coded("none"), seen={"Ben": ["I0", "I1", "I2", "I3"]})
    columns = ["estimate", "n_units"]
    assert es.reliability(given).loc["trust", columns].equals(es.reliability(study).loc["trust", columns])
    assert es.reliability(given).loc["trust", "n_units"] == 40


def test_units_listed_under_other_names_are_refused() -> None:
    """The list writes I0-0 for I0.0: these would be 40 more units on which both agree that nothing applies."""
    table = double_coded("none")[["coder", "unit"]]
    listed = table.assign(unit=table["unit"].str.replace(".", "-", regex=False))
    with pytest.raises(es.errors.DataError, match="does not have the units 'I0-0', 'I0-1', 'I0-2' and 37 more"):
        es.read(double_coded(None), seen=listed)


def test_units_that_nobody_coded_are_missed_at_the_number() -> None:
    """Everything was read, and only codes are listed: excerpts without a code from either coder are not in the file."""
    study = es.read(double_coded(None), seen="all")
    assert "those that nobody coded are missing, and agreement is too low" in es.reliability(study).loc["trust", "note"]
    whole = es.read(double_coded("none"))
    assert "those that nobody coded are missing" not in es.reliability(whole).loc["trust", "note"]


def test_a_consensus_among_the_coders_is_named_at_the_number() -> None:
    """A third coder called Consensus agrees with both, and raises alpha."""
    table = double_coded("none")
    settled = table[table["coder"] == "Ann"].assign(coder="Consensus")
    note = es.reliability(es.read(pd.concat([table, settled]))).loc["trust", "note"]
    assert "'Consensus' looks like a consensus of the other coders" in note


def excerpts_of_one_coder() -> pd.DataFrame:
    """Two sites of six interviews with ten excerpts each, of which two carry "trust"; in the south six more "other"."""
    rows = [
        (
            site,
            f"{site}{document}",
            f"{site}{document}.{n}",
            "Ann",
            "trust" if n < 2 else "other" if n < coded else "none",
        )
        for site, coded in (("north", 2), ("south", 8))
        for document in range(6)
        for n in range(10)
    ]
    return pd.DataFrame(rows, columns=["case", "document", "unit", "coder", "code"])


def test_one_coder_whose_file_has_coded_excerpts_only_is_told_so_at_the_number() -> None:
    """ "trust" has .2 of the excerpts in both sites, and 1 and .25 of the coded ones alone; the notes say so."""
    table = excerpts_of_one_coder()
    whole, coded = es.read(table), es.read(table[table["code"] != "none"])
    assert es.case_matrix(whole, show="share").to_frame()["trust"].tolist() == [0.2, 0.2]
    assert whole.reading_note == ""
    for result in (es.case_matrix(coded, show="share"), es.contrast(coded, by="case")):
        assert "shares are of the units that were coded" in result.note
    assert "shares are of the units that were coded" in es.cooccurrence(coded).note


def test_attributes_of_cases_are_added_without_loss() -> None:
    """The region of each site, from a table beside the codings, or from a column that is the same within each site."""
    table = excerpts_of_one_coder()
    region = pd.DataFrame({"case": ["north", "south"], "region": ["rural", "urban"]})
    beside = es.read(table).with_attributes(cases=region)
    column = es.read(table.merge(region, on="case"))
    for study in (beside, column):
        assert study.cases["region"].tolist() == ["rural", "urban"]
        assert len(study.seen) == 120
        assert es.case_matrix(study, by="region", show="share").to_frame()["trust"].tolist() == [0.2, 0.2]
    with pytest.raises(es.errors.DataError, match="no case 'nort'; there are: 'north', 'south'"):
        es.read(table).with_attributes(cases=region.replace("north", "nort"))


@pytest.mark.parametrize("header", ["case", "site"])
def test_participants_numbered_anew_in_each_site(header: str) -> None:
    """Three sites with an interview 1 to 6 and participants P1 to P6 each: eighteen people, not six."""
    rows = [
        (site, f"Interview {p}", f"P{p}", str(n), "ann", "trust" if n else "none")
        for site in ("north", "south", "east")
        for p in range(1, 7)
        for n in range(3)
    ]
    table = pd.DataFrame(rows, columns=[header, "document", "participant", "unit", "coder", "code"])
    assert len(es.read(table, case=header).participants) == 18
    assert len(es.read(table, case=header, shared_participants=True).participants) == 6
    waves = table.replace({"north": "before", "south": "after", "east": "later"}).rename(columns={header: "case"})
    waves = waves.assign(document=waves["case"] + waves["document"])
    assert len(es.read(waves).participants) == 6


def test_an_expert_who_coded_once_beside_two_rounds() -> None:
    """Ann and Ben code twelve units in two rounds and agree in the second only; the expert codes once, as they end."""
    second = ["trust" if n % 2 else "none" for n in range(12)]
    rows = [
        (f"u{n}", coder, round_, code if round_ != "1" or coder == "ann" else "trust")
        for n, code in enumerate(second)
        for coder, round_ in (("ann", "1"), ("ben", "1"), ("ann", "2"), ("ben", "2"), ("expert", None))
    ]
    study = es.read(pd.DataFrame(rows, columns=["unit", "coder", "round", "code"]))
    with pytest.raises(es.errors.DataError, match=r"rounds=\['1', None\] with the coders who coded once"):
        es.reliability(study)
    table = es.reliability(study.select(rounds=["2", None]))
    assert table.loc["trust", ["estimate", "n_units", "n_coders"]].tolist() == [1.0, 12, 3]
    assert es.reliability(study.select(rounds=["1", None])).loc["trust", "estimate"] < 0.7


def test_one_coder_who_recodes_a_part_and_lists_codes_only() -> None:
    """Ann recodes three of ten excerpts alike; the file has no other rows of the second round: said at the number."""
    rows = [("I1", f"e{n}", "ann", "xy"[n % 2], "first") for n in range(10)]
    rows += [("I1", f"e{n}", "ann", "xy"[n % 2], "recode") for n in (0, 3, 5)]
    study = es.read(pd.DataFrame(rows, columns=["document", "unit", "coder", "code", "round"]))
    found = es.agreement.intra_coder(study)
    assert found["note"].str.contains("Who read what is assumed").all()
    again = pd.DataFrame({"unit": ["e0", "e3", "e5"], "document": "I1", "round": "recode"})
    first = pd.DataFrame({"unit": [f"e{n}" for n in range(10)], "document": "I1", "round": "first"})
    known = study.with_assignments(pd.concat([first, again]), coder="ann")
    assert es.agreement.intra_coder(known).iloc[0][["estimate", "n_units"]].tolist() == [1.0, 3]


def test_a_consensus_of_assumed_readings_says_so() -> None:
    """Ben coded two of ten units that Ann coded: eight are open only because he is taken to have read them."""
    rows = [("I1", f"e{n}", "ann", "x") for n in range(10)] + [("I1", f"e{n}", "ben", "x") for n in range(2)]
    study = es.read(pd.DataFrame(rows, columns=["document", "unit", "coder", "code"]))
    assert "Who read what is assumed" in es.agreement.consensus(study, rule="majority").note
    assert "Who read what is assumed" in es.agreement.confusion(study).note
