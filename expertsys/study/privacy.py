"""Names taken out of a study, consistently, and what a study keeps when its texts are taken out."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, Remark, listing
from expertsys.study.provenance import Provenance
from expertsys.study.selecting import left_out
from expertsys.study.tables import CASES, CODERS, DOCUMENTS, PARTICIPANTS, UNITS, Table

if TYPE_CHECKING:
    from expertsys.study.study import Study

KINDS = ("coder", "participant", "document", "case")
_SHORTEST_KEY = 8
_DIGITS = 6
_Ints = npt.NDArray[np.int64]


@attrs.frozen(repr=False)
class Pseudonymised:
    """A study without names, and apart from it the table that leads back to them.

    Parameters
    ----------
    study : Study
        To be shared.
    mapping : pandas.DataFrame
        Columns ``kind, name, pseudonym``: to be kept apart from the study, and locked away.
    """

    study: Study
    mapping: pd.DataFrame

    def __repr__(self) -> str:
        counts = self.mapping["kind"].value_counts().to_dict()
        told = ", ".join(f"{number} {kind}s" for kind, number in counts.items())
        return f"Pseudonymised study ({told}); .study is to be shared, .mapping to be kept apart"


def pseudonymise(study: Study, key: str | bytes, terms: Iterable[str] | Mapping[str, str]) -> Pseudonymised:
    """Replace names by pseudonyms made with a key; see `Study.pseudonymise`."""
    secret = _secret(key)
    parts = study._parts()
    rows: list[tuple[str, str, str]] = []
    renamed: dict[str, dict[str, str]] = {}
    for kind in KINDS:
        names = [str(name) for name in parts[f"{kind}s"].index]
        renamed[kind] = _named(kind, names, secret)
        rows += [(kind, name, renamed[kind][name]) for name in names]
    units = _units(parts["units"], renamed, secret)
    rows += [("unit", name, new) for name, new in units.items() if name not in renamed["document"]]
    chosen = _terms(terms, secret)
    rows += [("term", term, new) for term, new in chosen.items()]
    words = _Words({**{name: new for names in renamed.values() for name, new in names.items()}, **chosen})
    replace = _Words(chosen)
    changed = {name: _renamed(frame, renamed, units) for name, frame in parts.items()}
    for table in (CASES, DOCUMENTS, PARTICIPANTS, CODERS, UNITS):
        changed[table.name] = _relabelled(changed[table.name], table, words)
    _replace_texts(changed, replace)
    if "situation" in changed["situations"]:  # such as 'North 12'
        called = changed["situations"]["situation"].astype(object).map(words.replaced, na_action="ignore")
        changed["situations"] = changed["situations"].assign(situation=called.astype("str"))
    book = attrs.evolve(
        study.codebook,
        name=words.replaced(study.codebook.name),
        codes=(attrs.evolve(code, **_texts_of(code, replace)) for code in study.codebook),
    )
    provenance = _scrubbed(study.provenance, words)
    notes = [left_out("pseudonymise")] if study.unmapped is not None else []
    notes.append(
        Remark(
            "note",
            "study.pseudonymise",
            "replaced the names of coders, participants, documents and cases"
            + (f", and {len(chosen):,} terms within texts" if chosen else "; texts were left as they were")
            + ".",
            "Names that stand in texts, memos and attributes are replaced only where they are given as terms.",
        )
    )
    made = study._changed(**changed, codebook=book, provenance=provenance.noting(*notes), unmapped=None)
    made = made.with_title(words.replaced(study.title))
    mapping = pd.DataFrame(rows, columns=["kind", "name", "pseudonym"], dtype="str").rename_axis(columns="column")
    return Pseudonymised(made, mapping)


def without_texts(study: Study) -> Study:
    """The study without what people said; see `Study.without_texts`."""
    parts = study._parts()
    documents = parts["documents"].assign(text=pd.Series(np.nan, index=parts["documents"].index, dtype="str"))
    codings = parts["codings"].assign(text=pd.Series(np.nan, index=parts["codings"].index, dtype="str"))
    note = Remark("note", "study.without_texts", "left out the texts of documents and codings, and study.unmapped.")
    return study._changed(documents=documents, codings=codings, unmapped=None, provenance=study.provenance.noting(note))


def _secret(key: str | bytes) -> bytes:
    secret = key.encode("utf-8") if isinstance(key, str) else key
    if not isinstance(secret, bytes) or len(secret) < _SHORTEST_KEY:
        raise DataError(
            f"key must be text or bytes of at least {_SHORTEST_KEY} characters",
            place="pseudonymise",
            remedy="Make one with secrets.token_hex(), and keep it apart: the same key gives the same pseudonyms.",
        )
    return secret


def _digest(secret: bytes, kind: str, name: str) -> str:
    plain = unicodedata.normalize("NFC", name)
    return hmac.new(secret, f"{kind}\x1f{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _named(kind: str, names: Iterable[str], secret: bytes) -> dict[str, str]:
    """A pseudonym for each name: short, and longer where two would be the same."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        digest = _digest(secret, kind, name)
        length = _DIGITS
        while f"{kind}-{digest[:length]}" in taken:
            length += 1
        made[name] = f"{kind}-{digest[:length]}"
        taken.add(made[name])
    return made


