"""Rules of consensus: whether a code is applied to a unit, and how that was settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.study import Study

Rule = Literal["majority", "plurality", "unanimous", "expert"]
RULES: tuple[Rule, ...] = ("majority", "plurality", "unanimous", "expert")
Ties = Literal["adjudicate", "apply", "omit"]
Single = Literal["take", "adjudicate"]

#: How a code on a unit came to be applied, left out, or left open.
UNANIMOUS, MAJORITY, PLURALITY, TIE, EXPERT, SINGLE, DECIDED, OPEN = (
    "unanimous",
    "majority",
    "plurality",
    "tie",
    "expert",
    "single coder",
    "decided",
    "open",
)
COLUMNS = ("case", "n_coders", "n_applied", "applied_by", "not_applied_by", "applied", "origin")


def settled(
    study: Study, coded: CodedUnits, rule: Rule, expert: str | None, ties: Ties, single: Single
) -> pd.DataFrame:
    """A row per unit and code that someone applied, with how it was settled."""
    size = len(coded.codes)
    readers: dict[int, list[int]] = {}
    for unit, reader in zip(coded.unit.tolist(), coded.coder.tolist(), strict=True):
        readers.setdefault(unit, []).append(reader)
    appliers: dict[int, set[int]] = {}
    for reading, code in zip(coded.reading.tolist(), coded.code.tolist(), strict=True):
        appliers.setdefault(int(coded.unit[reading]) * size + code, set()).add(int(coded.coder[reading]))
    most = _most(coded, readers) if rule == "plurality" else {}
    case = study.units["case"]
    judge = None if expert is None else coded.coders.index(expert)
    rows, index = [], []
    for place, by in sorted(appliers.items()):
        unit, code = divmod(place, size)
        saw = sorted(readers[unit])
        if rule == "plurality" and len(saw) > 1 and len(by) < len(saw):
            applied, origin = _by_plurality(len(by), most[unit], ties)
        else:
            applied, origin = _by_rule(rule, len(by), len(saw), judge in by, judge in saw, ties, single)
        name = coded.units[unit]
        index.append((name, coded.codes[code]))
        rest = [reader for reader in saw if reader not in by]
        rows.append((case[name], len(saw), len(by), _names(coded, sorted(by)), _names(coded, rest), applied, origin))
    made = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.MultiIndex.from_tuples(index, names=["unit", "code"]))
    return made.astype({"case": "str", "applied": "boolean", "origin": "str"}).rename_axis(columns="column")


def _most(coded: CodedUnits, readers: dict[int, list[int]]) -> dict[int, tuple[int, bool]]:
    """For each unit how many coders gave the most frequent answer, none among them, and whether two share the place."""
    codes = np.bincount(coded.reading, minlength=len(coded.unit))
    if (codes > 1).any():
        first = int(np.flatnonzero(codes > 1)[0])
        raise DataError(
            f"{coded.coders[coded.coder[first]]!r} gave {int(codes[first])} codes to the unit "
            f"{coded.units[coded.unit[first]]!r}, and the plurality chooses one code per unit",
            place="consensus(rule='plurality')",
            remedy="Use rule='majority', which settles each code by itself.",
        )
    answers: dict[int, Counter[int]] = {unit: Counter() for unit in readers}
    code_of = np.full(len(coded.unit), -1, dtype=np.int64)
    code_of[coded.reading] = coded.code
    for unit, code in zip(coded.unit.tolist(), code_of.tolist(), strict=True):
        answers[unit][code] += 1
    found = {}
    for unit, counted in answers.items():
        top = max(counted.values())
        found[unit] = (top, list(counted.values()).count(top) > 1)
    return found


def _by_plurality(applied: int, most: tuple[int, bool], ties: Ties) -> tuple[bool | None, str]:
    top, shared = most
    if applied < top:
        return False, PLURALITY
    if not shared:
        return True, PLURALITY
    return (None, OPEN) if ties == "adjudicate" else (ties == "apply", TIE)


def _names(coded: CodedUnits, coders: Iterable[int]) -> str:
    return ", ".join(coded.coders[number] for number in coders)


def _by_rule(
    rule: Rule, applied: int, saw: int, expert_did: bool, expert_saw: bool, ties: Ties, single: Single
) -> tuple[bool | None, str]:
    """Whether a code is applied, None where that is left open; and how it was settled."""
    if saw == 1:
        return (True, SINGLE) if single == "take" else (None, OPEN)
    if applied == saw:
        return True, UNANIMOUS
    if rule == "expert" and expert_saw:
        return expert_did, EXPERT
    if rule == "majority" and 2 * applied != saw:
        return 2 * applied > saw, MAJORITY
    if rule == "majority" and ties != "adjudicate":
        return ties == "apply", TIE
    return None, OPEN
