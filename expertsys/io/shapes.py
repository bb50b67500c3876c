"""Which columns of a table are units, coders, codes and attributes: guessed where one reading fits, else asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark, listing, quoted, unknown
from expertsys._core.missing import is_no_code
from expertsys.io.cells import Cells

#: Two columns are of one kind when at least this share of the cells of one holds a value of the other.
_SHARED, _HARDLY = 0.5, 0.1
#: A column without a value of the others is no coder's if it has at least this many cells; with fewer, it may be.
_ENOUGH = 3
#: Up to this difference, a number is a sum or mean that was rounded.
_ROUNDED = 0.006
#: At most this share of rows may repeat the name of another, where the header does not say that it names units.
_OFTEN = 0.2
_ID = re.compile(
    r"(?:id|ids|nr|no|no\.|num|number|#|unit|item|excerpt|extract|segment|passage|quotation|quote|response|respondent"
    r"|row|index|key|turn|sentence|paragraph)|.*(?:[ _.\-]|(?<=[a-z]))(?:ID|Id|id|Nr|nr|No|no|number)"
)
_ATTRIBUTE = re.compile(
    r"(?:site|sites|notes?|remarks?|comments?|question|questions|gender|sex|age|role|group|arm|ward|region|country|city"
    r"|consent|consented|source|language|profession|department|team|year|month|week|weight|speaker|duration|wave"
    r"|recorded|checked|flag|confidence|certainty|sure|length|words|type|kind|status|page|line|timestamp"
    r"|average|avg|mean|median|total|sum|range|sd|diff|difference|delta|agree(?:d|ment|s)?\??|match(?:es)?\??|same\??"
    r"|discrepanc(?:y|ies)|disagree(?:ment)?\??|conflict\??|conf|memos?"
    r"|.*[ _.\-](?:conf|confidence|certainty|notes?|memo|comments?))",
    re.IGNORECASE,
)

Counts = Mapping[str, int]


def looks_like_id(name: str) -> bool:
    """Whether a header is one of those that columns of units have, such as ``ResponseId``."""
    return bool(_ID.fullmatch(name) or (_ID.fullmatch(name.lower()) and len(name) <= 9))


def unit_column(cells: Cells, free: Sequence[str], keys: Sequence[str], *, apart: Collection[str] = ()) -> str | None:
    """The column that names the units of a table with a row for each: None where no column can be taken for it.

    It is the first free column if it names every row once, or is headed as such columns are; else the only column so
    headed, or the only one, that names every row once; else the first if it hardly ever names a row twice.

    Parameters
    ----------
    keys : sequence of str
        Columns within which units are named, such as that of documents.
    apart : collection of str
        Columns that hold codes.
    """

    def names_rows(name: str) -> bool:
        column = cells.frame[name]
        return bool(column.notna().all()) and not cells.frame.duplicated([*keys, name]).any()

    candidates = [name for name in free if name not in apart or looks_like_id(name)]
    if not candidates:
        return None
    first = candidates[0]
    if looks_like_id(first) or names_rows(first):
        return first
    unique = [name for name in candidates if names_rows(name)]
    headed = [name for name in unique if looks_like_id(name)] or unique
    if len(headed) == 1:
        return headed[0]
    again = cells.frame.duplicated([*keys, first])
    return first if not headed and cells.frame[first].notna().all() and again.mean() <= _OFTEN else None


@attrs.frozen
class Coders:
    """Which columns of a wide table are coders, and which attributes."""

    coders: list[str]
    attributes: list[str]


def vocabulary(cells: Cells, name: str, separator: str | None) -> Counter[str]:
    """How often each value stands in a column, without regard to capital letters and without words for "no code"."""
    counts: Counter[str] = Counter()
    for text, times in cells.frame[name].value_counts().items():
        for part in str(text).split(separator) if separator else [str(text)]:
            value = " ".join(part.split()).casefold()
            if value and not is_no_code(value):
                counts[value] += int(times)
    return counts


def _kin(one: Counts, other: Counts) -> float:
    """How far two columns draw on the same values: the share of cells of one with a value of the other.

    The larger of both shares, as a coder who read little uses few codes; of numbers the smaller, as small numbers are
    found among all others.
    """
    if not one or not other:
        return 0.0
    shares = [
        sum(times for value, times in a.items() if value in b) / sum(a.values())
        for a, b in ((one, other), (other, one))
    ]
    return min(shares) if all(map(_is_number, (*one, *other))) else max(shares)


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"[+\-]?\d+(?:[.,]\d+)?", value))


def shared_columns(cells: Cells, names: Sequence[str], separator: str | None) -> set[str]:
    """The columns that draw on the same values as another of them."""
    words = {name: vocabulary(cells, name, separator) for name in names}
    return {a for a in names for b in names if a != b and _kin(words[a], words[b]) >= _SHARED}


def coder_columns(
    cells: Cells,
    free: Sequence[str],
    *,
    coders: Sequence[str] | None,
    attributes: Sequence[str] | None,
    codes: Collection[str],
    separator: str | None,
) -> Coders:
    """The columns of a wide table that are coders: those that draw on the same set of codes.

    Parameters
    ----------
    free : sequence of str
        Columns that play no other role.
    coders, attributes : sequence of str or None
        As the user says.
    codes : collection of str
        The codes of a codebook, if one was given.

    Raises
    ------
    DataError
        Where the values leave open which columns are coders; the candidates are shown.
    """
    if coders is not None or attributes is not None:
        return _as_given(cells, free, coders, attributes)
    if len(free) < 2:
        return Coders(list(free), [])
    words = {name: vocabulary(cells, name, separator) for name in free}
    empty = [name for name in free if not words[name]]
    filled = [name for name in free if words[name]]
    if codes:
        known = Counter({code.casefold(): 1 for code in codes})
        of_codes = [name for name in filled if _covered(words[name], known) >= _SHARED]
        if of_codes:
            return _sorted(free, {*of_codes, *(name for name in empty if not _ATTRIBUTE.fullmatch(name))})
    groups = _groups(filled, words)
    large = [group for group in groups if len(group) > 1]
    alone = [group[0] for group in groups if len(group) == 1]
    if not large and all(sum(words[name].values()) < _ENOUGH and not _ATTRIBUTE.fullmatch(name) for name in alone):
        return Coders(list(free), [])
    main = large[0] if len(large) == 1 else []
    made = _computed(cells, main)
    doubtful = [name for name in alone if not _is_apart(name, main, words)]
    if not main or doubtful or made or any(_ATTRIBUTE.fullmatch(name) for name in main):
        raise _ask(cells, large, alone, free, made)
    return _sorted(free, {*main, *(name for name in empty if not _ATTRIBUTE.fullmatch(name))})


def _as_given(
    cells: Cells, free: Sequence[str], coders: Sequence[str] | None, attributes: Sequence[str] | None
) -> Coders:
    for name in (*(coders or ()), *(attributes or ())):
        if name not in cells.columns:
            place = "coders" if coders and name in coders else "attributes"
            raise unknown("column", name, cells.columns, place=f"{cells.name}, {place}")
    wanted = set(coders if coders is not None else free) - set(attributes or ())
    taken = [name for name in wanted if name not in free]
    if taken:
        raise DataError(
            f"{listing(taken)} cannot be a coder: the column plays another role", place=cells.name,
            remedy="Name the columns of roles by keyword, such as unit='...'.",
        )  # fmt: skip
    return _sorted(free, wanted)


def _sorted(free: Sequence[str], coders: Collection[str]) -> Coders:
    return Coders([name for name in free if name in coders], [name for name in free if name not in coders])


def _covered(counts: Counts, known: Counts) -> float:
    return sum(times for value, times in counts.items() if value in known) / sum(counts.values())


def _groups(names: Sequence[str], words: Mapping[str, Counts]) -> list[list[str]]:
    """Columns that draw on the same values, directly or through others."""
    groups: list[list[str]] = []
    for name in names:
        kin = [group for group in groups if any(_kin(words[name], words[other]) >= _SHARED for other in group)]
        groups = [group for group in groups if group not in kin] + [[*(each for group in kin for each in group), name]]
    return groups


def _is_apart(name: str, main: Sequence[str], words: Mapping[str, Counts]) -> bool:
    """Whether a column clearly is no coder's: hardly a value of theirs among enough cells, or a header that says so."""
    nearest = max((_kin(words[name], words[other]) for other in main), default=0.0)
    return nearest <= _HARDLY and (sum(words[name].values()) >= _ENOUGH or bool(_ATTRIBUTE.fullmatch(name)))


