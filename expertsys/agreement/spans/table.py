"""Spans: the stretches of text that coders marked, and who saw which document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError, check_choice, counted, listing, unknown
from expertsys.agreement.ratings.profiles import Ints
from expertsys.agreement.spans import door, sweep

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

Bools = npt.NDArray[np.bool_]
Subcodes = Literal["include", "exclude"]


@attrs.frozen(eq=False, repr=False)
class Spans:
    """Marks that coders made in documents: half-open stretches ``[start, end)`` with a code, and who saw what.

    Made by `from_frame` or `from_study`. A coder who saw a document and marked nothing in it found nothing there; a
    coder who did not see it is missing there. Several documents are one continuum in which no mark, and no gap between
    marks, reaches from one document into the next.

    Parameters
    ----------
    documents, coders, codes : tuple of str
        Names; the arrays hold their numbers. Codes that nobody used count as on offer.
    document, coder, code, start, end, mark : ndarray of int, shape (S,)
        One entry for each stretch. Stretches with the same number in `mark` are one discontinuous mark.
    lengths : ndarray of int, shape (D,)
        Length of each document; −1 where it is not known.
    seen : ndarray of bool, shape (D, m)
        Which coder saw which document.
    note : str
        What was assumed, joined or dropped; empty where nothing was.
    subcodes : dict
        Code to the codes at or below it in the codebook, for those that have sub-codes.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     {
    ...         "document": ["d", "d", "d"],
    ...         "coder": ["ann", "ann", "ben"],
    ...         "code": ["fear", "trust", "fear"],
    ...         "start": [0, 20, 2],
    ...         "end": [10, 30, 10],
    ...     }
    ... )
    >>> Spans.from_frame(frame, lengths={"d": 50}, seen="all")
    Spans: 3 marks by 2 coders in 1 document, 2 codes, 50 characters
    """

    documents: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    document: Ints
    coder: Ints
    code: Ints
    start: Ints
    end: Ints
    mark: Ints
    lengths: Ints
    seen: Bools
    note: str = ""
    subcodes: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        seen: Literal["coded", "all"] | Mapping[str, Iterable[str]] | pd.DataFrame,
        lengths: Mapping[str, int] | None = None,
        codes: Iterable[str] | None = None,
        document: str = "document",
        coder: str = "coder",
        code: str = "code",
        start: str = "start",
        end: str = "end",
        mark: str | None = None,
    ) -> Spans:
        """From a table with a row for each stretch that a coder marked.

        Parameters
        ----------
        frame : dataframe
            Any that narwhals knows. Positions are whole numbers from 0, in characters (or any other unit of length);
            `end` is exclusive. Rows that repeat another are dropped, and so are stretches without length.
        seen : {"coded", "all"}, mapping or dataframe
            Who saw what: every document in which they marked anything; all; coder to the documents; or a table with
            the columns ``coder, document``. There is no default: it decides who found nothing and who did not look.
        lengths : mapping, optional
            Document to its length. Measures that count unmarked text need it. Documents that nobody marked belong here
            too.
        codes : iterable of str, optional
            All codes on offer, in order; by default those that were used, by alphabet.
        document, coder, code, start, end : str
            Names of the columns.
        mark : str, optional
            Column that says which rows are parts of one discontinuous mark of a coder's.

        Raises
        ------
        DataError
            For columns that do not exist, cells that are empty, positions that are none, marks that reach beyond their
            document.
        """
        columns = door.Columns(document, coder, code, start, end, mark)
        return cls(*door.from_frame(frame, columns, seen=seen, lengths=lengths, codes=codes))

    @classmethod
    def from_study(cls, study: Study) -> Spans:
        """From a study whose codings have positions, with one round of coding.

        Parameters
        ----------
        study : Study
            Documents with a text are as long as it. A coding without a position, such as a choice about the whole
            document or an area of a picture, is no mark and is left out; so are documents without text and marks, and
            what a coder read in part only. Codes that cannot be applied, or that were applied to whole documents only,
            are not on offer. Who saw which document is what the study knows or assumes. The note says all of this.

        Raises
        ------
        DataError
            Where no coding has positions, or there are several rounds.
        """
        return cls(*door.from_study(study))

    @classmethod
    def of(cls, data: Spans | Study | Any) -> Spans:
        """Spans as they are, or those of a study."""
        return data if isinstance(data, Spans) else cls.from_study(data)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def n_marks(self) -> int:
        """Marks; a discontinuous one counts once."""
        return int(np.count_nonzero(np.bincount(self.mark)))

    @property
    def n_seen(self) -> Ints:
        """How many coders saw each document, shape (D,)."""
        return np.asarray(self.seen.sum(axis=1), dtype=np.int64)

    def only(
        self,
        *,
        codes: Iterable[str] | None = None,
        coders: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
    ) -> Spans:
        """The marks with some of the codes, by some of the coders, in some of the documents.

        What a coder saw stays: without a code's marks, its text is unmarked text. The note stays too.
        """
        kept = np.ones(len(self), dtype=bool)
        found: dict[str, tuple[tuple[str, ...], Ints]] = {}
        parts = {"document": (self.documents, documents), "coder": (self.coders, coders), "code": (self.codes, codes)}
        for kind, (names, wanted) in parts.items():
            chosen = list(names) if wanted is None else list(dict.fromkeys(wanted))
            for name in chosen:
                if name not in names:
                    raise unknown(kind, name, names, place="spans")
            place = {name: number for number, name in enumerate(names)}
            numbers = np.array([place[name] for name in chosen], dtype=np.int64)
            new = np.full(len(names), -1, dtype=np.int64)
            new[numbers] = np.arange(len(numbers))
            moved = new[getattr(self, kind)]
            kept &= moved >= 0
            found[kind] = (tuple(chosen), moved)
            if kind == "document":
                rows = numbers
            elif kind == "coder":
                columns = numbers
        return attrs.evolve(
            self,
            documents=found["document"][0],
            coders=found["coder"][0],
            codes=found["code"][0],
            document=found["document"][1][kept],
            coder=found["coder"][1][kept],
            code=found["code"][1][kept],
            start=self.start[kept],
            end=self.end[kept],
            mark=self.mark[kept],
            lengths=self.lengths[rows],
            seen=self.seen[np.ix_(rows, columns)],
        )

    def of_code(self, code: str, subcodes: Subcodes = "include") -> Spans:
        """The marks of one code, by default with those of its sub-codes, as one code."""
        check_choice("subcodes", subcodes, ("include", "exclude"))
        below = self.subcodes.get(code, ()) if subcodes == "include" else ()
        if code not in self.codes and not set(below) & set(self.codes):
            raise unknown("code", code, [*self.codes, *self.subcodes], place="code")
        part = self.only(codes=[name for name in self.codes if name == code or name in below])
        part = attrs.evolve(part, codes=(code,), code=np.zeros_like(part.code))
        return part._once() if below else part

    def code_words(self, code: str | None, subcodes: Subcodes = "include") -> str:
        """How a result names the one code that it is about, and whether sub-codes are in it."""
        if code is None:
            return ""
        below = set(self.subcodes.get(code, ())) - {code}
        if not below:
            return f"code {code!r}"
        return f"code {code!r} {'with' if subcodes == 'include' else 'without'} its {counted(len(below), 'sub-code')}"

    def rolled_up(self) -> Spans:
        """The same with each sub-code as the uppermost code above it that can be applied or has marks."""
        above = {name: name for name in self.codes}
        for name in sorted((one for one in self.subcodes if one in above), key=lambda one: len(self.subcodes[one])):
            for below in self.subcodes[name]:
                if below in above:
                    above[below] = name
        names = tuple(name for name in self.codes if above[name] == name)
        place = np.array([names.index(above[name]) for name in self.codes], dtype=np.int64)
        rolled = attrs.evolve(self, codes=names, code=place[self.code] if len(place) else self.code)._once()
        gone = len(self.codes) - len(names)
        note = f"{counted(gone, 'sub-code')} counted as the codes above them" if gone else ""
        kept = [part for part in self.note.split("; ") if not part.startswith("a code and its sub-code")]
        return attrs.evolve(rolled, note="; ".join(part for part in (*kept, note) if part))

    def _once(self) -> Spans:
        """Without stretches that repeat another of the same coder and code, of marks in one piece."""
        alone = np.bincount(self.mark, minlength=1)[self.mark] == 1
        place = sweep.dense(self.document, self.coder, self.code, self.start, self.end)
        first = np.zeros(len(self), dtype=bool)
        first[np.unique(place[alone], return_index=True)[1]] = True
        kept = ~alone
        kept[np.flatnonzero(alone)[first[: int(alone.sum())]]] = True
        columns = {name: getattr(self, name)[kept] for name in ("document", "coder", "code", "start", "end", "mark")}
        return attrs.evolve(self, **columns)

    def without(self, coder: str) -> Spans:
        """The marks of all coders but one."""
        if coder not in self.coders:
            raise unknown("coder", coder, self.coders, place="spans")
        return self.only(coders=[name for name in self.coders if name != coder])

    def comparable(self) -> Spans:
        """The part that says something about agreement: documents that two coders saw."""
        return self.only(documents=[self.documents[number] for number in np.flatnonzero(self.n_seen >= 2)])

    def joined(self) -> Spans:
        """A coder's overlapping stretches of one code as one, so that no place has a code twice from one coder."""
        group = sweep.dense(self.document, self.coder, self.code)
        run = sweep.runs(group, self.start, self.end)
        n_runs = int(run.max(initial=-1)) + 1
        if n_runs == len(self):
            return self
        first = np.full(n_runs, len(self), dtype=np.int64)
        np.minimum.at(first, run, np.arange(len(self)))
        start, end = np.full(n_runs, np.iinfo(np.int64).max), np.zeros(n_runs, dtype=np.int64)
        np.minimum.at(start, run, self.start)
        np.maximum.at(end, run, self.end)
        told = f"{len(self) - n_runs} stretches overlapped another of the same coder and code and were joined to it"
        return attrs.evolve(
            self,
            document=self.document[first],
            coder=self.coder[first],
            code=self.code[first],
            start=start,
            end=end,
            mark=self.mark[first],
            note="; ".join(part for part in (self.note, told) if part),
        )

    def require_lengths(self, purpose: str) -> None:
        """Refuse where the length of a document is not known."""
        absent = np.flatnonzero(self.lengths < 0)
        if len(absent):
            names = [self.documents[number] for number in absent]
            raise DataError(
                f"{purpose} counts unmarked text, and the length of {counted(len(absent), 'document')} is not known: "
                f"{listing(names)}",
                place="spans",
                remedy="Give lengths={document: characters}, or a study whose documents have their text.",
            )

    def to_frame(self) -> pd.DataFrame:
        """One row per stretch: ``document, coder, code, start, end, mark``."""
        import pandas as pd

        columns: dict[str, Any] = {
            name: np.array(getattr(self, f"{name}s"), dtype=object)[getattr(self, name)]
            for name in ("document", "coder", "code")
        }
        table = pd.DataFrame({**columns, "start": self.start, "end": self.end, "mark": self.mark})
        return table.rename_axis(index="span", columns="column")

    def __repr__(self) -> str:
        known = self.lengths[self.lengths >= 0]
        told = f"{int(known.sum()):,} characters" if len(known) == len(self.lengths) else "lengths not known"
        plural = "" if len(self.documents) == 1 else "s"
        return (
            f"Spans: {self.n_marks:,} marks by {len(self.coders):,} coders in {len(self.documents):,} document{plural},"
            f" {len(self.codes):,} codes, {told}" + (f"\n  note: {self.note}" if self.note else "")
        )