def _units(units: pd.DataFrame, renamed: Mapping[str, Mapping[str, str]], secret: bytes) -> dict[str, str]:
    """Units that are documents are called as those, stretches of one by it and their place, others anew."""
    made: dict[str, str] = {}
    for name, document in zip(units.index, units["document"], strict=True):
        new = renamed["document"].get(document, "")
        rest = str(name).removeprefix(str(document)) if str(name).startswith(str(document)) else None
        stretch = rest is not None and re.fullmatch(r"( \[\d+:\d+\])?", rest)
        made[name] = f"{new}{rest}" if stretch else f"unit-{_digest(secret, 'unit', str(name))[:12]}"
    return made


def _terms(terms: Iterable[str] | Mapping[str, str], secret: bytes) -> dict[str, str]:
    if isinstance(terms, str):
        raise DataError("terms must be several words or a mapping, not one text", place="terms", remedy="Give a list.")
    given = (
        dict(terms)
        if isinstance(terms, Mapping)
        else {term: f"[{_digest(secret, 'term', term)[:_DIGITS]}]" for term in terms}
    )
    empty = [term for term in given if not isinstance(term, str) or not term.strip()]
    if empty:
        raise DataError(f"{len(empty)} of the terms are blank: {listing(empty)}", place="terms", remedy="Drop them.")
    return given


class _Words:
    """Finds words in texts, longer ones first, whatever their capitals, and replaces them with their spans kept."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._new = {unicodedata.normalize("NFC", old).casefold(): new for old, new in replacements.items()}
        listed = sorted(set(replacements), key=len, reverse=True)
        both = dict.fromkeys(
            form for old in listed for form in (old, *(unicodedata.normalize(f, old) for f in ("NFC", "NFD")))
        )
        pattern = "|".join(map(re.escape, both))
        self._pattern = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and replacement of every word."""
        for match in self._pattern.finditer(text) if self._pattern is not None else ():
            yield *match.span(), self._new.get(unicodedata.normalize("NFC", match[0]).casefold(), "[…]")

    def replaced(self, text: str) -> str:
        """The text with every word replaced."""
        pieces, at = [], 0
        for start, end, new in self.found(text):
            pieces += [text[at:start], new]
            at = end
        return "".join([*pieces, text[at:]])

    def moved(self, text: str, positions: _Ints, *, ends: bool) -> _Ints:
        """Where positions of the old text lie in the new one; within a word, a start moves before it, an end after."""
        places = list(self.found(text))
        if not places:
            return positions
        old_start, old_end = (np.array(column, dtype=np.int64) for column in list(zip(*places, strict=True))[:2])
        lengths = np.array([len(new) for _, _, new in places], dtype=np.int64)
        shift = np.concatenate([[0], np.cumsum(lengths - (old_end - old_start))])
        before = np.searchsorted(old_end, positions, side="right")
        moved: _Ints = positions + shift[before]
        inside = (before < len(places)) & (old_start[np.minimum(before, len(places) - 1)] < positions)
        word = np.minimum(before, len(places) - 1)
        begun = old_start[word] + shift[word]
        moved[inside] = (begun + lengths[word] if ends else begun)[inside]
        return moved


