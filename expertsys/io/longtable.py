"""A study as one long table: a row per coding, and a row with a blank code for what was read and not coded."""

from __future__ import annotations

import pandas as pd

from expertsys._core.errors import DataError
from expertsys.io.refi.losses import Losses
from expertsys.study import Code, Codebook, Study

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
    _lose_attributes("case", study.cases, lost)
    lost.add("case", "without a document", int((~study.cases.index.isin(documents["case"])).sum()))
    own = documents.index.isin(units.index[units["document"] == units.index])
    lost.add("text", "of documents that are no units", int((documents["text"].notna() & ~own).sum()))
    _lose_attributes("document", documents.drop(columns=["case", "text"]), lost)
    lost.add("participant", "", len(study.participants))
    _lose_attributes("coder", study.coders, lost)
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
    lost.add("code", "never applied", sum(name not in applied and name not in parents for name in book.names))


def _is_told(code: Code) -> bool:
    return any(getattr(code, field) for field in _TOLD)


def _lose_attributes(kind: str, table: pd.DataFrame, lost: Losses) -> None:
    named = table.dropna(axis=1, how="all").columns
    lost.add("attribute", f"of {kind}s", len(named))


def long_table(study: Study) -> pd.DataFrame:
    """The codings as text, then the units that a coder saw and did not code, then the units that no one saw.

    Attributes of cases, documents, participants and coders, the codebook and the situations have no place in it.
    """
    codings, units, documents = study.codings, study.units, study.documents
    bare = _without(documents.index, units["document"])
    whole = study.assignments[study.assignments["document"].isin(bare)]
    listed = pd.concat(
        [
            _silent(study.seen, codings, "unit", units.index),
            _silent(whole, codings, "document", bare),
        ],
        ignore_index=True,
    )
    listed["document"] = _looked_up(listed["unit"], units["document"]).fillna(listed["document"])
    listed["case"] = _looked_up(listed["unit"], units["case"]).fillna(_looked_up(listed["document"], documents["case"]))
    table = pd.concat([codings, listed], ignore_index=True)[list(codings.columns)]
    own = table["unit"] == table["document"]
    table["text"] = table["text"].fillna(_looked_up(table["document"], documents["text"]).where(own))
    if own.all():
        table["document"] = None
    for name in ("start", "end"):
        table[name] = table[name].astype("Int64").astype("str").where(table[name].notna())
    table = table.astype("str")
    return table[[name for name in table if name in _ALWAYS or table[name].notna().any()]].rename_axis(columns=None)


def _without(every: pd.Index[str], names: pd.Series[str]) -> pd.Index[str]:
    """The names that are not among others; by position, as membership is slow for many texts."""
    left: pd.Index[str] = every[pd.Index(names.unique(), dtype="str").get_indexer(every) < 0]
    return left


def _looked_up(names: pd.Series[str], known: pd.Series[str]) -> pd.Series[str]:
    """What is known of each name, as text; a column of nothing stays text too."""
    return names.map(known).astype("str")


def _silent(seen: pd.DataFrame, codings: pd.DataFrame, place: str, every: pd.Index[str]) -> pd.DataFrame:
    """The places that a coder saw and did not code, then those that no one saw."""
    coded = codings[[place, "coder"]].dropna().drop_duplicates()
    found = seen[[place, "coder"]].merge(coded, how="left", on=[place, "coder"], indicator="where")
    silent = found.loc[found["where"] == "left_only", [place, "coder"]]
    unseen = _without(every, pd.concat([seen[place], coded[place]]))
    both = pd.concat([silent, pd.DataFrame({place: unseen})], ignore_index=True)
    return both.reindex(columns=["unit", "document", "coder"]).astype("str")
