"""A study as one long table: a row per coding, and a row with a blank code for what was read and not coded."""

from __future__ import annotations

import pandas as pd

from expertsys.study import Study

_ALWAYS = ("unit", "coder", "code")


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
