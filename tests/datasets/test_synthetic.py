"""The synthetic study: reproducible, says that it is synthetic, and follows the rates that it documents."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from expertsys import datasets
from expertsys.errors import DataError
from expertsys.study import Study, check
from expertsys.theory import FRAMEWORK, SITUATION_COLUMNS, ModeOfUse


@pytest.fixture(scope="module")
def study() -> Study:
    return datasets.load("synthetic-three-systems").study()


@pytest.fixture(scope="module")
def large() -> Study:
    return datasets.synthetic_study(sites=60, rng=3)


@pytest.fixture(scope="module")
def large_truth() -> pd.DataFrame:
    return datasets.synthetic_truth(sites=60, rng=3)


def applied(study: Study, coder: str) -> pd.DataFrame:
    """Units that a coder saw × codes: applied or not."""
    seen = study.seen
    rows = seen.loc[seen["coder"] == coder, "unit"]
    codings = study.codings
    own = codings[codings["coder"] == coder]
    return pd.crosstab(own["unit"], own["code"]).reindex(index=rows, fill_value=0) > 0


def binary_alpha(study: Study, code: str) -> float:
    """Krippendorff's alpha of one code, from the counts of yes and no in each unit."""
    columns = [applied(study, coder)[code].rename(coder) for coder in study.coders.index]
    table = pd.concat(columns, axis=1).astype("float64")
    n, yes = table.notna().sum(axis=1), table.sum(axis=1)
    observed = (2 * yes * (n - yes) / (n - 1)).sum() / n.sum()
    expected = 2 * yes.sum() * (n.sum() - yes.sum()) / (n.sum() * (n.sum() - 1))
    return float(1 - observed / expected)


def test_same_seed_same_study(study: Study) -> None:
    assert study == datasets.synthetic_study()
    assert study == datasets.synthetic_study(rng=0)
    assert study != datasets.synthetic_study(rng=1)
    generator = np.random.default_rng(0)
    again = datasets.synthetic_study(rng=generator)
    pd.testing.assert_frame_equal(study.codings, again.codings)
    assert not study.codings.equals(datasets.synthetic_study(rng=generator).codings)


def test_the_shipped_study_does_not_drift(study: Study) -> None:
    assert (len(study.documents), len(study.units), len(study.situations)) == (60, 419, 360)
    assert len(study.codings) == 1694
    assert study.codings.iloc[0][["unit", "coder", "code"]].tolist() == [
        "Booking interview 1.1",
        "Ada",
        "resists the technology",
    ]


def test_it_says_that_it_is_synthetic(study: Study) -> None:
    assert "(synthetic)" in study.title
    assert "rng=0" in study.provenance.synthetic
    assert "nobody was asked" in study.provenance.synthetic
    assert "SYNTHETIC" in repr(study)
    assert study.cases["about"].str.startswith("Invented system").all()
    assert set(study.cases.index) == {"Booking", "Templates", "Record"}


def test_nothing_is_odd_in_it(study: Study) -> None:
    assert check(study).empty


def test_documents_people_and_units_fit(study: Study) -> None:
    documents, units, people = study.documents, study.units, study.participants
    assert set(documents["kind"]) == {"interview", "field note", "policy text"}
    interviews = documents[documents["kind"] == "interview"]
    assert interviews["participant"].notna().all()
    assert set(interviews["participant"]) == set(people.index)
    assert documents.loc[documents["kind"] != "interview", "participant"].isna().all()
    assert people["site"].nunique() == 8
    assert set(people["role"]) <= {"GP", "nurse", "receptionist", "practice manager"}
    assert (interviews["case"].to_numpy() == people.loc[interviews["participant"], "case"].to_numpy()).all()
    assert units.groupby("document").size().between(5, 9).all()
    for document, group in units.groupby("document"):
        text = str(documents["text"][str(document)])
        pieces = [text[start:end] for start, end in zip(group["start"], group["end"], strict=True)]
        assert "\n".join(pieces) == text
        assert all(piece[0].isupper() and piece[-1] in ".?" for piece in pieces)
        assert "{" not in text


def test_units_are_the_paragraphs_of_the_documents(study: Study) -> None:
    made = study.unitise(by="paragraph")
    placed = ["document", "start", "end"]
    assert made.units[placed].to_numpy().tolist() == study.units[placed].to_numpy().tolist()


def test_codings_span_their_unit(study: Study) -> None:
    codings = study.codings
    spans = study.units.loc[codings["unit"], ["start", "end"]]
    assert (codings[["start", "end"]].to_numpy() == spans.to_numpy()).all()
    assert not codings.duplicated(["unit", "coder", "code"]).any()
    assert study.rounds == ("independent",)


