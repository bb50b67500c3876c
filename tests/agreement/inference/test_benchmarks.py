"""Bands of benchmark scales: Gwet's cumulative probabilities by hand, shares of replicates, and the rule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from expertsys.agreement import Bootstrap, Ratings, gwet_ac, krippendorff_alpha, percent_agreement
from expertsys.errors import DataError

from .. import oracle

RAW = next(entry for entry in oracle.PUBLISHED["examples"] if entry["name"] == "gwet2014_raw4raters_identity")


def ratings() -> Ratings:
    return Ratings.from_array(oracle.units(RAW), coders="columns")


BOUNDS = {
    "landis-koch": [0.8, 0.6, 0.4, 0.2, 0, -1],
    "altman": [0.8, 0.6, 0.4, 0.2, -1],
    "fleiss": [0.75, 0.4, -1],
    "krippendorff": [0.8, 0.667, -1],
}


@pytest.mark.parametrize("scale", BOUNDS)
def test_cumulative_probabilities_are_a_truncated_normals(scale: Any) -> None:
    """Gwet 2021, ch. 6: the normal around the estimate, cut to -1 to 1."""
    found = gwet_ac(ratings()).benchmark(scale=scale)
    mean, error = 0.77544406813, 0.14294995064  # irrCAC on the same data
    law = stats.truncnorm((-1 - mean) / error, (1 - mean) / error, loc=mean, scale=error)
    table = found.to_frame()
    assert table["low"].tolist() == BOUNDS[scale]
    assert table["cumulative"].tolist() == pytest.approx([law.sf(low) for low in BOUNDS[scale]], abs=1e-7)
    assert table["probability"].sum() == pytest.approx(1)
    assert table["share"].sum() == pytest.approx(1)


def test_the_rule_takes_the_highest_band_that_is_certain_enough() -> None:
    found = gwet_ac(ratings())
    assert found.benchmark(scale="landis-koch").band == "moderate"
    assert found.benchmark(scale="altman", certainty=0.8).band == "good"
    assert found.benchmark(scale="fleiss").band == "intermediate to good"
    assert found.benchmark(scale="krippendorff").band == "no conclusions"


def test_shares_are_those_of_the_replicates() -> None:
    found, method = gwet_ac(ratings()), Bootstrap(replicates=500, rng=3)
    table = found.benchmark(scale="krippendorff", method=method).to_frame()
    drawn = found.replicates(method)
    counted = [(drawn >= 0.8).mean(), ((drawn >= 0.667) & (drawn < 0.8)).mean(), (drawn < 0.667).mean()]
    assert table["share"].tolist() == pytest.approx(counted)


def test_agreement_without_error_lies_in_one_band() -> None:
    found = percent_agreement(Ratings.from_array([[1, 1], [2, 2], [1, 1]], coders="columns"))
    table = found.benchmark(scale="altman").to_frame()
    assert table["probability"].tolist() == [1, 0, 0, 0, 0]


def test_undefined_is_in_no_band() -> None:
    found = krippendorff_alpha(Ratings.from_array([[1, 1], [1, 1]], coders="columns"), level="nominal")
    placed = found.benchmark(scale="altman")
    assert placed.band == ""
    assert math.isnan(placed.to_frame()["share"].iloc[0])
    assert placed.note.endswith("no standard error, so no rule")
    assert "could not be placed on the scale of Altman: all ratings are the same" in placed.methods_text()
    assert "note: all ratings" in repr(placed)


def test_words_claim_no_posterior() -> None:
    placed = gwet_ac(ratings()).benchmark(scale="landis-koch")
    text = placed.methods_text()
    assert "placed in the band 'moderate' or above by Gwet's rule (cumulative probability 0.9" in text
    assert "of the bootstrap replicates, " in text
    assert "posterior" not in text + repr(placed)
    assert [line.split()[0] for line in placed.cite()] == ["Landis", "Gwet", "Efron"]
    assert repr(placed).startswith("Gwet's AC1 0.775 on the scale of Landis and Koch: moderate by Gwet's rule (95%)")


def test_what_is_refused() -> None:
    wrong: Any = "landis"
    with pytest.raises(DataError, match="scale must be one of 'landis-koch', 'altman'"):
        gwet_ac(ratings()).benchmark(scale=wrong)
    with pytest.raises(DataError, match="certainty must lie between 0 and 1"):
        gwet_ac(ratings()).benchmark(scale="altman", certainty=95)
    with pytest.raises(TypeError, match="scale"):
        gwet_ac(ratings()).benchmark()  # type: ignore[call-arg]
    assert np.isfinite(gwet_ac(ratings()).benchmark(scale="altman").estimate)
