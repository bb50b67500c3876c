"""What the reader of a project gathers, and the study that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import counted, quoted
from expertsys._core.progress import track
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.io.positions import (
    PLAIN,
    Counting,
    Marked,
    RawText,
    Ruler,
    candidates,
    choose,
    doubt,
    fits,
    is_quotation,
)
from expertsys.study import Codebook, Study, Unmapped
from expertsys.study.readings import SEEN

_MOST_SHOWN = 3
_SHORT = 40


class Applied(NamedTuple):
    """One application of a code, as a file has it; `place` is what the file calls it."""

    place: object
    coder: str
    code: str
    document: str
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    memo: str | None = None
    date: str | None = None
    case: str | None = None
    mark: str | None = None


@attrs.define(eq=False)
class Project:
    """What a reader gathers.

    Parameters
    ----------
    name : str
        The file's or folder's name.
    where : callable
        From the `place` of a coding to words.
    texts : dict
        Document to its text as it stands in the file.
    documents, cases : dict
        Name to attributes.
    parts : list of dict
        Stretches of documents that belong to a case: ``document, start, end, case``.
    listed : list of (str, str)
        Coder and document, where the file lists a document under a coder.
    submitted : bool
        Whether a document that is listed without a coding was read: coders say so themselves in this tool.
    whole : bool
        Whether codings without positions are about units: their documents are then the units.
    """

    name: str
    where: Callable[[Any], str]
    log: Log = attrs.field(factory=Log)
    texts: dict[str, RawText] = attrs.field(factory=dict)
    documents: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    cases: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    parts: list[dict[str, Any]] = attrs.field(factory=list)
    applied: list[Applied] = attrs.field(factory=list)
    listed: list[tuple[str, str]] = attrs.field(factory=list)
    submitted: bool = False
    whole: bool = False

    def add(self, name: str, text: str | None = None, **attributes: Any) -> None:
        """A document, with its text and attributes."""
        if text is not None:
            self.texts[name] = RawText(text)
        self.documents.setdefault(name, {}).update(attributes)

    def study(
        self,
        options: Options,
        *,
        codebook: Codebook | None = None,
        counting: Counting | None = None,
        unmapped: Unmapped | None = None,
    ) -> Study:
        """The study, after every position was held against its text; all faults are raised together.

        Parameters
        ----------
        counting : Counting, optional
            What positions count; otherwise the way that fits the quotations best, which is told.
        unmapped : Unmapped, optional
            What no table has a place for.
        """
        columns = list(zip(*self.applied, strict=True)) or [()] * len(Applied._fields)
        table = pd.DataFrame(dict(zip(Applied._fields, map(list, columns), strict=True)))
        if options.positions is not None:
            counting = Counting.parse(options.positions)
            self.log.choices["positions"] = f"{counting}, as was said"
        table = self._settled(table.astype({"start": "Int64", "end": "Int64"}), counting)
        self.log.refuse(self.name)
        codings = table.drop(columns=["place", "quote"])
        units = None
        if self.whole and codings["start"].isna().all():
            codings["unit"] = codings["document"]
            units = pd.DataFrame({"unit": list(self.documents), "document": list(self.documents)})
            self.log.choices["unit of coding"] = "document"
        assignments = None
        if self.submitted or (isinstance(options.seen, str) and options.seen == "listed"):
            assignments = pd.DataFrame(self.listed, columns=["coder", "document"]).drop_duplicates()
            self.log.choices[SEEN] = "listed: a coder saw every document that is listed under their name"
        coders = list(dict.fromkeys([*(coder for coder, _ in self.listed), *codings["coder"]]))
        return Study(
            codings,
            units=units,
            codebook=codebook,
            documents=_frame("document", self.documents),
            document_parts=pd.DataFrame(self.parts) if self.parts else None,
            cases=_frame("case", self.cases),
            coders=pd.DataFrame({"coder": coders}),
            assignments=assignments,
            provenance=self.log.provenance(),
            title=Path(self.name).stem,
            unmapped=unmapped,
        )

    def _settled(self, table: pd.DataFrame, counting: Counting | None) -> pd.DataFrame:
        """Positions in code points of the texts; a quotation stays beside codings without positions only."""
        spans = table[table["start"].notna()]
        groups = {str(name): rows for name, rows in spans.groupby("document", sort=False) if name in self.texts}
        marked = [
            Marked(
                self.texts[name],
                rows["start"].tolist(),
                rows["end"].tolist(),
                [self.applied[at].quote for at in rows.index],
            )
            for name, rows in groups.items()
        ]
        way = self._chosen(marked) if counting is None else counting
        start, end = (table[name].to_numpy(dtype="float64", na_value=np.nan) for name in ("start", "end"))
        strange: list[tuple[int, str]] = []
        with track(len(groups), f"{self.name}: documents") as step:
            for (name, rows), one in zip(groups.items(), marked, strict=True):
                step()
                ruler = Ruler.of(one.raw, way)
                first, last, inside = ruler.place(
                    np.array(one.starts, dtype=np.int64), np.array(one.ends, dtype=np.int64)
                )
                at = rows.index.to_numpy()
                start[at], end[at] = first, last
                spread = zip(at.tolist(), first.tolist(), last.tolist(), inside.tolist(), one.names, strict=True)
                for row, begin, stop, fit, quote in spread:
                    if not fit:
                        self._fault(table, row, len(ruler.text), name)
                        continue
                    if quote and not is_quotation(quote, ruler.text[begin:stop]):
                        strange.append((row, ruler.text[begin:stop]))
        for name, raw in self.texts.items():
            self.documents[name]["text"] = raw.as_counted(way)
        self._tell_strange(table, strange)
        settled = table["document"].isin(list(groups)) & table["start"].notna()
        table["text"] = table["quote"].where(~settled).astype("str")
        return table.assign(start=pd.array(start, dtype="Int64"), end=pd.array(end, dtype="Int64"))

    def _chosen(self, marked: list[Marked]) -> Counting:
        """The way of counting that fits; where there are several, it is told with its score."""
        ways = candidates(one.raw for one in marked)
        if not marked or len(ways) < 2:
            return PLAIN
        found = fits(marked, [PLAIN])
        if found[0].exact < found[0].tried:  # where every quotation stands at its place, there is nothing to choose
            found = fits(marked, ways)
        fit = choose(found)
        self.log.choices["positions"] = str(fit.counting)
        look = doubt(found, fit)
        if look or fit.counting != PLAIN:
            self.log.tell(
                "warning",
                self.name,
                f"positions were taken to count {fit.counting}: {fit}.",
                look or "Compare a few codings with the program that wrote the file.",
            )
        return fit.counting

    def _fault(self, table: pd.DataFrame, row: int, size: int, document: str) -> None:
        begin, stop = table["start"].iloc[row], table["end"].iloc[row]
        self.log.fault(
            self.where(table["place"].iloc[row]),
            f"reaches from {begin} to {stop}, and the document {quoted(document)} has {counted(size, 'character')}.",
            "The text was changed after it was coded: correct the coding in the program that wrote it.",
        )

    def _tell_strange(self, table: pd.DataFrame, strange: list[tuple[int, str]]) -> None:
        if not strange:
            return
        shown = [
            f"{self.where(table['place'].iloc[row])} says {_short(table['quote'].iloc[row])!r}, "
            f"the text has {_short(found)!r}"
            for row, found in strange[:_MOST_SHOWN]
        ]
        rest = f", and {len(strange) - _MOST_SHOWN:,} more" if len(strange) > _MOST_SHOWN else ""
        self.log.tell(
            "warning",
            self.name,
            f"{counted(len(strange), 'quotation')} and the text at the positions differ: {'; '.join(shown)}{rest}.",
            "The positions were kept. Look whether the text was changed after it was coded.",
        )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _frame(kind: str, rows: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """A table of named things; attributes that are blank everywhere are left out."""
    keys = list(dict.fromkeys(key for cells in rows.values() for key in cells))
    columns = {key: pd.Series([cells.get(key) for cells in rows.values()]) for key in keys}
    table = pd.DataFrame({kind: list(rows), **columns}, columns=[kind, *keys])
    kept = [key for key in keys if table[key].map(lambda cell: cell not in (None, "")).any()]
    return table[[kind, *kept]]


def tell_dropped(log: Log, name: str, counts: dict[str, int], remedy: str = "") -> None:
    """Say what was left out, kind by kind: ``relation`` to how many."""
    told = [counted(number, kind) for kind, number in counts.items() if number]
    if told:
        log.tell("note", name, f"left out {', '.join(told)}: a study has no place for them.", remedy)


def same_text(project: Project, document: str, text: str, place: str) -> None:
    """Add a document's text; another text under the same name is a fault."""
    known = project.texts.get(document)
    if known is not None and known.text != text:
        project.log.fault(
            place,
            f"has another text of {quoted(document)} than was read before.",
            "Give the documents different names, or the coders the same text.",
        )
        return
    project.add(document, text)
