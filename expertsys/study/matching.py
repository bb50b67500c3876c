"""What several studies have in common: documents by content and name, codes by identifier, path and a given map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, counted, unknown
from expertsys._core.results import TableResult
from expertsys.study.codebook import Codebook
from expertsys.study.study import Study

Rule = Literal["guid", "path", "name"]
RULES: tuple[Rule, ...] = ("guid", "path", "name")
Renamed = dict[str, str]


@attrs.frozen(repr=False)
class Matching(TableResult):
    """How the documents and codes of several studies were matched.

    Parameters
    ----------
    rows : tuple
        Kind (``"document"``, ``"code"``), number of the study from 1, name there, name in the merged study, and how it
        was matched: ``"first"`` (no earlier study has it), ``"map"``, ``"guid"``, ``"path"``, ``"name"`` or
        ``"content"``.
    """

    rows: tuple[tuple[str, int, str, str, str], ...]

    def _title(self) -> str:
        counts = Counter((kind, how != "first") for kind, number, _, _, how in self.rows if number > 1)
        told = [
            f"{counted(counts[kind, True], kind)} matched, {counts[kind, False]:,} new" for kind in ("document", "code")
        ]
        return f"Of the further studies: {'; '.join(told)}"

    def _rows(self) -> Sequence[tuple[str, object]]:
        return [
            (f"{kind} {name!r} of study {number}", f"{new!r}, by {how}") for kind, number, name, new, how in self.rows
        ]

    def to_frame(self) -> pd.DataFrame:
        """Columns ``kind, study, name, merged, how``, one row for each document and code of each study."""
        table = pd.DataFrame(self.rows, columns=["kind", "study", "name", "merged", "how"])
        table.index.name = "match"
        return table.astype({"study": "Int64"}).rename_axis(columns="column")

    def renamed(self, kind: str, number: int) -> Renamed:
        """Names of one study to names in the merged one."""
        return {name: new for what, at, name, new, _ in self.rows if what == kind and at == number}


def canonical(text: str) -> str:
    """A text without byte order mark and white space at its end, its line ends all LF: what two copies share."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip()


def ends_kept(text: str) -> npt.NDArray[np.int64]:
    """Where each character of the canonical text stands in the text, its end last."""
    letters = np.array(list(text), dtype=object) if text else np.array([], dtype=object)
    gone = np.zeros(len(letters), dtype=bool)
    if len(letters):
        gone[:-1] = (letters[:-1] == "\r") & (letters[1:] == "\n")
        gone[0] = gone[0] or letters[0] == "\ufeff"
    gone[len(text.rstrip()) :] = True
    kept = np.flatnonzero(~gone)
    return np.append(kept, kept[-1] + 1 if len(kept) else len(text)).astype(np.int64)


def match(
    studies: Sequence[Study],
    *,
    codes: Mapping[str, str],
    documents: Mapping[str, str],
    by: Iterable[Rule],
    same_document: Literal["refuse", "separate"],
) -> Matching:
    """Match documents and codes of further studies with those of earlier ones; all faults are raised together."""
    rules = list(by)
    for rule in rules:
        check_choice("codes_by", rule, RULES)
    faults: list[Remark] = []
    rows = [*_documents(studies, documents, same_document, faults), *_codes(studies, codes, rules, faults)]
    if faults:
        raise DataError(
            f"the studies contradict each other in {counted(len(faults), 'place')}", place="merge", faults=faults
        )
    return Matching(tuple(rows))


def _documents(
    studies: Sequence[Study], given: Mapping[str, str], same: str, faults: list[Remark]
) -> Iterable[tuple[str, int, str, str, str]]:
    texts: dict[str, str | None] = {}
    by_content: dict[str, str] = {}
    cases: dict[str, str] = {}
    _known(given, [name for study in studies[1:] for name in study.documents.index], "document", "documents")
    times = [Counter(canonical(str(text)) for text in study.documents["text"].dropna()) for study in studies]
    for number, study in enumerate(studies, start=1):
        used: set[str] = set()
        held = study.documents["text"]
        whole = {str(name): None if pd.isna(text) else canonical(str(text)) for name, text in held.items()}
        for name, text in whole.items():
            case = study.documents["case"].get(name)
            new, how = _document(name, text, given if number > 1 else {}, texts, by_content, used)
            if how in ("name", "first") and isinstance(case, str):
                new, how = _within_case(name, case, texts, cases)
            copies = [times[at][text] for at in range(number)] if text else [0]
            if how != "map" and (how, new) != ("content", name) and any(copies[:-1]) and max(copies) > 1:
                faults.append(_ambiguous(name, number, str(text)))
            known = texts.get(new)
            differs = known is not None and text is not None and known != text
            if (differs or new in used) and how == "name" and same == "separate":
                new, how = _free(f"{name} ({study.title or number})", texts), "first"
            elif differs:
                faults.append(_differs(name, number, str(known), str(text)))
            elif new in used:
                faults.append(_twice("document", "documents", number, name, new))
            used.add(new)
            if isinstance(case, str):
                cases.setdefault(new, case)
            texts[new] = text if texts.get(new) is None else texts[new]
            if text and text.strip():
                by_content.setdefault(text, new)
            yield "document", number, name, new, how


