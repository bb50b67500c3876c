"""What adjudicators decided: a mapping or a table as one form, unit and code to applied or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, unknown
from expertsys._core.frames import check_columns, is_frame, to_pandas
from expertsys._core.missing import is_missing

#: ``{(unit, code): True}``, ``{unit: [codes]}``, or a table with the columns ``unit, code, applied``.
Decided: TypeAlias = Mapping[Any, Any] | Any
Place: TypeAlias = tuple[str, str]

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PLACE = "consensus(decided=...)"


def decisions(
    decided: Decided, contested: Sequence[Place], units: pd.Index[Any], codes: tuple[str, ...]
) -> dict[Place, bool]:
    """Whether each decided code is applied to its unit.

    A unit given with its codes decides every contested code of that unit: those listed are applied, the others not.

    Raises
    ------
    DataError
        For a unit or code that the study does not have, an answer that is neither yes nor no, a code decided twice.
    """
    if isinstance(decided, Mapping):
        found = _of_mapping(decided, contested)
    elif is_frame(decided):
        found = _of_table(to_pandas(decided))
    else:
        raise DataError(
            f"decisions are a mapping or a table, not {type(decided).__name__}",
            place=_PLACE,
            remedy="Give {(unit, code): True or False}, {unit: [codes]}, or a table with unit, code and applied.",
        )
    for unit, code in found:
        if unit not in units:
            raise unknown("unit", unit, list(units), place=_PLACE)
        if code not in codes:
            raise unknown("code", code, codes, place=_PLACE)
    return found


def _of_mapping(decided: Mapping[Any, Any], contested: Sequence[Place]) -> dict[Place, bool]:
    found: dict[Place, bool] = {}
    for key, answer in decided.items():
        if isinstance(key, tuple) and len(key) == 2:
            found[str(key[0]), str(key[1])] = _answer(answer, f"{_PLACE}, {key[0]!r}, {key[1]!r}")
            continue
        unit = str(key)
        chosen = [answer] if isinstance(answer, str) else [str(code) for code in answer]
        open_codes = [code for one, code in contested if one == unit]
        found.update({(unit, code): code in chosen for code in dict.fromkeys([*open_codes, *chosen])})
    return found


def _of_table(table: pd.DataFrame) -> dict[Place, bool]:
    if set(table.index.names) >= {"unit", "code"}:
        table = table.reset_index()
    wanted = {name: name for name in ("unit", "code", "applied")}
    check_columns(list(table.columns), wanted, place=_PLACE)
    found: dict[Place, bool] = {}
    faults: list[Remark] = []
    for number, (unit, code, answer) in enumerate(table[list(wanted)].itertuples(index=False), start=1):
        if is_missing(answer) or (isinstance(answer, str) and not answer.strip()):
            continue  # not decided yet
        place = f"{_PLACE}, row {number}"
        given = _answer(answer, place)
        if found.setdefault((str(unit), str(code)), given) != given:
            faults.append(Remark("error", place, f"{str(code)!r} on {str(unit)!r} was decided otherwise above."))
    if faults:
        raise DataError("decisions contradict each other", place=_PLACE, remedy="Keep one of each.", faults=faults)
    return found


def _answer(answer: object, place: str) -> bool:
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    if isinstance(answer, int | float) and answer in (0, 1):
        return bool(answer)
    if isinstance(answer, str) and answer.strip().casefold() in _WORDS:
        return _WORDS[answer.strip().casefold()]
    raise DataError(f"a code is applied or not: yes or no, not {answer!r}", place=place)
