"""A study with the traps of real files, and what it holds in plain Python.

Who saw what is not who applied what: ben saw a part; both saw r4 and r8 and coded nothing there; r6 was seen by ann
alone and r9 by nobody. Units carry several codes, sub-codes stand beside their parent, one coding occurs twice.
"""

from __future__ import annotations

import pandas as pd
from strategies import Matrix

from expertsys.study import Codebook, Study

CODERS = ("ann", "ben")
CODES = ("fear", "fear->exam", "trust", "rare", "never")
CASES = {f"r{number}": "q1" if number <= 6 else "q2" for number in range(1, 10)}
SEEN = {"ann": ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"], "ben": ["r1", "r2", "r3", "r4", "r5", "r7", "r8"]}
APPLIED: dict[tuple[str, str], list[str]] = {
    ("r1", "ann"): ["fear", "trust"],
    ("r1", "ben"): ["fear"],
    ("r2", "ann"): ["fear->exam"],
    ("r2", "ben"): ["fear->exam", "trust"],
    ("r3", "ann"): ["trust", "trust"],
    ("r3", "ben"): ["trust"],
    ("r5", "ann"): ["fear"],
    ("r5", "ben"): ["trust", "fear->exam"],
    ("r6", "ann"): ["fear", "rare"],
    ("r7", "ann"): ["fear", "trust"],
    ("r7", "ben"): ["fear", "trust"],
}


def trapped() -> Study:
    """The study."""
    rows = [(unit, coder, code) for (unit, coder), codes in APPLIED.items() for code in codes]
    units = pd.DataFrame({"unit": list(CASES), "case": list(CASES.values())})
    seen = pd.DataFrame(
        [(coder, unit) for coder, names in SEEN.items() for unit in names], columns=["coder", "document"]
    )
    return Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"]),
        units=units,
        assignments=seen,
        codebook=Codebook.of(CODES, separator="->"),
    )


def codes_of(unit: str, coder: str) -> frozenset[str] | None:
    """What a coder applied to a unit; None where they did not see it."""
    return frozenset(APPLIED.get((unit, coder), [])) if unit in SEEN[coder] else None


def sets(units: list[str] | None = None) -> Matrix:
    """Units × coders of code sets."""
    return [[codes_of(unit, coder) for coder in CODERS] for unit in units or CASES]


def applied(code: str, units: list[str] | None = None) -> Matrix:
    """Units × coders: whether a code was applied."""
    return [[None if cell is None else code in cell for cell in row] for row in sets(units)]
