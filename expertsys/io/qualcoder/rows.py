"""Rows of a database whose tables and columns differ between versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expertsys.io.safe_sqlite import Database


def rows(database: Database, table: str, *columns: str, order: str = "") -> Iterator[tuple[Any, ...]]:
    """Rows of a table that may be absent; columns that it lacks are None."""
    there = database.columns.get(table, ())
    kept = [column for column in columns if column in there]
    if not kept:
        return
    if len(kept) == len(columns):
        yield from database.rows(table, kept, order=[order] if order in there else ())
        return
    where = [kept.index(column) if column in kept else None for column in columns]
    for row in database.rows(table, kept, order=[order] if order in there else ()):
        yield tuple(None if at is None else row[at] for at in where)


def text_of(cell: Any) -> str:
    """A cell as text; SQLite lets any column hold anything."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return "" if cell is None else str(cell)