def _computed(cells: Cells, names: Sequence[str]) -> list[str]:
    """Columns of numbers that are the sum, mean or difference of the others in each row, where these differ."""
    if len(names) < 3 or not all(_is_number(value) for name in names for value in cells.frame[name].dropna().unique()):
        return []
    numbers = cells.frame[list(names)].apply(lambda column: pd.to_numeric(column.str.replace(",", ".")))
    found = []
    for name in names:
        others, own = numbers.drop(columns=name), numbers[name]
        spread = others.max(axis=1) - others.min(axis=1)
        known = own.notna() & others.notna().all(axis=1)
        if known.sum() < _ENOUGH or not (spread[known] > 0).any():
            continue
        for made in (others.mean(axis=1), others.sum(axis=1), spread):
            if ((made - own)[known].abs() < _ROUNDED).all():
                found.append(name)
                break
    return found


def _ask(
    cells: Cells,
    large: Sequence[Sequence[str]],
    alone: Sequence[str],
    free: Sequence[str],
    made: Sequence[str] = (),
) -> DataError:
    sharing = "; ".join(f"{listing(group)} share values" for group in large)
    others = f"{listing(alone)} share hardly any with others" if alone else ""
    if made:
        others = "; ".join(filter(None, (others, f"{listing(made)} can be computed from the others")))
    choices = [list(group) for group in large] or [list(free)]
    headed = [name for group in large for name in group if _ATTRIBUTE.fullmatch(name) or name in made]
    if headed:
        choices = [[name for name in group if name not in headed] for group in choices] + choices
    calls = " or ".join(f"read(..., layout='wide', coders={choice})" for choice in choices[:4] if choice)
    return DataError(
        f"it is not clear which columns are coders: {'; '.join(filter(None, (sharing, others)))}",
        place=cells.name,
        remedy=f"Name them: {calls}.",
    )


