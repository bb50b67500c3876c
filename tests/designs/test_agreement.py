"""Agreement from file to figure: clusters, rounds, scores, runs of a model, codes of one question, dates, sub-codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys.errors import DataError

A = es.agreement


def long(cells: dict[str, list[Any]], **columns: Any) -> pd.DataFrame:
    """A long table from the codes of each coder, unit by unit; None where a coder did not read the unit."""
    size = len(next(iter(cells.values())))
    shared = {name: list(values) for name, values in columns.items()}
    rows = [
        {"unit": f"u{n:04}", "coder": coder, "code": codes[n], **{name: values[n] for name, values in shared.items()}}
        for coder, codes in cells.items()
        for n in range(size)
        if codes[n] is not None
    ]
    return pd.DataFrame(rows)


def alpha(first: list[Any], second: list[Any]) -> float:
    """Nominal alpha of two coders by hand: 1 − observed / expected disagreement."""
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    observed = np.mean([a != b for a, b in pairs])
    values = [value for pair in pairs for value in pair]
    n = len(values)
    same = sum(values.count(value) * (values.count(value) - 1) for value in set(values)) / (n * (n - 1))
    return float(1 - observed / (1 - same))


def in_documents(draw: np.random.Generator, documents: int, size: int) -> tuple[list[str], list[str], list[str]]:
    """Documents that differ in how easy they are and in how often the code occurs: two coders' codes, documents."""
    ann, ben, place = [], [], []
    for number in range(documents):
        ease, share = draw.beta(4.2, 1.8), draw.beta(1.8, 4.2)
        for _ in range(size):
            first = draw.random() < share
            second = first if draw.random() < ease else draw.random() < share
            ann.append("yes" if first else "no")
            ben.append("yes" if second else "no")
            place.append(f"d{number:02}")
    return ann, ben, place


# --- clusters by default -------------------------------------------------------------------------------------------


def test_intervals_go_by_documents_and_say_so(tmp_path: Path) -> None:
    """20 documents of 15 excerpts: the default interval is that of cluster='document', wider than by unit."""
    ann, ben, place = in_documents(np.random.default_rng(4), 20, 15)
    long({"ann": ann, "ben": ben}, document=place).to_csv(tmp_path / "codes.csv", index=False)
    study = es.read(tmp_path / "codes.csv")
    default = es.reliability(study, codes=["yes"])
    named = es.reliability(study, codes=["yes"], cluster="document")
    by_unit = es.reliability(study, codes=["yes"], cluster="unit")
    assert default.loc["yes", "low"] == named.loc["yes", "low"] < by_unit.loc["yes", "low"]
    assert default.loc["yes", "estimate"] == pytest.approx(alpha(ann, ben))
    assert "20 clusters (document)" in default.loc["yes", "note"]
    assert default.attrs["method"] == "jackknife standard error over clusters (document)"
    assert "jackknife standard error over clusters (document)" in A.methods_text(study, default)
    result = A.krippendorff_alpha(A.Ratings.from_study(study, code="yes"), level="nominal")
    assert "20 clusters (document)" in repr(result)
    assert "over clusters (document)" in result.methods_text()


def test_excerpts_of_participants_in_documents_go_by_participants() -> None:
    """Each of 10 people gave two interviews of 6 excerpts: 10 clusters, not 20 or 120."""
    ann, ben, place = in_documents(np.random.default_rng(5), 20, 6)
    table = long({"ann": ann, "ben": ben}, document=place)
    people = pd.DataFrame(
        {"document": [f"d{n:02}" for n in range(20)], "participant": [f"p{n // 2}" for n in range(20)]}
    )
    study = es.Study(table, documents=people)
    assert "10 clusters (participant)" in es.reliability(study, codes=["yes"]).loc["yes", "note"]


