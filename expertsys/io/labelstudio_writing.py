"""A study as Label Studio's JSON: a task for each document, an annotation for each coder who saw it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from expertsys._core.errors import DataError, counted, listing
from expertsys._core.files import write_text
from expertsys.io.refi.losses import Losses
from expertsys.study import Study

_TAG = "code"
_COLUMNS = ("coder", "code", "document", "start", "end", "memo", "date")


def write(study: Study, path: Path) -> None:
    """Every document with a text becomes a task, codings become labels on it, codings of a whole document choices."""
    documents = study.documents
    bare = documents.index[documents["text"].isna()]
    if len(bare):
        raise DataError(
            f"labels are put on texts; {counted(len(bare), 'document')} without one: {listing(bare, 5)}",
            place=path.name,
            remedy="Give the texts on reading, read(..., documents=...), or write .csv.",
        )
    keys = ["coder", "document"]
    pairs = pd.concat([study.assignments[keys], study.codings[keys]]).drop_duplicates()
    coders: dict[str, list[str]] = {}
    for coder, document in pairs.itertuples(index=False, name=None):
        coders.setdefault(document, []).append(coder)
    given: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _rows(study.codings[list(_COLUMNS)]):
        given.setdefault((row["document"], row["coder"]), []).append(row)
    tasks = []
    for number, cells in enumerate(_rows(documents.reset_index()), start=1):
        name = cells["document"]
        annotations = [_annotation(number, coder, given.get((name, coder), [])) for coder in coders.get(name, [])]
        tasks.append({"id": number, "data": cells, "annotations": annotations})
    _losses(study, path)
    write_text(path, json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings, without the cells that are missing."""
    cells = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items() if value is not None} for row in cells]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _annotation(task: int, coder: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        region = {"id": f"{task}-{number}", "from_name": _TAG, "to_name": "text"}
        if "start" in row:
            value = {"start": row["start"], "end": row["end"], "labels": [row["code"]]}
            result.append({**region, "type": "labels", "value": value})
        else:
            result.append({**region, "type": "choices", "value": {"choices": [row["code"]]}})
        if "memo" in row:
            result.append({**region, "from_name": "memo", "type": "textarea", "value": {"text": [row["memo"]]}})
    made: dict[str, Any] = {"completed_by": {"email": coder}, "result": result}
    dates = [row["date"] for row in rows if "date" in row]
    return {**made, "updated_at": max(dates)} if dates else made


def _losses(study: Study, path: Path) -> None:
    lost = Losses()
    codings = study.codings
    last = codings.groupby(["document", "coder"])["date"].transform("max")
    lost.add(
        "coding", "of another date than the last of its annotation", int((last != codings["date"])[last.notna()].sum())
    )
    lost.add("coding", "with a round", int(codings["round"].notna().sum()))
    lost.add("code", "with a definition or a colour", sum(bool(c.definition or c.colour) for c in study.codebook))
    lost.add("code", "that points to a concept", sum(code.concept is not None for code in study.codebook))
    above = {code.parent for code in study.codebook}
    unused = set(study.codebook.names) - set(codings["code"]) - above
    lost.add("code", "never applied", len(unused))
    lost.add("part", "of the project that was read", len(study.unmapped.names) if study.unmapped else 0)
    lost.add("code", "below another", sum(code.parent is not None for code in study.codebook))
    lost.add("case", "with attributes", len(study.cases) if len(study.cases.columns) else 0)
    lost.add("participant", "", len(study.participants))
    lost.add("situation", "", len(study.situations))
    lost.add("summary", "of a case under a code", len(study.summaries))
    lost.add("attribute", "of coders", len(study.coders.columns))
    smaller = study.units["document"] != study.units.index
    lost.add("unit", "smaller than a document", int(smaller.sum()))
    lost.warn(path.name, "Label Studio's JSON")
