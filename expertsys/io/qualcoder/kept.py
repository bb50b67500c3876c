"""What no table of a study has a place for: kept row by row as JSON, counted and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from expertsys._core.errors import counted
from expertsys.io.project import Project
from expertsys.io.qualcoder.rows import rows, text_of
from expertsys.io.safe_sqlite import Database
from expertsys.study import Unmapped
from expertsys.study.provenance import without_home

Row = dict[str, Any]

#: Tables of which all rows are kept, and what one is called.
WHOLE = {
    "code_image": "picture coding",
    "code_av": "audio or video coding",
    "annotation": "annotation",
    "journal": "journal note",
    "stored_sql": "stored query",
    "graph": "graph",
    "ris": "reference line",
}
#: The parts of graphs, which are kept with them.
DRAWN = (
    *("gr_cdct_text_item", "gr_case_text_item", "gr_file_text_item", "gr_free_text_item"),
    *("gr_cdct_line_item", "gr_free_line_item", "gr_pix_item", "gr_av_item"),
)
#: Tables of which some rows are kept: what one is called, and which.
_SOME: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "project": ("project memo", lambda row: bool(text_of(row.get("memo")).strip())),
    "attribute": (
        "other attribute",
        lambda row: row.get("attr_type") not in ("case", "file") and bool(text_of(row.get("value"))),
    ),
    "code_text": ("importance mark", lambda row: bool(row.get("important"))),
}


def kept(database: Database, project: Project, form: str) -> Unmapped | None:
    """The parts of a project that no table has a place for."""
    counts: dict[str, int] = {}
    parts: dict[str, bytes] = {}
    for table in (*WHOLE, *DRAWN, *_SOME):
        kind, wanted = _SOME.get(table, (WHOLE.get(table, ""), lambda _: True))
        columns = database.columns.get(table, ())
        made = (dict(zip(columns, map(_plain, row), strict=True)) for row in rows(database, table, *columns))
        found = [row for row in made if wanted(row)]
        if found:
            counts[kind] = len(found)
            parts[f"{table}.json"] = json.dumps(found, ensure_ascii=False).encode("utf-8")
    if not parts:
        return None
    told = ", ".join(counted(number, kind) for kind, number in counts.items() if kind)
    project.log.tell(
        "note",
        project.name,
        f"kept in study.unmapped, as no table has a place for them: {told or 'parts of graphs'}.",
        "They are JSON.",
    )
    return Unmapped.of(form, parts)


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, int | float) else without_home(text_of(cell))
