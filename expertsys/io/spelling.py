"""Names that are spelt in two ways: one name, where nothing speaks against it."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

import pandas as pd

from expertsys._core.errors import counted, quoted
from expertsys._core.names import folded, spellings
from expertsys.io.log import Log

_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_WHOLE = re.compile(r"^([+\-]?\d+)[.,]0+$")
_MOST = 5
#: What usually stands between several codes in one cell.
MARKS = (";", "|", "\n", ",")
#: Within what a name stands for one thing, and who would not spell it in two ways.
_PLACES: dict[str, tuple[list[str], list[str]]] = {
    "case": ([], ["file", "coder"]),
    "document": (["case"], ["file", "coder"]),
    "participant": (["case"], ["file", "coder"]),
    "unit": (["case", "document"], ["file", "coder"]),
    "coder": ([], ["case", "document", "unit"]),
}


def spelt(name: str, *, zeros: bool) -> str:
    """What two spellings of one name share, such as 1 and 1.0; `zeros`: leading zeros make no difference."""
    plain = _WHOLE.sub(r"\1", folded(name))
    return _ZEROS.sub("", plain) if zeros else plain


def one_spelling(places: pd.DataFrame, log: Log) -> None:
    """Give names of places and coders one spelling, where two differ by capitals, blanks or leading zeros only.

    Two units, documents, cases or participants stay apart where one coder's table has both; two coders where both read
    one unit. The more frequent spelling is kept.
    """
    for role, (within, apart) in _PLACES.items():
        distinct = list(places[role].dropna().unique())
        keys = {name: spelt(name, zeros=role != "coder") for name in distinct}
        if len(set(keys.values())) == len(distinct):
            continue
        rows = places[[*within, *apart]].assign(name=places[role], key=places[role].map(keys)).dropna(subset="name")
        thing = [*within, "key"]
        rows = rows[rows.groupby(thing, dropna=False)["name"].transform("nunique") > 1]
        pairs = rows.drop_duplicates([*thing, *apart, "name"])
        both = pairs[pairs.duplicated([*thing, *apart], keep=False)]
        rows = rows[~pd.MultiIndex.from_frame(rows[thing]).isin(pd.MultiIndex.from_frame(both[thing]))]
        if rows.empty:
            continue
        kept = rows.groupby(thing, dropna=False)["name"].transform(lambda names: names.value_counts().index[0])
        changed = rows["name"] != kept
        places.loc[rows.index[changed], role] = kept[changed]
        _tell(f"{role}s", rows["name"][changed], kept[changed], "Otherwise give them names that differ.", log)


def one_spelling_of_codes(codes: pd.Series[str], own: Collection[str], log: Log) -> pd.Series[str]:
    """Codes with one spelling each, where two differ by capitals, blanks or the encoding of accents only.

    Parameters
    ----------
    own : collection of str
        The codebook's names: codes that are both in it stay apart, and its spelling is kept.
    """
    alike = spellings((*own, *codes.value_counts().index), partial(spelt, zeros=False))
    other = {name: kept for kept, *others in alike for name in others if name not in own}
    if not other:
        return codes
    changed = codes.isin(list(other))
    result = codes.where(~changed, codes.map(other))
    remedy = "If they are different codes, give a codebook that has both: read(..., codebook=...)."
    _tell("codes", codes[changed], result[changed], remedy, log)
    return result


def _tell(place: str, old: pd.Series[str], new: pd.Series[str], remedy: str, log: Log) -> None:
    pairs = pd.DataFrame({"old": old, "new": new}).drop_duplicates()
    shown = ", ".join(f"{quoted(a)} as {quoted(b)}" for a, b in pairs.head(_MOST).itertuples(index=False))
    more = f" and {len(pairs) - _MOST:,} more" if len(pairs) > _MOST else ""
    log.tell(
        "note",
        place,
        f"took {shown}{more} in {counted(len(old), 'row')}, because they differ only in spelling.",
        remedy,
    )
