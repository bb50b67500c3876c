"""Situations from a coded study: which codes say what of an occasion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, nearest, unknown
from expertsys._core.frames import as_text
from expertsys.study import Study
from expertsys.theory import FRAMEWORK, Framework, ModeOfUse

Codes: TypeAlias = str | Sequence[str] | Mapping[str, str]
Several = Literal["refuse", "missing"]

_MODES = {mode.concept: str(mode) for mode in ModeOfUse}


def from_study(
    study: Study,
    *,
    local: Codes,
    category: Codes | None = None,
    prescribed: Codes | None = None,
    taken: Codes | None = None,
    mode: Codes | None = None,
    several: Several = "refuse",
    framework: Framework = FRAMEWORK,
) -> pd.DataFrame:
    """A table of situations from a study's coded units: one row for each unit and coder who coded any of these codes.

    Parameters
    ----------
    study : Study
        With units, and one round of coding.
    local, category, prescribed, taken, mode : str, sequence of str, or mapping
        The codes that say this of an occasion. A name stands for a code and those below it in the codebook; a key of
        the framework for the codes that point to this concept or to one below it. A mapping gives each the value that
        the table shall hold, so that an action can bear one name as prescribed and as taken; otherwise the value is the
        code's name, and for a mode of use that of its concept.
    several : {"refuse", "missing"}
        What to do where a coder gave one unit several values for category, prescribed, taken or mode: such a unit holds
        more than one occasion. Several local descriptions combine into one.
    framework : Framework
        Whose keys they are.

    Returns
    -------
    pandas.DataFrame
        Columns ``situation`` (the unit), ``case, site, role, date`` (of the unit's document, else of its participant),
        those of the roles that were given, ``coder``. Coders who disagree stand in rows of their own: look at
        `by_coder` of a measure. Where no code was found the cell is missing, which reads as "not used", "rules silent"
        or "not observed" only if the excerpt would have told.

    Raises
    ------
    DataError
        For names that are neither code nor concept, concepts without a code, and units with several values.

    Examples
    --------
    >>> import expertsys as es
    >>> codings = pd.DataFrame(
    ...     {
    ...         "unit": ["u1", "u1", "u1", "u2", "u2"],
    ...         "coder": "Ada",
    ...         "code": ["cannot travel", "rule: list", "did: telephone", "rule: list", "did: list"],
    ...     }
    ... )
    >>> seen = from_study(
    ...     es.Study(codings),
    ...     local="cannot travel",
    ...     prescribed={"rule: list": "list"},
    ...     taken={"did: list": "list", "did: telephone": "telephone"},
    ... )
    >>> seen[["situation", "local", "prescribed", "taken"]].values.tolist()
    [['u1', 'cannot travel', 'list', 'telephone'], ['u2', nan, 'list', 'list']]
    """
    check_choice("several", several, ("refuse", "missing"))
    study.require_units("a table of situations")
    study.require_one_round("a table of situations")
    roles = {"local": local, "category": category, "prescribed": prescribed, "taken": taken, "mode": mode}
    given = {role: _values(study, role, codes, framework) for role, codes in roles.items() if codes is not None}
    codings = study.codings[["unit", "coder", "code"]].drop_duplicates()
    rows = codings[codings["code"].isin({code for values in given.values() for code in values})]
    pairs = pd.MultiIndex.from_frame(rows[["unit", "coder"]].drop_duplicates())
    columns: dict[str, pd.Series[str]] = {}
    faults: list[Remark] = []
    for role, values in given.items():
        place = {code: number for number, code in enumerate(values)}
        own = rows[rows["code"].isin(values)]
        own = own.assign(value=own["code"].map(values), place=own["code"].map(place)).sort_values("place")
        own = own.drop_duplicates(["unit", "coder", "value"])
        held = own.groupby(["unit", "coder"])["value"].agg(list)
        crowded = held[held.map(len) > 1]
        if role != "local" and len(crowded):
            faults += [_crowded(role, pair, found) for pair, found in crowded.items()]
            held = held[held.map(len) == 1]
        columns[role] = held.map(" + ".join).reindex(pairs).astype("str")
    if faults and several == "refuse":
        raise DataError(
            "units have several values where an occasion has one",
            place="study.codings",
            remedy="Cut the study into smaller units, or pass several='missing'.",
            faults=faults,
        )
    units = pd.Index(pairs.get_level_values("unit"))
    table = {"situation": units.to_numpy(), **_background(study, units)}
    table |= {role: column.to_numpy() for role, column in columns.items()}
    found = pd.DataFrame({**table, "coder": pairs.get_level_values("coder").to_numpy()}).astype("str")
    return found.rename_axis(index="row", columns="column")


def _values(study: Study, role: str, codes: Codes, framework: Framework) -> dict[str, str]:
    """Code to the value that it gives to a role."""
    named: Mapping[str, str | None]
    named = codes if isinstance(codes, Mapping) else dict.fromkeys([codes] if isinstance(codes, str) else codes)
    values: dict[str, str] = {}
    for name, value in named.items():
        for code in _codes(study, role, name, framework):
            concept = study.codebook[code].concept if code in study.codebook else None
            own = _MODES.get(concept or "", code) if role == "mode" else code
            values[code] = own if value is None else value
    return values


def _codes(study: Study, role: str, name: str, framework: Framework) -> list[str]:
    """The codes that a name or a key stands for."""
    book = study.codebook
    if name in study.codes:
        return [code for code in study.codes if code == name or (code in book and name in book.ancestors(code))]
    if name not in framework:
        guess = nearest(name, framework)
        hint = f"Or the concept {guess!r}?" if guess else "Give codes, or keys of the framework."
        raise unknown("code", name, study.codes, place=role, remedy=hint)
    below = {name} | {key for key in framework if name in framework.ancestors(key)}
    found = [code.name for code in book if code.concept in below]
    if not found:
        raise DataError(
            f"no code points to the concept {name!r}",
            place=role,
            remedy="Point codes to it: study.with_codebook(study.codebook.with_concepts({...})).",
        )
    return found


def _crowded(role: str, pair: object, found: Sequence[str]) -> Remark:
    unit, coder = pair if isinstance(pair, tuple) else (pair, "")
    return Remark("error", f"unit {unit!r}, coder {coder!r}", f"{role} is {' and '.join(map(repr, found))}.")


def _background(study: Study, units: pd.Index[str]) -> dict[str, np.ndarray]:
    """Case, site, role and date of each unit: of its document, else of the document's participant."""
    placed = study.units.reindex(units)
    documents = study.documents.reindex(placed["document"])
    people = study.participants.reindex(documents["participant"])
    table = {}
    for name in ("case", "site", "role", "date"):
        cells = pd.Series(np.nan, index=range(len(units)), dtype="str")
        for source in (placed, documents, people):
            if name in source:
                cells = cells.fillna(pd.Series(as_text(source[name]).to_numpy()))
        table[name] = cells.to_numpy()
    return table
