"""Errors name the place, the value and the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from expertsys._core.errors import (
    DataError,
    Remark,
    check_between,
    check_choice,
    check_positive,
    counted,
    listing,
    nearest,
    quoted,
    unknown,
)
from expertsys.errors import DegenerateWarning, MissingDependencyError


def test_place_what_remedy() -> None:
    error = DataError("no column 'coder'", place="codings.csv", remedy="Name it.")
    assert str(error) == "codings.csv: no column 'coder'. Name it."
    assert error.faults == (Remark("error", "codings.csv", "no column 'coder'.", "Name it."),)
    assert str(DataError("is empty!")) == "is empty!"


def test_errors_are_the_builtins_that_people_expect() -> None:
    assert issubclass(DataError, ValueError)
    assert issubclass(MissingDependencyError, ImportError)
    assert issubclass(DegenerateWarning, UserWarning)


def test_faults_are_listed_up_to_twenty() -> None:
    faults = [Remark("error", f"row {row}", "is odd.", "Look.") for row in range(1, 24)]
    error = DataError("23 faults", place="a.csv", faults=faults)
    lines = str(error).splitlines()
    assert lines[:2] == ["a.csv: 23 faults.", "  - row 1: is odd. Look."]
    assert lines[-1] == "  ... and 3 more"
    assert len(lines) == 22
    assert error.faults == tuple(faults)


def test_one_fault_at_another_place_is_listed_and_at_the_same_place_is_not() -> None:
    row = Remark("error", "a.csv, row 3", "is odd.")
    assert str(DataError("1 fault", place="a.csv", faults=[row])) == "a.csv: 1 fault.\n  - a.csv, row 3: is odd."
    assert str(DataError("is odd.", place="a.csv, row 3", faults=[row])) == "a.csv, row 3: is odd."


@pytest.mark.parametrize(
    ("name", "guess"), [("Coders", "coder"), ("CODE", "code"), ("cdoe", "code"), ("zzz", None), ("", None)]
)
def test_the_nearest_name(name: str, guess: str | None) -> None:
    assert nearest(name, ["unit", "coder", "code"]) == guess


def test_listing() -> None:
    assert listing(["a", 2]) == "'a', '2'"
    assert listing(range(15)).endswith("'11' and 3 more")
    assert listing([]) == "none"
    assert [counted(1, "summary"), counted(2, "summary"), counted(2, "survey"), counted(1200, "row")] == [
        "1 summary", "2 summaries", "2 surveys", "1,200 rows",
    ]  # fmt: skip
    assert listing(["x" * 101, "y"]) == f"'{'x' * 80}…' (of 101 characters), 'y'"
    assert quoted("x" * 100) == repr("x" * 100)
    assert quoted(10**200) == f"'1{'0' * 79}…' (of 201 characters)"
    assert listing("abc", 1) == "'a' and 2 more"


def test_an_unknown_name() -> None:
    error = unknown("code", "fera", ["fear", "trust"], place="select", remedy="Look it up.")
    assert str(error) == "select: no code 'fera'; there are: 'fear', 'trust'. Did you mean 'fear'? Look it up."
    assert str(unknown("code", "x", [])) == "no code 'x'; there are: none."


def test_checks() -> None:
    check_choice("by", "case", ["case", "pair"])
    check_between("confidence", 0.5, 0, 1)
    check_positive("size", 1)
    with pytest.raises(DataError, match=r"^by: by must be one of 'case', 'pair', not 'cas'\. Did you mean 'case'\?$"):
        check_choice("by", "cas", ["case", "pair"])
    with pytest.raises(DataError, match="by must be one of 'case', 'pair', not None"):
        check_choice("by", None, ["case", "pair"])
    for number in (0, 1, -3, float("nan")):
        with pytest.raises(DataError, match="confidence must lie between 0 and 1, not"):
            check_between("confidence", number, 0, 1)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "3", None])
def test_a_whole_number_above_zero(value: Any) -> None:
    with pytest.raises(DataError, match="size must be a whole number above 0, not"):
        check_positive("size", value)


def test_a_name_that_looks_like_another_differs_in_type() -> None:
    told = str(unknown("category", 1, ["0", "1"]))
    assert told.endswith("Give '1' (str), not 1 (int).")