def _document(
    name: str,
    text: str | None,
    given: Mapping[str, str],
    texts: Mapping[str, str | None],
    by_content: Mapping[str, str],
    used: set[str],
) -> tuple[str, str]:
    """The merged name of a document and how it was found; its own name comes first where both fit."""
    if name in given:
        return given[name], "map"
    if text is not None and texts.get(name) == text and name not in used:
        return name, "content"
    twin = by_content.get(text or "")
    if twin is not None and twin not in used:
        return twin, "content"
    return name, "name" if name in texts else "first"


def _within_case(name: str, case: str, texts: Mapping[str, object], cases: Mapping[str, str]) -> tuple[str, str]:
    """A document is identified within its case, which one study may put before its name and another not."""
    if name in texts and cases.get(name, case) == case:
        return name, "name"
    longer = f"{case}/{name}"
    for other in (longer, name.removeprefix(f"{case}/")):
        if other != name and other in texts and cases.get(other) == case:
            return other, "name"
    return (longer if name in texts else name), "first"


def _differs(name: str, number: int, first: str, second: str) -> Remark:
    at = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return Remark(
        "error",
        f"study {number}, document {name!r}",
        f"has another text than in an earlier study, from character {at} on: {second[at : at + 20]!r} where it had "
        f"{first[at : at + 20]!r}.",
        "If they are two documents: same_document='separate'. If one was changed after coding began, code it again.",
    )


def _ambiguous(name: str, number: int, text: str) -> Remark:
    shown = text if len(text) <= 20 else f"{text[:19]}…"
    return Remark(
        "error",
        f"study {number}, document {name!r}",
        f"has a text that several documents have ({shown!r}), so that its text does not say which one it is.",
        f"Say it: documents={{{name!r}: 'its name in the first study'}}, for each such document.",
    )


def _free(name: str, taken: Mapping[str, object]) -> str:
    label, number = name, 2
    while label in taken:
        label, number = f"{name} {number}", number + 1
    return label


def _known(given: Mapping[str, str], names: Sequence[str], kind: str, place: str) -> None:
    for name in given:
        if name not in names:
            raise unknown(kind, name, list(dict.fromkeys(names)), place=place)


def path_of(book: Codebook, name: str) -> tuple[str, ...]:
    """A code with the codes above it, from the top."""
    return (*reversed(book.ancestors(name)), name)


def guid_of(guid: str | None) -> str | None:
    """An identifier without braces, in small letters."""
    return guid.strip("{} ").casefold() if guid and guid.strip("{} ") else None


def _codes(
    studies: Sequence[Study], given: Mapping[str, str], rules: Sequence[str], faults: list[Remark]
) -> Iterable[tuple[str, int, str, str, str]]:
    known: dict[str, dict[object, str]] = {rule: {} for rule in RULES}
    taken: dict[str, int] = {}
    _known(given, [name for study in studies[1:] for name in study.codes], "code", "codes")
    for number, study in enumerate(studies, start=1):
        book = study.codebook
        used: set[str] = set()
        own: list[tuple[str, object, str]] = []
        for name in study.codes:
            keys: dict[str, object] = {"path": (name,), "name": name}
            if name in book:
                keys = {"guid": guid_of(book[name].guid), "path": path_of(book, name), "name": name}
            new, how = _code(name, keys, given if number > 1 else {}, known, rules)
            if new in used:
                faults.append(_twice("code", "codes", number, name, new))
            elif how == "first" and new in taken:
                faults.append(
                    Remark(
                        "error",
                        f"study {number}, code {name!r}",
                        f"has the name of a code of study {taken[new]} and stands elsewhere in the codebook.",
                        f"If they are one: codes={{{name!r}: {name!r}}}, or codes_by=('guid', 'path', 'name') for all. "
                        f"If not: codes={{{name!r}: 'another name'}}, or rename it.",
                    )
                )
            used.add(new)
            own += [(rule, key, new) for rule, key in keys.items() if key is not None]
            yield "code", number, name, new, how
        for new in used:
            taken.setdefault(new, number)
        for rule, key, new in own:
            known[rule].setdefault(key, new)


def _code(
    name: str,
    keys: Mapping[str, object],
    given: Mapping[str, str],
    known: Mapping[str, Mapping[object, str]],
    rules: Sequence[str],
) -> tuple[str, str]:
    if name in given:
        return given[name], "map"
    for rule in rules:
        key = keys.get(rule)
        if key is not None and key in known[rule]:
            return known[rule][key], rule
    return name, "first"


def _twice(kind: str, option: str, number: int, name: str, new: str) -> Remark:
    return Remark(
        "error",
        f"study {number}, {kind} {name!r}",
        f"would become {new!r}, as another {kind} of the same study does.",
        f"Give one of them another name: {option}={{{name!r}: '...'}}.",
    )
