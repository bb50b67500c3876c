"""The report's model: what is said, before how it looks. Every part can be written as JSON and read back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from expertsys._core.errors import DataError, counted, unknown
from expertsys._core.results import number

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

Cell: TypeAlias = str | int | float | None
Kind = Literal["text", "count", "figure", "share"]

#: Grows when the model changes in a way that a reader of the JSON would notice.
FORMAT = 1


@attrs.frozen
class Column:
    """A column of a table: its name, and how its cells are to be read.

    Parameters
    ----------
    name : str
        Its heading.
    kind : {"text", "count", "figure", "share"}
        Text; a whole number; a number with three decimals; a share, printed as a percentage.
    """

    name: str
    kind: Kind = "text"

    def shown(self, value: Cell) -> str:
        """A cell as text."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "–" if self.kind != "text" else ""
        if self.kind == "share" and isinstance(value, int | float):
            return _percentage(value)
        if self.kind == "figure" and isinstance(value, int | float):
            return number(float(value))
        return number(value)


def _percentage(share: float) -> str:
    """Whole per cents; near 0 and 1 one decimal, so that little is not none and most is not all."""
    if 0 < share < 0.0005 or 0.9995 < share < 1:
        return "<0.1%" if share < 0.5 else ">99.9%"
    return f"{share:.1%}" if 0 < share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"


def _columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(columns)


def _cells(rows: Iterable[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(map(plain, row)) for row in rows)


@attrs.frozen
class Table:
    """A table; the first column names the rows.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : tuple of Column
        Their names and kinds.
    rows : tuple of tuple
        Text, numbers, or None where undefined.
    note : str
        What a reader must know, such as how many rows were left out.
    """

    caption: str
    columns: tuple[Column, ...] = attrs.field(converter=_columns)
    rows: tuple[tuple[Cell, ...], ...] = attrs.field(converter=_cells)
    note: str = ""

    def shown(self, row: Sequence[Cell]) -> list[tuple[Column, str]]:
        """A row's cells as text, each with its column."""
        return [(column, column.shown(cell)) for column, cell in zip(self.columns, row, strict=True)]

    @classmethod
    def of(
        cls, caption: str, frame: pd.DataFrame, kinds: Mapping[str, Kind], *, names: Mapping[str, str] | None = None,
        note: str = "",
    ) -> Table:  # fmt: skip
        """A table from a dataframe's index and the columns named in `kinds`."""
        named = dict(names or {})
        index = [str(part) for part in frame.index.names]
        columns = [Column(named.get(part, part)) for part in index]
        columns += [Column(named.get(key, key.replace("_", " ")), kind) for key, kind in kinds.items()]
        rows = [
            [*(str(part) for part in (key if isinstance(key, tuple) else (key,))), *(plain(cell) for cell in cells)]
            for key, cells in zip(frame.index, frame[list(kinds)].itertuples(index=False, name=None), strict=True)
        ]
        return cls(caption, columns, rows, note)


@attrs.frozen
class Figure:
    """A picture.

    Parameters
    ----------
    caption : str
        What it shows.
    alt : str
        What a reader who does not see it must know, with the figures that matter.
    svg : str
        The picture itself.
    """

    caption: str
    alt: str
    svg: str = attrs.field(repr=False)


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


def _tables(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(tables)


def _figures(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    return tuple(figures)


@attrs.frozen
class Section:
    """A part of the report.

    Parameters
    ----------
    key : str
        Anchor, such as ``"reliability"``.
    title : str
        Heading.
    paragraphs, tables, figures : tuple
        Its content.
    code : str
        The Python that gives its figures, with `study` at hand; empty where there are none.
    """

    key: str
    title: str
    paragraphs: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    tables: tuple[Table, ...] = attrs.field(default=(), converter=_tables)
    figures: tuple[Figure, ...] = attrs.field(default=(), converter=_figures)
    code: str = ""


def _sections(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sections)


@attrs.frozen(repr=False)
class Report:
    """All that a report says.

    Parameters
    ----------
    title : str
        Heading of the whole.
    version : str
        Of the library that made it.
    synthetic : str
        How the data were generated, where they are not real; shown at the top.
    quotations : bool
        Whether text from the data is in it.
    sections : tuple of Section
        In order.
    references : tuple of str
        What its methods rest on.

    Examples
    --------
    >>> made = Report("Study", "0.1.0", "", False, [Section("data", "Data", ["Two coders."])], [])
    >>> Report.from_json(made.to_json()) == made
    True
    """

    title: str
    version: str
    synthetic: str
    quotations: bool
    sections: tuple[Section, ...] = attrs.field(converter=_sections)
    references: tuple[str, ...] = attrs.field(converter=_texts)

    def __repr__(self) -> str:
        lines = [f"Report {self.title!r}: {counted(len(self.sections), 'section')}"]
        for section in self.sections:
            parts = [(section.paragraphs, "paragraph"), (section.tables, "table"), (section.figures, "figure")]
            counts = ", ".join(counted(len(part), noun) for part, noun in parts if part)
            lines.append(f"  {section.key:<14} {section.title}" + (f" ({counts})" if counts else ""))
        return "\n".join(lines)

    def section(self, key: str) -> Section:
        """The section with this key."""
        for section in self.sections:
            if section.key == key:
                return section
        raise unknown("section", key, [section.key for section in self.sections])

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dictionaries, text and numbers; `format` names the version of this layout."""
        return {"format": FORMAT, **attrs.asdict(self)}

    def to_json(self) -> str:
        """The same as JSON, UTF-8, two spaces deep."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that `to_json` wrote."""
        try:
            data = json.loads(text)
            if data.pop("format") == FORMAT:
                return cls(**{**data, "sections": [_section(section) for section in data["sections"]]})
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
        raise DataError("this is no report of this version", place="report.json", remedy="Make it anew.")

    def to_html(self) -> str:
        """One self-contained page: no script, nothing fetched, text from the data escaped."""
        from expertsys.reporting.render import html

        return html(self)


def _section(data: dict[str, Any]) -> Section:
    tables = [
        Table(**{**table, "columns": [Column(**column) for column in table["columns"]]}) for table in data["tables"]
    ]
    return Section(**{**data, "tables": tables, "figures": [Figure(**figure) for figure in data["figures"]]})


def is_report(path: Path) -> bool:
    """Whether a file holds a report's model, of this version or another."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(data, dict) and {"format", *(field.name for field in attrs.fields(Report))} <= set(data)


def plain(value: Any) -> Cell:
    """A table's cell as JSON can hold it: numpy's numbers as Python's, what is missing as None."""
    item = value.item() if hasattr(value, "item") else value
    if item is None or (isinstance(item, float) and math.isnan(item)) or str(item) in ("<NA>", "NaT"):
        return None
    return item if isinstance(item, str | int | float) else str(item)