#: From this share of cells on, a column is taken for one of indicators with a slip in it.
_MOSTLY = 0.5
_YES = {"1", "1.0", "true", "yes", "y", "x", "✓", "✔", "•", "●", "*", "ja", "j", "oui", "sí", "si"}
_NO = {"0", "0.0", "false", "no", "n", "nein", "non"}
_KINDS = (
    {"0", "1", "0.0", "1.0"},
    {"true", "false"},
    {"yes", "no"},
    {"y", "n"},
    {"ja", "nein"},
    {"j", "n"},
    {"oui", "non"},
    {"x", "✓", "✔", "•", "●", "*"},
)


def indicator_columns(cells: Cells, free: Sequence[str]) -> list[list[str]]:
    """Groups of columns that say of each row whether a code applies: 0 and 1, TRUE and FALSE, yes and no, x and blank.

    One group for each way of saying it, the largest first. A column that is blank throughout goes with x and blank.
    """
    found: dict[int, list[str]] = {}
    blank: list[str] = []
    for name in free:
        values = {str(value).casefold() for value in cells.frame[name].dropna().unique()[:10]}
        if not values:
            blank.append(name)
            continue
        for number, kind in enumerate(_KINDS):
            if values <= kind:
                found.setdefault(number, []).append(name)
                break
    groups = sorted(found.values(), key=len, reverse=True)
    if len(groups) == 1 and not any(_says_no(cells, name) for name in groups[0]):
        groups = [[name for name in free if name in {*groups[0], *blank}]]
    return groups


def nearly_indicators(cells: Cells, free: Sequence[str]) -> list[str]:
    """Columns of which most cells say yes or no, both in one way, and some say neither."""
    found = []
    for name in free:
        values = cells.frame[name].dropna().str.casefold()
        for kind in _KINDS[:-1]:
            own = values.isin(kind)
            if _MOSTLY <= own.mean() < 1 and len(values[own].unique()) > 1:
                found.append(name)
                break
    return found


def neither_yes_nor_no(cells: Cells, names: Sequence[str]) -> DataError:
    """The error for columns of indicators in which a cell says neither yes nor no."""
    faults = []
    for name in names:
        folded = cells.frame[name].str.casefold()
        other = folded.notna() & ~folded.isin({*_YES, *_NO})
        other = other if other.any() else folded.notna() & ~folded.isin(set(folded.value_counts().index[:2]))
        at = int(other.to_numpy(dtype=bool).argmax())
        faults.append(
            Remark(
                "error",
                f"{cells.name}, row {cells.rows[at]}, column {quoted(name)}",
                f"{quoted(str(cells.frame[name].iloc[at]))} says neither yes nor no, unlike the other cells.",
                "Write one of the two, also where the code could not apply, or leave the row out; if the column is not "
                f"a code: attributes=[{name!r}].",
            )
        )
    return DataError(faults[0].what, place=faults[0].place, remedy=faults[0].remedy, faults=faults)


def _says_no(cells: Cells, name: str) -> bool:
    return any(str(value).casefold() in _NO for value in cells.frame[name].dropna().unique()[:10])


def flags(column: pd.Series[str]) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Where a column of indicators says that its code applies, and where it says in so many words that it does not."""
    folded = column.str.casefold()
    return folded.isin(_YES), folded.isin(_NO)


def ask_indicators(cells: Cells, groups: Sequence[Sequence[str]]) -> DataError:
    """The error for a table whose columns of 0 and 1 may be codes or coders."""
    shown = [list(group) for group in groups]
    return DataError(
        f"the columns {listing(shown[0])} say yes or no in each row, and nothing says who coded: each may be a code, "
        "or a coder who applied one code",
        place=cells.name,
        remedy="If they are codes, name the coder's column, read(..., coder='...'), or let the file's name say who "
        "coded, read(..., layout='indicators', pattern='{coder}'). If they are coders: read(..., layout='wide').",
    )


def ask_which_indicators(cells: Cells, groups: Sequence[Sequence[str]]) -> DataError:
    """The error for a table with several kinds of columns that say yes or no."""
    told = "; ".join(listing(group) for group in groups)
    others = [[name for other in groups if other is not group for name in other] for group in groups[:3]]
    calls = " or ".join(f"read(..., layout='indicators', attributes={names})" for names in others)
    return DataError(
        f"columns that say yes or no do so in {len(groups)} ways: {told}; it is not clear which of them are codes",
        place=cells.name,
        remedy=f"Say which are not: {calls}.",
    )
