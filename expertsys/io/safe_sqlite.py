"""SQLite databases from somewhere else: read-only, unchanged, and only the tables that a format knows."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs

from expertsys._core.errors import DataError, listing, quoted
from expertsys.io.content import content_of
from expertsys.io.limits import Limits, beyond

MAGIC = b"SQLite format 3\x00"
_STEPS = 100_000
_MOST_STEPS = 50_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_VIRTUAL = re.compile(r"\s*create\s+virtual", re.IGNORECASE)


@attrs.define(eq=False)
class Database:
    """An open database of which known tables are read, one by one."""

    place: str
    limits: Limits
    columns: dict[str, tuple[str, ...]]
    _connection: sqlite3.Connection

    @property
    def tables(self) -> tuple[str, ...]:
        """The known tables that it has."""
        return tuple(self.columns)

    def rows(self, table: str, columns: Sequence[str], *, order: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a known table, these columns of each.

        A column that the table lacks is an error that names those which there are; look at `columns` first. Text that
        is not UTF-8 comes with its bad bytes replaced.
        """
        place = f"{self.place}, table {table}"
        lacking = [name for name in (*columns, *order) if name not in self.columns.get(table, ())]
        if lacking:
            raise DataError(
                f"no column {listing(lacking)}; there are {listing(self.columns.get(table, ()))}",
                place=place,
                remedy="The file is of another version than is known; export the project in another way.",
            )
        wanted = ", ".join(map(_quoted, columns))
        query = f"SELECT {wanted} FROM {_quoted(table)}"  # noqa: S608  (names are looked up and quoted)
        if order:
            query += f" ORDER BY {', '.join(map(_quoted, order))}"
        with _told(place, self.limits):
            for number, row in enumerate(self._connection.execute(query), start=1):
                if number > self.limits.rows:
                    raise beyond(place, f"the table has more than {self.limits.rows:,} rows", "rows", self.limits.rows)
                yield row


@contextlib.contextmanager
def open_sqlite(path: Path, known: Iterable[str], limits: Limits | None = None) -> Iterator[Database]:
    """Open a database without changing it, or anything beside it.

    Only `known` tables can be queried; a view or a virtual table under such a name is refused, functions cannot be
    called, nothing can be attached, and a query that never ends is stopped.

    Parameters
    ----------
    path : Path
    known : iterable of str
        The tables that the format has.
    limits : Limits, optional
        ``rows`` and ``cell_bytes`` are held.
    """
    limits = limits or Limits()
    place = path.name
    head = content_of(path, len(MAGIC))
    if head != MAGIC:
        raise DataError("the file is no SQLite database", place=place, remedy="Look whether it is the right file.")
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise DataError(
            f"a program has not finished writing it: there is {journal.name!r}",
            place=place,
            remedy="Close the project in the program that holds it, and repeat.",
        )
    with contextlib.ExitStack() as stack:
        with _told(place, limits):
            connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
            stack.callback(connection.close)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.cell_bytes)
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.text_factory = lambda content: content.decode("utf-8", errors="replace")
            for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "temp_store = MEMORY"):
                connection.execute(f"PRAGMA {setting}")
            columns = _columns(connection, place, frozenset(known))
        connection.set_authorizer(_authorizer(frozenset(columns)))
        steps = 0

        def going() -> int:
            nonlocal steps
            steps += 1
            return int(steps > _MOST_STEPS)

        connection.set_progress_handler(going, _STEPS)
        yield Database(place, limits, columns, connection)


def _columns(connection: sqlite3.Connection, place: str, known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    columns: dict[str, tuple[str, ...]] = {}
    for kind, name, made in connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
        if name not in known or kind not in ("table", "view"):
            continue
        if kind == "view" or not isinstance(made, str) or _VIRTUAL.match(made):
            what = "a view" if kind == "view" else "a virtual table"
            raise DataError(
                f"{quoted(name)} is {what}, where the format has a table",
                place=f"{place}, {name}",
                remedy="No honest program writes this: do not open the file elsewhere, ask its sender.",
            )
        columns[name] = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(name)})"))
    return columns


def _authorizer(tables: frozenset[str]) -> Any:
    def allow(action: int, first: str | None, _second: str | None, _base: str | None, within: str | None) -> int:
        plain = action in _ALLOWED and within is None
        if plain and (action == sqlite3.SQLITE_SELECT or first in tables):
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return allow


@contextlib.contextmanager
def _told(place: str, limits: Limits) -> Iterator[None]:
    try:
        yield
    except sqlite3.DataError:  # what SQLite calls it when a cell is longer than it may be
        what = f"a cell has more than {limits.cell_bytes:,} bytes"
        raise beyond(place, what, "cell_bytes", limits.cell_bytes) from None
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a message that quotes broken bytes cannot be decoded
        raise DataError(
            f"the database cannot be read ({error})", place=place, remedy="It is damaged: copy or export it again."
        ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