def _renamed(frame: pd.DataFrame, renamed: Mapping[str, Mapping[str, str]], units: Mapping[str, str]) -> pd.DataFrame:
    """The table with the names in its index and in the columns that refer to them replaced."""
    names: dict[str, Mapping[str, str]] = {**renamed, "unit": units}
    made = frame.copy(deep=False)
    for kind, mapping in names.items():
        if kind in made.columns:
            cells = made[kind].astype(object)
            made[kind] = cells.map(lambda cell, held=mapping: held.get(cell, cell)).astype("str")
    index = str(frame.index.name)
    if index in names:
        made.index = pd.Index([names[index][name] for name in frame.index], dtype="str", name=index)
    return made


def _relabelled(frame: pd.DataFrame, table: Table, words: _Words) -> pd.DataFrame:
    """The table with names taken out of its headers: a reader keeps what coders differ on as ``mood (ann)``."""
    labels = {column: words.replaced(str(column)) for column in frame.columns if column not in table.text}
    return frame.rename(columns=labels)


def _replace_texts(parts: dict[str, pd.DataFrame], words: _Words) -> None:
    """Replace terms in all texts; positions in documents follow."""
    texts = parts["documents"]["text"].dropna()
    for name in ("codings", "units", "document_parts"):
        if len(texts):
            parts[name] = _moved(parts[name], texts, words)
    for name, frame in parts.items():
        for column in frame.columns:
            if isinstance(frame[column].dtype, pd.StringDtype) and column not in (*KINDS, "unit", "code"):
                cells = frame[column].astype(object)
                parts[name] = parts[name].assign(
                    **{str(column): cells.map(words.replaced, na_action="ignore").astype("str")}
                )


def _moved(frame: pd.DataFrame, texts: pd.Series[str], words: _Words) -> pd.DataFrame:
    start, end = (frame[name].to_numpy(dtype="float64", na_value=np.nan).copy() for name in ("start", "end"))
    placed = ~np.isnan(start) & ~np.isnan(end)
    for document, rows in frame.groupby("document", sort=False).indices.items():
        at = rows[placed[rows]]
        if document in texts.index and len(at):
            text = str(texts[str(document)])
            empty = start[at] == end[at]
            start[at] = words.moved(text, start[at].astype(np.int64), ends=False)
            end[at] = words.moved(text, end[at].astype(np.int64), ends=True)
            end[at[empty]] = start[at[empty]]
    spans: dict[str, Any] = {"start": pd.array(start, dtype="Int64"), "end": pd.array(end, dtype="Int64")}
    return frame.assign(**spans)


def _texts_of(code: Any, words: _Words) -> dict[str, Any]:
    return {name: words.replaced(getattr(code, name)) for name in ("definition", "inclusion", "exclusion", "example")}


def _scrubbed(provenance: Provenance, words: _Words) -> Provenance:
    """Remarks, choices and the names of files without any of the names."""
    return attrs.evolve(
        provenance,
        sources=(attrs.evolve(source, name=f"file {number}") for number, source in enumerate(provenance.sources, 1)),
        choices=((words.replaced(what), words.replaced(choice)) for what, choice in provenance.choices),
        synthetic=words.replaced(provenance.synthetic),
        notes=(
            attrs.evolve(
                note,
                place=words.replaced(note.place),
                what=words.replaced(note.what),
                remedy=words.replaced(note.remedy),
            )
            for note in provenance.notes
        ),
    )