def test_drift_over_documents_that_are_alike_deals_documents() -> None:
    """4 batches of 5 whole documents from one population: the deal is of documents, and Welch has few freedoms."""
    ann, ben, place = in_documents(np.random.default_rng(6), 20, 12)
    table = long({"ann": ann, "ben": ben}, document=place)
    batches = pd.DataFrame({"document": [f"d{n:02}" for n in range(20)], "batch": [n // 5 for n in range(20)]})
    found = A.drift(es.Study(table, documents=batches), by="batch", code="yes", permutations=199)
    assert found.dealt == "clusters (document)"
    assert "clusters (document)" in repr(found)
    assert "clusters (document)" in found.methods_text()
    assert found.freedom == 3
    assert found.freedom_within < 16


def test_drift_by_day_within_documents_falls_back_to_units() -> None:
    """Documents that lie in two batches cannot be dealt whole; the result says that units were dealt."""
    ann, ben, place = in_documents(np.random.default_rng(6), 6, 10)
    table = long({"ann": ann, "ben": ben}, document=place, half=["first", "second"] * 30)
    units = table.drop_duplicates("unit")[["unit", "document", "half"]]
    found = A.drift(es.Study(table.drop(columns="half"), units=units), by="half", code="yes", permutations=99)
    assert found.dealt == "units"


# --- perfect agreement ---------------------------------------------------------------------------------------------


def test_perfect_agreement_has_an_interval_for_the_share_and_none_for_alpha() -> None:
    """40 of 40 units: Wilson 1927 gives 40 / (40 + 1.96²) = .912 to 1 (statsmodels proportion_confint: .9124)."""
    codes = ["yes", "no", "no", "yes"] * 10
    study = es.read(long({"ann": codes, "ben": codes}))
    row = es.reliability(study, codes=["yes"], coefficient="percent_agreement").loc["yes"]
    assert (row["estimate"], row["high"]) == (1.0, 1.0)
    assert row["low"] == pytest.approx(40 / (40 + 1.959964**2), abs=1e-6)
    bare = es.reliability(study, codes=["yes"]).loc["yes"]
    assert bare["estimate"] == 1
    assert np.isnan(bare["low"])
    assert "coders agree on all 40 units" in bare["note"]
    assert "no interval can be given" in bare["note"]


# --- rounds --------------------------------------------------------------------------------------------------------

PILOT = (list("xxyyxxyyxy"), list("xyyxxxyxxy"))
MAIN = (list("xxyyxxyyxyxx"), list("xxyyxxyyxyxy"))


def in_rounds(tmp_path: Path, names: tuple[str, str] = ("x", "x"), same: bool = False) -> es.Study:
    frames = []
    for number, (name, pair) in enumerate({"pilot": PILOT, "main": MAIN}.items()):
        table = long({"ann": pair[0], "ben": pair[1]})
        table["code"] = table["code"].replace("x", names[number])
        table["unit"] = ("" if same else name) + table["unit"]
        frames.append(table.assign(round=name))
    pd.concat(frames).to_csv(tmp_path / "rounds.csv", index=False)
    return es.read(tmp_path / "rounds.csv")


def test_agreement_round_by_round_and_its_change(tmp_path: Path) -> None:
    """Pilot: 10 units, 3 disagreements; main round: 12 others, 1. Alpha of each by hand, change is their difference."""
    study = in_rounds(tmp_path)
    table = es.reliability(study, by="round")
    before, after = alpha(*PILOT), alpha(*MAIN)
    assert table.loc[("pilot", "x"), "estimate"] == pytest.approx(before)
    assert table.loc[("main", "x"), "estimate"] == pytest.approx(after)
    assert table["n_units"].groupby("round").first().to_dict() == {"pilot": 10, "main": 12}
    change = A.change_between_rounds(study).loc["x"]
    assert change["change"] == pytest.approx(after - before)
    assert change["low"] < change["change"] < change["high"]
    assert change["n_shared"] == 0
    apart = [A.Ratings.from_array([list(row) for row in pair], coders="rows") for pair in (MAIN, PILOT)]
    found = A.compare(*(A.krippendorff_alpha(one, level="nominal") for one in apart), units="different")
    assert change["p_value"] == pytest.approx(found.p_value)


def test_rounds_on_the_same_units_are_compared_as_correlated(tmp_path: Path) -> None:
    """The pilot's ten units are read again in the main round: the change is paired over units."""
    study = in_rounds(tmp_path, same=True)
    change = A.change_between_rounds(study).loc["x"]
    assert change["n_shared"] == 10
    assert change["change"] == pytest.approx(alpha(*MAIN) - alpha(*PILOT))


def test_a_code_renamed_between_rounds(tmp_path: Path) -> None:
    """'x' was called 'old x' in the pilot: with map= it is one code in both rounds."""
    study = in_rounds(tmp_path, names=("old x", "x"))
    change = A.change_between_rounds(study, map={"old x": "x"}).loc["x"]
    assert change["first"] == pytest.approx(alpha(*PILOT))
    assert change["second"] == pytest.approx(alpha(*MAIN))
    assert es.reliability(study, by="round", map={"old x": "x"}).loc[("pilot", "x"), "estimate"] == change["first"]
    with pytest.raises(DataError, match="no code is called 'older x'"):
        es.reliability(study, by="round", map={"older x": "x"})


def test_the_same_coder_twice() -> None:
    """Ann codes 12 units in spring, and 8 of them again in autumn; on 6 she gives the same: by hand."""
    spring, autumn = list("xxyyxxyyxyxy"), [*"xxyyxyyx", None, None, None, None]
    table = pd.concat(
        [
            long({"ann": spring}).assign(round="spring"),
            long({"ann": autumn}).assign(round="autumn"),
            long({"ben": spring}).assign(round="spring"),
        ]
    )
    found = A.intra_coder(es.read(table))
    assert found.index.get_level_values("coder").unique().tolist() == ["ann"]
    row = found.loc[("ann", "x")]
    assert row["estimate"] == pytest.approx(alpha(spring[:8], autumn[:8]))
    assert row["agreement"] == pytest.approx(6 / 8)
    assert row["n_units"] == 8
    with pytest.raises(DataError, match="'ben' read no unit in two of the rounds"):
        A.intra_coder(es.read(table), coder="ben")


def test_what_does_not_mean_rounds_still_refuses_them(tmp_path: Path) -> None:
    study = in_rounds(tmp_path)
    with pytest.raises(DataError, match=r"must not mix rounds.*study.select\(rounds="):
        A.disagreements(study)
    with pytest.raises(DataError, match="change_between_rounds"):
        A.drift(study, by="round")


# --- scores --------------------------------------------------------------------------------------------------------


def scores(draw: np.random.Generator, units: int) -> tuple[list[int], list[int]]:
    truth = draw.integers(1, 6, units)
    noisy = [np.clip(truth + draw.choice([-1, 0, 0, 1], units), 1, 5) for _ in range(2)]
    return noisy[0].tolist(), noisy[1].tolist()


def test_scores_are_analysed_in_order_or_the_number_says_that_they_are_not(tmp_path: Path) -> None:
    """Scores 1 to 5 that differ by one at most: interval alpha by hand (1 − n Σ d² / Σ Σ d²), about .9."""
    ann, ben = scores(np.random.default_rng(3), 120)
    long({"ann": ann, "ben": ben}).to_csv(tmp_path / "scores.csv", index=False)
    study = es.read(tmp_path / "scores.csv")
    bare = es.reliability(study)
    assert bare["note"].str.contains("all codes are numbers").all()
    assert bare["note"].str.contains("level='ordinal'").all()
    table = es.reliability(study, level="interval")
    assert table.index.tolist() == ["scores (interval)"]
    pooled = np.array(ann + ben, dtype=float)
    between = ((pooled[:, None] - pooled[None, :]) ** 2).sum() / (240 * 239)
    within = np.mean((np.array(ann) - np.array(ben)) ** 2)
    assert table["estimate"].iloc[0] == pytest.approx(1 - within / between)
    assert "all codes are numbers" not in table["note"].iloc[0]
    assert es.reliability(study, level="ordinal")["estimate"].iloc[0] > 0.75
    kappa = es.reliability(study, level="interval", coefficient="cohen_kappa")["estimate"].iloc[0]
    ratings = A.Ratings.from_array([ann, ben], coders="rows")
    assert kappa == pytest.approx(A.cohen_kappa(ratings, weights="quadratic").estimate)
    assert A.drift(study, by={f"u{n:04}": n // 60 for n in range(120)}).note.count("all codes are numbers") == 1


def test_ordinal_words_take_the_order_of_the_codebook() -> None:
    """low < middle < high by the codebook; sorted by alphabet the order would be another, and alpha too."""
    first = ["low", "middle", "high", "low", "high", "middle", "low", "high"]
    second = ["low", "high", "high", "middle", "high", "middle", "low", "middle"]
    book = es.Codebook.of(["low", "middle", "high"])
    study = es.Study(long({"ann": first, "ben": second}), codebook=book)
    ranks = {"low": 1, "middle": 2, "high": 3}
    ratings = A.Ratings.from_array([[ranks[one] for one in row] for row in (first, second)], coders="rows")
    found = es.reliability(study, level="ordinal")
    assert found["estimate"].iloc[0] == pytest.approx(A.krippendorff_alpha(ratings, level="ordinal").estimate)
    assert "categories in the order of the codebook: 'low', 'middle', 'high'" in found["note"].iloc[0]


def test_several_codes_on_a_unit_are_no_scores() -> None:
    table = pd.concat([long({"ann": list("123"), "ben": list("123")}), long({"ann": list("231")})])
    with pytest.raises(DataError, match="scores take one code for each coder and unit; 'ann' gave 2"):
        es.reliability(es.read(table), level="ordinal")


# --- runs of one model ---------------------------------------------------------------------------------------------


def people_and_runs() -> tuple[es.Study, dict[str, list[str]]]:
    """Two people who agree on most units; a model that agrees with itself and with them little."""
    draw = np.random.default_rng(8)
    truth = draw.choice(["a", "b"], 150)
    other = {"a": "b", "b": "a"}

    def noisy(of: Any, share: float) -> list[str]:
        return [other[one] if draw.random() < share else one for one in of]

    model = noisy(truth, 0.35)
    cells = {"ann": noisy(truth, 0.05), "ben": noisy(truth, 0.05)}
    cells |= {f"gpt-{run}": noisy(model, 0.02) for run in (1, 2, 3)}
    return es.read(long(cells)), cells


def test_runs_of_a_model_are_no_panel() -> None:
    """The panel is ann and ben: each run is far from them, though the runs agree with each other."""
    study, _ = people_and_runs()
    found = A.against_panel(study, coder="gpt-1", code="a")
    assert found.members == ("ann", "ben")
    assert "'gpt-2', 'gpt-3' look like further runs of the same model and are left out" in found.note
    assert found.difference < -0.3
    named = A.against_panel(study, coder="gpt-1", panel=["ann", "ben"], code="a")
    assert named.difference == found.difference
    runs = A.against_panel(study, runs=["gpt-1", "gpt-2", "gpt-3"], panel=["ann", "ben"], code="a")
    assert runs.estimate == pytest.approx(runs.by_run["estimate"].mean())
    assert runs.by_run.loc["gpt-1", "estimate"] == pytest.approx(found.estimate)
    assert "gpt (3 runs)" in repr(runs)
    assert runs.difference_interval.high < 0
    people = A.cohen_kappa(A.Ratings.from_study(study, code="a"), coders=["ann", "ben"])
    assert found.panel == pytest.approx(people.estimate, abs=0.02)
    with pytest.raises(DataError, match="takes three humans"):
        A.alternative_annotator_test(study, coder="gpt-1", epsilon=0.1, code="a")
    note = es.reliability(study, codes=["a"]).loc["a", "note"]
    assert "'gpt-1', 'gpt-2', 'gpt-3' look like runs of one model" in note


def test_the_alternative_annotator_test_of_several_runs() -> None:
    """With three people the test is of the mean over runs; humans are those named."""
    study, cells = people_and_runs()
    draw = np.random.default_rng(1)
    third = ["ab"[("ab".index(one) + int(draw.random() < 0.05)) % 2] for one in cells["ann"]]
    study = es.read(long({**cells, "cy": third}))
    found = A.alternative_annotator_test(
        study, runs=["gpt-1", "gpt-2", "gpt-3"], panel=["ann", "ben", "cy"], epsilon=0.1, code="a"
    )
    assert found.to_frame().index.tolist() == ["ann", "ben", "cy"]
    assert found.winning_rate == 0
    each = [
        A.alternative_annotator_test(study, coder=f"gpt-{run}", panel=["ann", "ben", "cy"], epsilon=0.1, code="a")
        for run in (1, 2, 3)
    ]
    assert found.advantage == pytest.approx(np.mean([one.advantage for one in each]))


def test_numbered_people_are_a_panel_and_doubtful_names_are_asked_about() -> None:
    draw = np.random.default_rng(2)
    rows = {name: draw.choice(["a", "b"], 40).tolist() for name in ("coder 1", "coder 2", "coder 3")}
    assert A.against_panel(es.read(long(rows)), coder="coder 3", code="a").members == ("coder 1", "coder 2")
    mixed = {**rows, "ann": rows["coder 1"], "ben": rows["coder 2"]}
    with pytest.raises(DataError, match=r"who is on the panel cannot be known.*panel="):
        A.against_panel(es.read(long(mixed)), coder="coder 3", code="a")
    with pytest.raises(DataError, match=r"'llm run 1', 'llm run 2' look like runs of one model.*panel="):
        A.against_panel(
            es.read(long({**rows, "llm run 1": rows["coder 1"], "llm run 2": rows["coder 1"]})), coder="coder 1"
        )


# --- codes of one question, sub-codes ------------------------------------------------------------------------------


def questions() -> tuple[es.Study, float, float]:
    """120 answers to three questions in 40 interviews; 'price' is possible in the second only."""
    draw = np.random.default_rng(11)
    rows, first, second = [], [], []
    for interview in range(40):
        for question in ("1", "2", "3"):
            pair = ["other", "other"]
            if question == "2":
                truth = draw.random() < 0.5
                pair = ["price" if (truth != (draw.random() < 0.2)) else "other" for _ in range(2)]
                first.append(pair[0])
                second.append(pair[1])
            for coder, code in zip(("ann", "ben"), pair, strict=True):
                place = {"unit": f"i{interview:02}q{question}", "document": f"i{interview:02}", "question": question}
                rows.append({**place, "coder": coder, "code": code})
    table = pd.DataFrame(rows)
    units = table[["unit", "document", "question"]].drop_duplicates("unit")
    study = es.Study(table.drop(columns="question"), units=units)
    return study, alpha(first, second), alpha(first + ["other"] * 80, second + ["other"] * 80)


def test_a_code_of_one_question_is_not_pooled_over_the_others() -> None:
    """Alpha over the 40 answers in which the code was possible, by hand; pooled over 120 it is higher."""
    study, right, pooled = questions()
    bare = es.reliability(study, codes=["price"]).loc["price"]
    assert bare["estimate"] == pytest.approx(pooled)
    assert "applied only where question is '2'" in bare["note"]
    assert "available='question'" in bare["note"]
    for available in ("question", {"price": {"question": ["2"]}}, {"price": [f"i{n:02}q2" for n in range(40)]}):
        row = es.reliability(study, codes=["price"], available=available).loc["price"]
        assert row["estimate"] == pytest.approx(right)
        assert row["n_units"] == 40
        assert "80 units left out in which the code was not available" in row["note"]
    assert right < pooled - 0.1
    with pytest.raises(DataError, match="'question' has no value '4'"):
        es.reliability(study, available={"price": {"question": ["4"]}})


def test_by_question_and_drift_over_questions() -> None:
    study, right, _ = questions()
    table = es.reliability(study, by="question", codes=["price"])
    assert table.loc[("2", "price"), "estimate"] == pytest.approx(right)
    assert table.index.names == ["question", "code"]


def test_a_parent_includes_its_sub_codes() -> None:
    """Coders agree on resistance in every unit, and differ on its kind: 1 with sub-codes, by hand below 0 without."""
    ann = ["resistance->open", "resistance->silent", "other", "other", "resistance", "resistance->open"]
    ben = ["resistance->silent", "resistance", "other", "other", "resistance->open", "resistance->silent"]
    book = es.Codebook.of(["resistance", "resistance->open", "resistance->silent", "other"], separator="->")
    study = es.Study(long({"ann": ann, "ben": ben}), codebook=book)
    row = es.reliability(study, codes=["resistance"]).loc["resistance"]
    assert row["estimate"] == 1
    assert "sub-codes included" in row["note"]
    apart = es.reliability(study, codes=["resistance"], subcodes="exclude").loc["resistance"]
    assert apart["estimate"] == pytest.approx(alpha([c == "resistance" for c in ann], [c == "resistance" for c in ben]))
    assert apart["estimate"] < 0
    assert "sub-codes excluded" in apart["note"]


# --- dates, attributes ---------------------------------------------------------------------------------------------


def dated(dates: list[str], *, of: str = "document") -> es.Study:
    """Three documents of 20 units: no agreement in the first, full in the others."""
    draw = np.random.default_rng(3)
    base = draw.choice(["a", "b"], 60).tolist()
    other = [*draw.choice(["a", "b"], 20).tolist(), *base[20:]]
    place = [f"d{n // 20}" for n in range(60)]
    table = long({"ann": base, "ben": other}, document=place)
    if of == "coding":
        return es.read(table.assign(date=table["document"].map(dict(zip(["d0", "d1", "d2"], dates, strict=True)))))
    return es.Study(table, documents=pd.DataFrame({"document": ["d0", "d1", "d2"], "date": dates}))


@pytest.mark.parametrize("of", ["document", "coding"])
@pytest.mark.parametrize(
    "dates",
    [
        ["31/12/2023", "02/01/2024", "03/02/2024"],
        ["12/31/2023", "01/02/2024", "02/03/2024"],
        ["31 Dec 2023", "2 Jan 2024", "3 Feb 2024"],
        ["2023-12-31", "2024-01-02", "2024-02-03"],
    ],
)
def test_batches_by_date_are_in_order_of_time(dates: list[str], of: str) -> None:
    """Agreement is lost in the first of the three in time, however the dates are written."""
    found = A.drift(dated(dates, of=of), by="date", code="a", cluster="unit", permutations=99).to_frame()
    assert found["estimate"].round(2).tolist()[1:] == [1.0, 1.0]
    assert found["estimate"].iloc[0] < 0.4


@pytest.mark.parametrize("dates", [["01/02/2024", "02/01/2024", "03/01/2024"], ["spring", "summer", "autumn"]])
def test_dates_that_cannot_be_put_in_order_are_refused(dates: list[str]) -> None:
    with pytest.raises(DataError, match="2023-12-31"):
        A.drift(dated(dates), by="date", code="a", permutations=99)
    found = A.drift(dated(dates), by="date", order=dates, code="a", cluster="unit", permutations=99)
    assert found.to_frame().index.tolist() == dates


def test_by_an_attribute_of_the_speaker_in_focus_groups() -> None:
    """Two groups, nurses and doctors in each; coders agree on nurses (1) and by chance on doctors."""
    draw = np.random.default_rng(9)
    base = draw.choice(["a", "b"], 80).tolist()
    role = ["nurse" if n % 2 else "doctor" for n in range(80)]
    other = [one if kind == "nurse" else str(draw.choice(["a", "b"])) for one, kind in zip(base, role, strict=True)]
    table = long({"ann": base, "ben": other}, document=[f"group {n // 40}" for n in range(80)])
    units = table.drop_duplicates("unit")[["unit", "document"]].assign(
        participant=[f"{kind} of {n // 40}" for n, kind in enumerate(role)]
    )
    people = pd.DataFrame({"participant": sorted(set(units["participant"]))})
    people["role"] = people["participant"].str.split().str[0]
    study = es.Study(table, units=units, participants=people)
    found = es.reliability(study, by="role", codes=["a"])["estimate"]
    assert found["nurse", "a"] == 1
    assert found["doctor", "a"] < 0.5


# --- what was read -------------------------------------------------------------------------------------------------


def test_agreement_under_the_extremes_of_what_was_read() -> None:
    """Ben read a fifth and agrees on all: 1 if so, far less if he read whole documents or everything."""
    draw = np.random.default_rng(7)
    ann = draw.choice(["a", "b"], 200).tolist()
    read = draw.random(200) < 0.2
    ben = [one if there else None for one, there in zip(ann, read, strict=True)]
    study = es.read(long({"ann": ann, "ben": ben}, document=[f"d{n // 10:02}" for n in range(200)]))
    found = A.reading_sensitivity(study, code="a")
    assert found.loc["units coded", ["estimate", "n_units"]].tolist() == [1.0, read.sum()]
    assert found.loc["everything", "n_units"] == 200
    assert found.loc["everything", "estimate"] < 0.5
    assert found.loc["documents coded", "estimate"] < 0.5
    assert "assumed" in found.loc["as in the study", "note"]
    units = pd.DataFrame({"unit": [f"u{n:04}" for n in np.flatnonzero(read)]})
    told = A.reading_sensitivity(study.with_assignments(units, coder="ben"), code="a")
    assert told.loc["as in the study", "estimate"] == 1


# --- comparisons ---------------------------------------------------------------------------------------------------


def test_two_pairs_of_coders_on_the_same_units() -> None:
    """Ann against ben and against cat: the difference of the two kappas, paired over documents or units."""
    draw = np.random.default_rng(12)
    ann = draw.choice(["a", "b"], 120).tolist()
    ben = [one if draw.random() < 0.9 else "a" for one in ann]
    cat = [one if draw.random() < 0.6 else "a" for one in ann]
    table = long({"ann": ann, "ben": ben, "cat": cat})
    study = es.read(table.assign(document="d" + table["unit"].str[1:4]))
    for ratings in (
        A.Ratings.from_study(study, code="a"),
        A.Ratings.from_study(study, code="a", cluster="unit"),
        A.Ratings.from_long(table),
    ):
        kappas = [A.cohen_kappa(ratings, coders=["ann", name]) for name in ("ben", "cat")]
        found = A.compare(*kappas, units="same")
        assert found.difference == pytest.approx(kappas[0].estimate - kappas[1].estimate)
        assert found.p_value < 0.001
    other = A.Ratings.from_long(table[table["coder"] != "cat"])
    assert A.compare(A.cohen_kappa(other), kappas[1], units="same").difference == pytest.approx(found.difference)


def test_every_coder_reads_a_rotating_pair_of_documents() -> None:
    """Five coders in rotating pairs over 30 documents: alpha is over the pairs that were made, 10 units each."""
    draw = np.random.default_rng(13)
    names = ["ann", "ben", "cat", "dan", "eve"]
    rows = []
    for document in range(30):
        pair = (names[document % 5], names[(document + 1) % 5])
        for unit in range(10):
            code = str(draw.choice(["a", "b"]))
            for coder in pair:
                rows.append((f"d{document:02}", f"d{document:02}-{unit}", coder, code))
    study = es.read(pd.DataFrame(rows, columns=["document", "unit", "coder", "code"]))
    row = es.reliability(study, codes=["a"]).loc["a"]
    assert (row["estimate"], row["n_units"], row["n_coders"]) == (1.0, 300, 5)
    table = es.reliability(study, by="pair", codes=["a"])
    met = table.xs("a", level="code")["n_units"]
    assert (met[met > 0] == 60).all()
    assert (met > 0).sum() == 5


def test_one_document_only_has_no_interval_and_says_why() -> None:
    """All excerpts lie in one interview: nothing is known of other interviews."""
    ann, ben, _ = in_documents(np.random.default_rng(3), 1, 40)
    study = es.read(long({"ann": ann, "ben": ben}, document=["the interview"] * 40))
    row = es.reliability(study, codes=["yes"]).loc["yes"]
    assert not np.isnan(row["estimate"])
    assert np.isnan(row["low"])
    assert "document" in row["note"]


def test_a_trainee_among_colleagues_over_documents() -> None:
    """against_panel on documents goes by documents, names them, and finds the trainee who guesses."""
    ann, ben, place = in_documents(np.random.default_rng(14), 12, 10)
    cy = [one if n % 10 else "no" for n, one in enumerate(ann)]
    trainee = np.random.default_rng(1).choice(["yes", "no"], 120).tolist()
    study = es.read(long({"ann": ann, "ben": ben, "cy": cy, "trainee": trainee}, document=place))
    found = A.against_panel(study, coder="trainee", code="yes")
    assert found.difference_interval.high < 0
    assert "clusters (document)" in found.difference_interval.method
    assert "12 clusters (document)" in found.note
    test = A.alternative_annotator_test(study, coder="trainee", epsilon=0.1, code="yes")
    assert "12 clusters (document)" in test.note
    assert test.winning_rate == 0


def test_a_code_that_was_renamed_between_rounds_is_asked_about() -> None:
    """Ann applies "b" in the first round and "c", its new name, in the second: the rows of both name map=."""
    rows = [
        (f"u{n}", "ann", code, when)
        for when, codes in (("1", "aabbab"), ("2", "aaccac"))
        for n, code in enumerate(codes)
    ]
    study = es.read(pd.DataFrame(rows, columns=["unit", "coder", "code", "round"]))
    notes = es.agreement.intra_coder(study)["note"]
    assert "used in '1' only; if the code was renamed, pass map=" in notes["ann", "b"]
    assert "renamed" not in notes["ann", "a"]
    mapped = es.agreement.intra_coder(study, map={"b": "c"})
    assert mapped.loc[("ann", "c"), "estimate"] == 1.0
