"""Text written into a workbook as text: nothing in it turns into a formula, a number or a date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.files import replacing
from expertsys.io.cells import letter

LONGEST_CELL = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_texts(path: Path, title: str, table: pd.DataFrame, *, remedy: str, wrapped: bool = False) -> None:
    """Write a table of text as one sheet, whole or not at all.

    Parameters
    ----------
    path : Path
        The workbook.
    title : str
        The sheet's name.
    table : pandas.DataFrame
        Text columns; missing cells stay blank. Its index is left out.
    remedy : str
        What to do where a cell is too long for a workbook, or holds control characters.
    wrapped : bool
        Wide columns with wrapped lines, for cells that are read rather than counted.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    for column, name in enumerate(table):
        cells = table[name].astype("str")
        long = cells.str.len() > LONGEST_CELL
        strange = cells.str.contains(ILLEGAL_CHARACTERS_RE).fillna(False).astype(bool)
        for wrong, what in (
            (long, f"a cell holds {LONGEST_CELL:,} characters at most"),
            (strange, "a workbook cannot hold control characters"),
        ):
            if wrong.any():
                place = f"{path.name}, cell {letter(column)}{int(np.argmax(wrong)) + 2}"
                raise DataError(what, place=place, remedy=remedy)
    with replacing(path) as temporary:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(title)
        if wrapped:
            sheet.freeze_panes = "B2"
            for column in range(len(table.columns)):
                sheet.column_dimensions[letter(column)].width = 48 if column else 22
        rows = zip(*(table[name].fillna("").tolist() for name in table), strict=True)
        for texts in (list(table.columns), *rows):
            cells_of_row = [WriteOnlyCell(sheet, value=text or None) for text in texts]
            for cell, text in zip(cells_of_row, texts, strict=True):
                if wrapped:
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                if text:
                    cell.data_type = "s"
                    # text that looks like a formula would become one when somebody edits the cell
                    cell.quotePrefix = text.startswith(_FORMULA)
            sheet.append(cells_of_row)
        book.save(temporary)
