"""NVivo's coding comparison: the 2 × 2 tables behind its percentages, and the pooled kappa that it does not print."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted
from expertsys._core.results import TableResult
from expertsys.io.cells import Cells
from expertsys.io.content import content_of, missing_path
from expertsys.io.formats import format_of
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.io.reports import report_map

_CELLS = ("both", "only_a", "only_b", "neither")
_KAPPA_SLACK = 0.006


@attrs.frozen
class Compared:
    """One code in one document: how much of it both coders, one of them, or neither gave the code.

    Parameters
    ----------
    code, document : str
    both, only_a, only_b, neither : int
        In characters (of pictures pixels, of recordings tenths of a second).
    printed : float
        The kappa that NVivo prints; NaN where it prints none.
    """

    code: str
    document: str
    both: int
    only_a: int
    only_b: int
    neither: int
    printed: float = math.nan


@attrs.frozen(repr=False)
class NVivoComparison(TableResult):
    """The comparison of two coders, code by code and document by document.

    Parameters
    ----------
    estimate : float
        Pooled kappa: (mean observed − mean expected agreement) / (1 − mean expected agreement), the means over codes,
        each code's table summed over documents; NaN where nothing varies.
    observed, expected : float
        The two means.
    compared : tuple of Compared
        One for each code and document.
    notes : tuple of Remark
        What was noticed on reading.
    """

    estimate: float
    observed: float
    expected: float
    compared: tuple[Compared, ...]
    notes: tuple[Remark, ...] = ()

    def _title(self) -> str:
        kappa = "undefined" if math.isnan(self.estimate) else f"{self.estimate:.3f}"
        codes, documents = ({getattr(row, key) for row in self.compared} for key in ("code", "document"))
        return f"NVivo coding comparison of {len(codes)} codes in {len(documents)} documents, pooled kappa {kappa}"

    def _rows(self) -> Sequence[tuple[str, object]]:
        return [("pooled kappa", self.estimate), ("observed", self.observed), ("expected", self.expected)]

    def to_frame(self) -> pd.DataFrame:
        """One row for each code and document.

        Index ``code, document``; columns ``size, both, only_a, only_b, neither, observed, expected, kappa, printed``.
        """
        rows = [(row.code, row.document, *_counts(row), row.printed) for row in self.compared]
        return _table(rows, ["code", "document"])

    def by_code(self) -> pd.DataFrame:
        """The tables of each code summed over documents: index ``code``, columns as in `to_frame` but ``printed``."""
        sums = self.to_frame().groupby(level="code", sort=False)[list(_CELLS)].sum()
        rows = [
            (str(code), *map(int, cells), math.nan) for code, cells in zip(sums.index, sums.to_numpy(), strict=True)
        ]
        return _table(rows, ["code"]).drop(columns="printed")


def _counts(row: Compared) -> tuple[int, int, int, int]:
    return row.both, row.only_a, row.only_b, row.neither


def _table(rows: Iterable[tuple[Any, ...]], index: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=[*index, *_CELLS, "printed"]).set_index(index)
    size = table[list(_CELLS)].sum(axis=1)
    a, b = table["both"] + table["only_a"], table["both"] + table["only_b"]
    observed = (table["both"] + table["neither"]) / size
    expected = (a / size) * (b / size) + (1 - a / size) * (1 - b / size)  # Cohen 1960, eq. 1
    kappa = ((observed - expected) / (1 - expected)).where(expected < 1)
    table.insert(0, "size", size)
    printed = table.pop("printed")
    return table.assign(observed=observed, expected=expected, kappa=kappa, printed=printed).rename_axis(
        columns="column"
    )


def nvivo_comparison(
    path: str | PathLike[str],
    *,
    report: str | PathLike[str] | Mapping[str, Any] = "nvivo",
    sheet: str | int | None = None,
    encoding: str | None = None,
) -> NVivoComparison:
    r"""Read the result of NVivo's coding comparison query, as a spreadsheet or CSV.

    NVivo prints a kappa for each code in each file, and none for all together. Its percentages and the sizes of files
    give back how many characters stand in each cell of the 2 × 2 tables, and these the pooled kappa.

    Parameters
    ----------
    path : path
        ``.xlsx``, ``.csv`` or another table.
    report : str, path or mapping
        Which columns are which: headers in English and German, or a map of your own; see `expertsys.io.report_map`.
    sheet, encoding
        As in `expertsys.io.read`.

    Returns
    -------
    NVivoComparison
        ``estimate`` is the pooled kappa; `to_frame` the tables, `by_code` these summed over documents.

    Raises
    ------
    DataError
        With every row whose percentages do not add up, or whose size is none.

    Notes
    -----
    The layout is known from NVivo's help; it was not tried on a real export. Percentages are rounded, so that counts of
    a file of more than ten thousand characters may be some characters off with two decimals; where the kappa of a row
    differs from the printed one, a note says so. Uncoded text weighs as much as coded: with little of it coded, kappa
    is low although agreement is near 100 per cent, and a comparison over units of meaning says more.

    References
    ----------
    de Vries, Elliott, Kanouse & Teleki (2008), Field Methods 20(3), 272–282, https://doi.org/10.1177/1525822X08317166

    Examples
    --------
    >>> import tempfile
    >>> header = "Node,Source,Source Size,Agreement (%),A and B (%),Not A and Not B (%),A and Not B (%),B and Not A (%)"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "comparison.csv"
    ...     size = file.write_text(f"{header}\npolicy,d1,1000 chars,85.00,5.00,80.00,10.00,5.00\n")
    ...     compared = nvivo_comparison(file)
    >>> compared.to_frame().loc[("policy", "d1"), ["both", "only_a", "only_b", "neither"]].tolist()
    [50, 100, 50, 800]
    >>> round(compared.estimate, 4)
    0.3182
    """
    source = Path(path)
    if not source.exists():
        raise missing_path(source)
    log = Log()
    form = format_of(source)
    if form is None or form.read_table is None:
        raise DataError("is no table", place=source.name, remedy="Export the result of the query as a spreadsheet.")
    options = Options(sheet=sheet, encoding=encoding, repeated="keep")
    cells = form.read_table(source.name, content_of(source), options, log)
    made = report_map(report)
    found = made.found(cells.columns)
    lacking = [role for role in ("code", "document", "size", *_CELLS) if role not in found]
    if lacking:
        raise DataError(
            f"is no coding comparison: no column for {listing(lacking)}; its columns are {listing(cells.columns)}",
            place=source.name,
            remedy="Headers differ by language: give your own map, report={'code': '...', 'size': '...', ...}.",
        )
    compared = _compared(cells, found, log)
    log.refuse(source.name)
    log.tell("note", source.name, f"was read as {made.name}. Its layout: {made.known}.")
    return _pooled(compared, log, source.name)


def _compared(cells: Cells, found: Mapping[str, str], log: Log) -> list[Compared]:
    columns = {role: cells.frame[header].tolist() for role, header in found.items()}
    shares = {role: [_number(cell) for cell in columns[role]] for role in _CELLS}
    sums = [math.fsum(row) for row in zip(*shares.values(), strict=True) if not any(map(math.isnan, row))]
    scale = 100.0 if sums and max(sums) < 1.5 else 1.0  # a spreadsheet keeps 85 % as 0.85
    digits = max((_decimals(cell) for role in _CELLS for cell in columns[role]), default=0) - (2 if scale == 100 else 0)
    slack = 4 * 0.5 * 10.0 ** -max(digits, 0) + 1e-9
    compared = []
    for at, row in enumerate(cells.rows.tolist()):
        place = f"{cells.name}, row {row}"
        code, document, size = columns["code"][at], columns["document"][at], _size(columns["size"][at])
        parts = {role: shares[role][at] * scale for role in _CELLS}
        if not isinstance(code, str) or not isinstance(document, str):
            log.fault(place, "names no code or no document.", "Take out rows of totals.")
        elif size is None:
            log.fault(place, f"has no size: {quoted(columns['size'][at])}.", "Such as '1234 chars'.")
        elif (
            any(math.isnan(part) or part < 0 for part in parts.values()) or abs(math.fsum(parts.values()) - 100) > slack
        ):
            told = ", ".join(f"{role} {quoted(columns[role][at])}" for role in _CELLS)
            log.fault(place, f"has percentages that do not add up to 100: {told}.", "Export the result again.")
        else:
            counts = {role: round(size * part / 100) for role, part in parts.items()}
            most = max(counts, key=lambda role: counts[role])
            counts[most] += size - sum(counts.values())
            printed = _number(columns["kappa"][at]) if "kappa" in columns else math.nan
            compared.append(Compared(code, document, **counts, printed=printed))
    return compared


def _pooled(compared: list[Compared], log: Log, place: str) -> NVivoComparison:
    if not compared:
        raise DataError("has no row", place=place, remedy="Export the result of the query again.")
    times = Counter((row.code, row.document) for row in compared)
    twice = [f"{code} in {document}" for (code, document), number in times.items() if number > 1]
    if twice:
        raise DataError(
            f"compares more than once: {listing(twice, 5)}",
            place=place,
            remedy="Compare two coders at a time; files of one name need their folders.",
        )
    drawn = NVivoComparison(math.nan, math.nan, math.nan, tuple(compared))
    table = drawn.to_frame()
    off = table[(table["kappa"] - table["printed"]).abs() > _KAPPA_SLACK]
    if len(off):
        shown = [f"{code} in {document}" for code, document in off.index]
        log.tell(
            "warning",
            place,
            f"the kappa of {counted(len(off), 'row')} is not the one that NVivo printed: {listing(shown, 5)}.",
            "Percentages are rounded: export them with more decimals.",
        )
    codes = drawn.by_code()
    observed, expected = float(codes["observed"].mean()), float(codes["expected"].mean())
    kappa = (observed - expected) / (1 - expected) if expected < 1 else math.nan  # de Vries et al. 2008
    return NVivoComparison(kappa, observed, expected, tuple(compared), tuple(log.remarks))


def _number(cell: Any) -> float:
    """A number with a point or a comma before its decimals; NaN for anything else."""
    text = re.sub(r"[\s%]", "", cell) if isinstance(cell, str) else ""
    text = text.replace("−", "-").replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d{1,12}(\.\d{1,15})?", text) else math.nan


def _decimals(cell: Any) -> int:
    match = re.search(r"[.,](\d+)", cell) if isinstance(cell, str) else None
    return len(match[1]) if match else 0


def _size(cell: Any) -> int | None:
    """Characters of a text, pixels of a picture, tenths of a second of a recording."""
    text = cell if isinstance(cell, str) else ""
    text = re.sub(r"(?<=\d)[.,'\s\u00a0\u202f](?=\d{3}(?!\d))", "", text)
    if match := re.search(r"(\d+):(\d+):(\d+)(?:[.,](\d))?", text):
        hours, minutes, seconds, tenths = (int(part or 0) for part in match.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 10 + tenths or None
    if match := re.search(r"(\d+)\s*[x×*]\s*(\d+)", text):
        return int(match[1]) * int(match[2]) or None
    if match := re.search(r"(\d+)\s*(?:chars?|characters?|zeichen)\b", text, re.IGNORECASE):
        return int(match[1]) or None
    return int(text) or None if re.fullmatch(r"\s*\d{1,15}\s*", text) else None
