"""A study as one long table: a row per coding, and a row with a blank code for what was read and not coded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.missing import is_no_code
from expertsys.io.readings import READING, coders_without_silence
from expertsys.io.refi.losses import Losses
from expertsys.io.spelling import MARKS, spelt
from expertsys.study import Code, Codebook, Study
from expertsys.study.readings import ASSUMED, SEEN

_ALWAYS = ("unit", "coder", "code")
_TOLD = ("definition", "inclusion", "exclusion", "example", "colour", "concept")


def table_to_write(study: Study, name: str) -> tuple[pd.DataFrame, Losses]:
    """The long table of a study, and what of the study it has no place for; a study that gives no row is refused.

    Parameters
    ----------
    name : str
        The file's, for the message.
    """
    table = long_table(study)
    if table.empty:
        raise DataError(
            "the study has no coding, no unit and no document, and a table without a row cannot be read back",
            place=name,
            remedy="Write it as .zip; its codebook alone: es.io.write_codebook(study.codebook, path).",
        )
    return table, _losses(study)


def _losses(study: Study) -> Losses:
    lost = Losses()
    units, documents, book = study.units, study.documents, study.codebook
    lost.add("summary", "of a case under a code", len(study.summaries))
    lost.add("situation", "", len(study.situations))
    _lose_codes(book, set(study.codings["code"]), lost)
    for kind, table in (("coder", study.coders), ("case", study.cases), ("document", documents), ("unit", units)):
        distinct = {spelt(name, zeros=kind != "coder") for name in table.index}
        lost.add(kind, "whose name is spelt like another's", len(table) - len(distinct))
    _lose_attributes("case", study.cases, lost)
    lost.add("case", "without a document", int((~study.cases.index.isin(documents["case"])).sum()))
    own = documents.index.isin(units.index[units["document"] == units.index])
    lost.add("text", "of documents that are no units", int((documents["text"].notna() & ~own).sum()))
    _lose_attributes("document", documents.drop(columns=["case", "text"]), lost)
    lost.add("participant", "", len(study.participants))
    _lose_attributes("unit", units.drop(columns=["document", "case", "participant", "start", "end"]), lost)
    _lose_attributes("coder", study.coders, lost)
    lost.add("coding", "in one of several pieces of a mark", int(study.codings["mark"].notna().sum()))
    lost.add("position", "of units in documents", int(units["start"].notna().sum()))
    lost.add("part", "of the project that was read", len(study.unmapped.names) if study.unmapped else 0)
    return lost


def _lose_codes(book: Codebook, applied: set[str], lost: Losses) -> None:
    lost.add("name", "of the codebook", int(bool(book.name)))
    lost.add("version", "of the codebook", int(bool(book.version)))
    lost.add("code", "with a definition, colour or concept", sum(map(_is_told, book)))
    below = (code for code in book if code.parent is not None)
    lost.add("code", "below another", sum(not code.name.startswith(f"{code.parent}->") for code in below))
    parents = {code.parent for code in book}
    lost.add("code", "that is read as a word for no code, unless no_code=None", sum(map(is_no_code, applied)))
    lost.add("code", "that is spelt like another", len(applied) - len({spelt(name, zeros=False) for name in applied}))
    lost.add("code", "that is read as several others", sum(_is_several(name, applied) for name in applied))
    lost.add("code", "never applied", sum(name not in applied and name not in parents for name in book.names))


def _is_several(name: str, applied: set[str]) -> bool:
    parts = ([part.strip() for part in name.split(mark)] for mark in MARKS if mark in name)
    return any(applied.issuperset(filter(None, found)) for found in parts)


def _is_told(code: Code) -> bool:
    return any(getattr(code, field) for field in _TOLD)


def _lose_attributes(kind: str, table: pd.DataFrame, lost: Losses) -> None:
    named = table.dropna(axis=1, how="all").columns
    lost.add("attribute", f"of {kind}s", len(named))


def long_table(study: Study) -> pd.DataFrame:
    """The codings as text, then a row for each reading without a code, then the units that no one read.

    Where readings were assumed from the codings alone, no reading is written, so that they are assumed again on reading
    the table. Where the rows alone would be read otherwise, a column ``reading`` says that they are all the readings:
    ``given``, or ``assumed``. Attributes of cases, documents, participants and coders, the codebook and the situations
    have no place in it.
    """
    codings, units, documents = study.codings, study.units, study.documents
    bare = _without(documents.index, units["document"])
    assumed = study.provenance.choice(SEEN) == ASSUMED
    seen, whole = study.seen, study.assignments
    if assumed:
        seen, whole = seen.iloc[:0], whole.iloc[:0]
    whole = whole[whole["unit"].isna() & whole["document"].isin(bare)]
    silent = [_silent(seen, codings, "unit"), _silent(whole, codings, "document")]
    unread = [
        pd.DataFrame({place: _without(every, pd.concat([read[place], codings[place].dropna()]))})
        for place, every, read in (("unit", units.index, silent[0]), ("document", bare, silent[1]))
    ]
    columns = ["unit", "document", "coder", "round"]
    listed = pd.concat(
        [frame.reindex(columns=columns).astype("str") for frame in (*silent, *unread)], ignore_index=True
    )
    listed["document"] = _looked_up(listed["unit"], units["document"]).fillna(listed["document"])
    listed["case"] = _looked_up(listed["unit"], units["case"]).fillna(_looked_up(listed["document"], documents["case"]))
    table = pd.concat([codings, listed], ignore_index=True)[list(codings.columns.drop("mark"))]
    own = table["unit"] == table["document"]
    table["text"] = table["text"].fillna(_looked_up(table["document"], documents["text"]).where(own))
    if own.all():
        table["document"] = None
    for name in ("start", "end"):
        table[name] = table[name].astype("Int64").astype("str").where(table[name].notna())
    if not assumed and _is_ambiguous(seen, codings, silent[0]):
        table[READING] = table["coder"].map(lambda _: "assumed" if study.assumed_seen else "given", na_action="ignore")
    bare_case = table["case"].isna().to_numpy(dtype=bool)
    if len(table) and bare_case.any() and not bare_case[0]:  # else it may look as if a case stood for the rows below it
        first = int(np.argmax(bare_case))
        table = table.iloc[[first, *range(first), *range(first + 1, len(table))]].reset_index(drop=True)
    table = table.astype("str")
    return table[[name for name in table if name in _ALWAYS or table[name].notna().any()]].rename_axis(columns=None)


def _without(every: pd.Index[str], names: pd.Series[str]) -> pd.Index[str]:
    """The names that are not among others; by position, as membership is slow for many texts."""
    left: pd.Index[str] = every[pd.Index(names.unique(), dtype="str").get_indexer(every) < 0]
    return left


def _looked_up(names: pd.Series[str], known: pd.Series[str]) -> pd.Series[str]:
    """What is known of each name, as text; a column of nothing stays text too."""
    return names.map(known).astype("str")


def _silent(read: pd.DataFrame, codings: pd.DataFrame, place: str) -> pd.DataFrame:
    """The places that a coder read in a round and did not code in it."""
    keys = [place, "coder", "round"]
    coded = codings[keys].dropna(subset=keys[:2]).drop_duplicates()
    found = read[keys].merge(coded, how="left", on=keys, indicator="where")
    return found.loc[found["where"] == "left_only", keys]


def _is_ambiguous(seen: pd.DataFrame, codings: pd.DataFrame, silent: pd.DataFrame) -> bool:
    """Whether rows without a code do not show by themselves, for each coder, what they read."""
    if seen.empty:
        return False
    pairs = codings[["coder", "unit", "round"]].dropna(subset=["unit"]).drop_duplicates()
    numbers = pairs["coder"].value_counts()
    if silent.empty:
        return True
    own = seen["coder"].isin(silent["coder"].unique())
    return bool(coders_without_silence(numbers, set(silent["coder"]), len(silent) / int(own.sum())))
