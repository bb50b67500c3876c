"""NVivo's coding comparison: tables by hand, the kappa that it does not print, and everything that is refused."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  (chooses hypothesis's profile)
from hypothesis import given, settings
from hypothesis import strategies as st
from iofiles import file

import expertsys as es
from expertsys.errors import DataError
from expertsys.io import NVivoComparison, nvivo_comparison

ENGLISH = (
    "Node,Source,Source Folder,Source Size,Kappa,Agreement (%),A and B (%),Not A and Not B (%),Disagreement (%),"
    "A and Not B (%),B and Not A (%)\n"
)
GERMAN = (
    "Knoten;Datei;Ordner;Dateigröße;Kappa-Koeffizient;Übereinstimmung (%);A und B (%);Nicht A und nicht B (%);"
    "Nichtübereinstimmung (%);A und nicht B (%);B und nicht A (%)\n"
)


def comparison(folder: Path, *rows: str, header: str = ENGLISH) -> NVivoComparison:
    return nvivo_comparison(file(folder, "comparison.csv", header + "\n".join(rows) + "\n"))


def faults(folder: Path, *rows: str, header: str = ENGLISH) -> str:
    with pytest.raises(DataError) as caught:
        comparison(folder, *rows, header=header)
    return str(caught.value)


def test_the_example_of_nvivos_help(tmp_path: Path) -> None:
    """1,000 characters, 50 coded by both, 150 by one, 800 by neither: 85 per cent (NVivo help, 'coding comparison')."""
    made = comparison(tmp_path, "n,d,f,1000 chars,,85,5,80,15,10,5")
    row = made.to_frame().loc[("n", "d")]
    assert row[["size", "both", "only_a", "only_b", "neither"]].tolist() == [1000, 50, 100, 50, 800]
    assert row["observed"] == 0.85
    # by hand: A codes 150 of 1000, B 100; expected .15 × .10 + .85 × .90 = .78; kappa (.85 − .78) / (1 − .78) = 7 / 22
    assert row["expected"] == pytest.approx(0.78, abs=1e-12)
    assert row["kappa"] == pytest.approx(7 / 22, abs=1e-12)
    assert made.estimate == pytest.approx(7 / 22, abs=1e-12)


def test_pooled_kappa_by_hand(tmp_path: Path) -> None:
    """Code x is (30, 10, 10, 50) + (20, 0, 20, 60) = (50, 10, 30, 110) of 200 characters; code y (0, 0, 0, 100).

    x: observed .8; A .3, B .4: expected .3 × .4 + .7 × .6 = .54. y: observed 1, expected 1, kappa undefined.
    Means .9 and .77; pooled (.9 − .77) / (1 − .77) = 13 / 23.
    """
    made = comparison(
        tmp_path,
        "x,d1,f,100 chars,0.5833,80,30,50,20,10,10",
        'x,d2,f,"100 chars",,80,20,60,20,0,20',
        "y,d1,f,100,1,100,0,100,0,0,0",
    )
    by_code = made.by_code()
    assert by_code.loc["x", ["size", "both", "only_a", "only_b", "neither"]].tolist() == [200, 50, 10, 30, 110]
    assert by_code.loc["x", "kappa"] == pytest.approx((0.8 - 0.54) / 0.46, abs=1e-12)
    assert math.isnan(by_code.loc["y", "kappa"])
    assert made.observed == pytest.approx(0.9, abs=1e-12)
    assert made.expected == pytest.approx(0.77, abs=1e-12)
    assert made.estimate == pytest.approx(13 / 23, abs=1e-12)
    assert repr(made).startswith("NVivo coding comparison of 2 codes in 2 documents, pooled kappa 0.565")
    assert "pooled kappa 0.565" in made._repr_html_()


def test_german_headers_decimals_and_sizes(tmp_path: Path) -> None:
    made = comparison(tmp_path, "x;d;o;12.345 Zeichen;0,73;90,00;20,00;70,00;10,00;4,00;6,00", header=GERMAN)
    assert made.to_frame().loc[("x", "d"), ["size", "both", "only_a", "only_b", "neither"]].tolist() == [
        12345, 2469, 494, 741, 8641,
    ]  # fmt: skip
    assert [str(note) for note in made.notes if "kappa" in note.what] == []


def test_shares_of_a_spreadsheet_pictures_and_recordings(tmp_path: Path) -> None:
    columns = ENGLISH.strip().split(",")
    rows = [
        ["x", "d", "f", "2 pages, 1,000 chars", None, 0.85, 0.05, 0.8, 0.15, 0.1, 0.05],
        ["x", "p", "f", "20 x 50 pixels", None, 0.85, 0.05, 0.8, 0.15, 0.1, 0.05],
        ["x", "v", "f", "0:01:40.0", None, 0.85, 0.05, 0.8, 0.15, 0.1, 0.05],
    ]
    path = tmp_path / "c.xlsx"
    pd.DataFrame(rows, columns=columns).to_excel(path, index=False)
    frame = nvivo_comparison(path).to_frame()
    assert frame["size"].tolist() == [1000, 1000, 1000]
    assert frame["both"].tolist() == [50, 50, 50]


def test_a_kappa_that_is_not_the_printed_one_is_told(tmp_path: Path) -> None:
    made = comparison(tmp_path, "x,d,f,1000 chars,0.9,85,5,80,15,10,5")
    assert any("the kappa of 1 row is not the one that NVivo printed: 'x in d'" in str(note) for note in made.notes)
    assert any("taken from NVivo's help, not tried on a real export" in str(note) for note in made.notes)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("x,d,f,1000 chars,,85,5,80,15,10,15", "comparison.csv, row 2: has percentages that do not add up to 100"),
        ("x,d,f,1000 chars,,85,five,80,15,10,5", "has percentages that do not add up to 100: both 'five'"),
        ("x,d,f,nothing,,85,5,80,15,10,5", "comparison.csv, row 2: has no size: 'nothing'. Such as '1234 chars'."),
        ("x,,f,10 chars,,85,5,80,15,10,5", "comparison.csv, row 2: names no code or no document."),
        ("x,d,f,10,,100,0,100,0,0,0\nx,d,g,10,,100,0,100,0,0,0", "compares more than once: 'x in d'"),
    ],
)
def test_rows_that_are_refused(tmp_path: Path, row: str, what: str) -> None:
    assert what in faults(tmp_path, row)


def test_files_that_are_refused(tmp_path: Path) -> None:
    assert "no column for 'size', 'both', 'only_a', 'only_b', 'neither'" in faults(
        tmp_path, "a,b", header="Node,File\n"
    )
    with pytest.raises(DataError, match="there is no such file"):
        nvivo_comparison(tmp_path / "no.csv")
    with pytest.raises(DataError, match="is no table"):
        nvivo_comparison(es.write(es.datasets.load("synthetic-three-systems").study(), tmp_path / "s.zip"))


@settings(max_examples=10)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 4).filter(lambda t: sum(t) > 0), min_size=1, max_size=4))
def test_printed_percentages_give_the_tables_back_and_kappa_is_cohens(tables: list[tuple[int, ...]]) -> None:
    rows = []
    for at, (both, a, b, neither) in enumerate(tables):
        size = both + a + b + neither
        share = [f"{100 * part / size:.2f}" for part in (both + neither, both, neither, a + b, a, b)]
        rows.append(f"c{at},d,f,{size} chars,,{','.join(share)}")
    with tempfile.TemporaryDirectory() as folder:
        made = comparison(Path(folder), *rows)
    frame = made.to_frame()
    assert [tuple(row) for row in frame[["both", "only_a", "only_b", "neither"]].to_numpy()] == tables
    A = es.agreement  # noqa: N806
    for (both, a, b, neither), kappa in zip(tables, frame["kappa"], strict=True):
        pairs = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, a, b, neither], axis=0)
        other = A.cohen_kappa(A.Ratings.from_array(pairs, coders="columns")).estimate
        assert kappa == pytest.approx(other, abs=1e-9, nan_ok=True)