def test_who_saw_what_is_given(study: Study) -> None:
    assert not study.assumed_seen
    seen = study.assignments.groupby("coder").size()
    assert seen.to_dict() == {"Ada": 60, "Ben": 60, "Cem": 21}
    cases = study.documents["case"]
    third = study.assignments.loc[study.assignments["coder"] == "Cem", "document"]
    assert third.map(cases).value_counts().to_dict() == {"Booking": 7, "Templates": 7, "Record": 7}
    own = study.codings.loc[study.codings["coder"] == "Cem", "document"]
    assert set(own) <= set(third)


def test_codebook_maps_some_codes_and_leaves_some(study: Study) -> None:
    book = study.codebook
    assert 14 <= len(book) <= 18
    assert {code.name for code in book if code.concept is None} == {"humour", "workload"}
    assert {code.name for code in book.children("resistance")} >= {"resists the policy", "defends judgement"}
    assert all(code.definition for code in book)
    assert set(study.codings["code"]) <= set(book.names)
    concepts = {code.concept for code in book}
    assert all(concept in FRAMEWORK for concept in concepts - {None})
    assert {"emptying-out", "local-contingency", "reembedding", "explanatory-frame.behaviourist"} <= concepts
    assert not {"classification", "action-at-a-distance", "trust"} & concepts


def test_agreement_varies_from_code_to_code(study: Study) -> None:
    alphas = [binary_alpha(study, code) for code in study.codings["code"].unique()]
    assert 0.4 < min(alphas) < 0.6
    assert 0.8 < max(alphas) < 0.95


@pytest.mark.parametrize("coder", ["Ada", "Ben", "Cem"])
def test_coders_err_at_the_documented_rates(large: Study, large_truth: pd.DataFrame, coder: str) -> None:
    own = applied(large, coder)
    truth = large_truth.loc[own.index]
    parameters = datasets.synthetic_parameters().xs(coder, level="coder")
    for code, rate in parameters.iterrows():
        hits, rejections = own.loc[truth[code], code], ~own.loc[~truth[code], code]
        for found, expected in ((hits, rate["sensitivity"]), (rejections, rate["specificity"])):
            assert abs(found.mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / len(found))


def test_truth_is_the_truth_behind_the_same_study(large: Study, large_truth: pd.DataFrame) -> None:
    assert large_truth.index.equals(large.units.index)
    assert (large_truth.index.name, large_truth.columns.name) == ("unit", "code")
    kind = large.units["document"].map(large.documents["kind"])
    assert not large_truth.loc[kind == "policy text", "humour"].any()
    assert large_truth.loc[kind == "policy text", "imposed from above"].mean() > 0.15
    met = large_truth["defends judgement"] & large_truth["works around it"]
    by_chance = large_truth["defends judgement"].mean() * large_truth["works around it"].mean()
    assert met.mean() > by_chance


def test_situations(large: Study) -> None:
    table = large.situations
    assert list(table.columns) == [name for name in SITUATION_COLUMNS if name not in ("distance", "weight")] + [
        "distance"
    ]
    assert table["situation"].is_unique
    assert set(table["mode"]) == {str(mode) for mode in ModeOfUse}
    assert table.loc[table["mode"] == "non-use", "category"].isna().all()
    assert table.loc[table["category"].isna() | (table["category"] == "other"), "prescribed"].isna().all()
    assert table.loc[table["category"].notna() & (table["category"] != "other"), "prescribed"].notna().all()
    assert table["taken"].isna().mean() == pytest.approx(0.06, abs=0.02)
    assert table[["case", "site", "role", "date", "local", "mode", "coder"]].notna().all().all()
    assert set(table["coder"]) == {"Ada", "Ben"}
    used = table.dropna(subset=["prescribed", "taken"])
    share = (used["prescribed"] == used["taken"]).groupby(used["mode"]).mean()
    assert share["as-intended"] > 0.95
    assert share["as-intended"] > share["adapted"] > share["token"] > share["workaround"] >= 0.2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sites": 0}, "sites must be a whole number above 0"),
        ({"excerpts": 2}, "excerpts: must be at least 3, not 2"),
        ({"occasions": -1}, "occasions must be a whole number above 0"),
        ({"overlap": 0}, "overlap: must lie above 0 and up to 1, not 0"),
        ({"overlap": 1.5}, "overlap: must lie above 0 and up to 1, not 1.5"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        datasets.synthetic_study(**arguments)


def test_everyone_may_see_everything() -> None:
    study = datasets.synthetic_study(sites=1, overlap=1, occasions=1, rng=5)
    assert len(study.assignments) == len(study.coders) * len(study.documents)
    assert len(study.situations) == 3
