"""The framework method: cases by codes or concepts, and in each cell what the analyst makes of it."""

from __future__ import annotations

import html
from os import PathLike
from pathlib import Path

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice, counted, listing
from expertsys._core.files import write_text
from expertsys._core.results import TableResult
from expertsys.comparison.applied import Of, Subcodes, columns, mapped, subcodes_note
from expertsys.io.sheets import write_texts
from expertsys.study import Study


@attrs.frozen
class Cell:
    """One case under one code or concept.

    Parameters
    ----------
    summary : str
        The analyst's own words; empty where there are none.
    memos : tuple of str
        Memos on the codings, each once.
    n_excerpts, n_documents : int
        Coded passages, each once however many coders marked it, and the documents that they stand in.
    excerpts : tuple of (document, text)
        The passages themselves; empty unless quotations were asked for.
    """

    summary: str
    memos: tuple[str, ...]
    n_excerpts: int
    n_documents: int
    excerpts: tuple[tuple[str, str], ...]

    def counted(self) -> str:
        """How much there is, in words."""
        if not self.n_excerpts:
            return ""
        passages = f"{self.n_excerpts} excerpt{'s' if self.n_excerpts > 1 else ''}"
        return f"{passages} in {self.n_documents} document{'s' if self.n_documents > 1 else ''}"

    def __str__(self) -> str:
        memos = [f"Memo: {memo}" for memo in self.memos]
        quoted = [f"“{text}” ({document})" for document, text in self.excerpts]
        count = [f"[{self.counted()}]"] if self.n_excerpts else []
        return "\n".join([*([self.summary] if self.summary else []), *memos, *count, *quoted])


@attrs.frozen(eq=False, repr=False)
class FrameworkMatrix(TableResult):
    """Cases × codes or concepts with summaries, memos and, where asked for, excerpts; see `framework_matrix`.

    Attributes
    ----------
    of : {"codes", "concepts"}
        What the columns are.
    cells : dict
        ``(case, code)`` to `Cell`: what a cell holds, in parts.
    quotations : bool
        Whether texts from the data are in it.
    note : str
        What a reader must know; empty where there is nothing.
    """

    of: Of
    cells: dict[tuple[str, str], Cell]
    quotations: bool
    note: str
    _cases: tuple[str, ...]
    _columns: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Index ``case``, a text column for each code or concept: summary, memos, how many excerpts, quotations."""
        texts = [[str(cell) for cell in self._row(case)] for case in self._cases]
        index = pd.Index(self._cases, name="case", dtype="str")
        names = pd.Index(self._columns, name=self.of.removesuffix("s"), dtype="str")
        return pd.DataFrame(texts, index=index, columns=names, dtype="str")

    @property
    def unsummarised(self) -> tuple[tuple[str, str], ...]:
        """Cells with excerpts and without a summary: what is still to be written."""
        return tuple(place for place, cell in self.cells.items() if cell.n_excerpts and not cell.summary)

    def to_html(self, path: str | PathLike[str] | None = None) -> str:
        """The matrix as one self-contained page, written to `path` where one is given; text is escaped."""
        page = _page(self)
        if path is not None:
            write_text(Path(path), page)
        return page

    def to_excel(self, path: str | PathLike[str]) -> Path:
        """Write the matrix as a workbook of one sheet; every cell is text, so that none turns into a formula."""
        target = Path(path)
        if target.suffix.lower() != ".xlsx":
            raise DataError(f"{target.name!r} does not end in .xlsx", place="path", remedy="Name it so.")
        table = self.to_frame().reset_index()
        write_texts(target, "framework", table, remedy="Write HTML, or leave out quotations.", wrapped=True)
        return target

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        with_any = [cell for cell in self.cells.values() if cell.n_excerpts]
        told = sum(bool(cell.summary) for cell in with_any)
        return (
            f"Data were charted by the framework method into a matrix of {len(self._cases)} cases by "
            f"{len(self._columns)} {self.of}; {len(with_any)} of {len(self.cells)} cells hold excerpts, and {told} of "
            f"these are summarised in the analyst's words." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("gale2013",))

    def __repr__(self) -> str:
        marks = [
            [f"{cell.n_excerpts}{'*' if cell.summary else ''}" for cell in self._row(case)] for case in self._cases
        ]
        table = pd.DataFrame(marks, index=pd.Index(self._cases, name="case"), columns=list(self._columns))
        shown = table.T.rename_axis(index=self.of.removesuffix("s")).to_string(max_rows=40, max_cols=12, line_width=120)
        return f"{self._title()}\nexcerpts per cell; * with a summary:\n{shown}"

    def _row(self, case: str) -> list[Cell]:
        return [self.cells[case, name] for name in self._columns]

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._title())}</p>{_table(self)}"

    def _title(self) -> str:
        left = len(self.unsummarised)
        lines = [f"Framework matrix: {len(self._cases)} cases × {len(self._columns)} {self.of}"]
        if left:
            lines.append(
                f"{left} cells with excerpts have no summary yet: study.with_summaries({{(case, code): text}})"
            )
        return "\n".join([*lines, *([self.note] if self.note else [])])


def framework_matrix(
    study: Study, *, of: Of = "codes", subcodes: Subcodes = "include", quotations: bool = False
) -> FrameworkMatrix:
    """Chart cases against codes or concepts, with what the analyst wrote of each cell.

    Parameters
    ----------
    study : Study
        With one round of coding. Its summaries are ``study.summaries``; `Study.with_summaries` adds them, and they are
        saved with the study.
    of : {"codes", "concepts"}
        Columns: codes that were applied or summarised, in the codebook's order; or concepts that such codes point to.
    subcodes : {"include", "exclude"}
        Whether excerpts of a sub-code belong to the cells of the codes above it too.
    quotations : bool
        Whether to quote the excerpts. They are interview material: left out unless asked for. Memos and summaries are
        the analyst's own words and always shown.

    Returns
    -------
    FrameworkMatrix
        Codings without a case are left out, and the note says how many.

    Raises
    ------
    DataError
        Where no case is named, or rounds are mixed.

    References
    ----------
    Gale NK, Heath G, Cameron E, Rashid S, Redwood S. BMC Med Res Methodol 2013;13:117. doi:10.1186/1471-2288-13-117

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["policy"], "case": ["North"]})
    >>> study = Study(codings).with_summaries({("North", "policy"): "Felt as imposed from above."})
    >>> print(framework_matrix(study).to_frame().loc["North", "policy"])
    Felt as imposed from above.
    [1 excerpt in 1 document]
    """
    Study.require(study, "framework_matrix")
    check_choice("of", of, ("codes", "concepts"))
    study.require_one_round("a framework matrix")
    if not len(study.cases):
        raise DataError(
            "a framework matrix needs cases, and none is named",
            place="study.cases",
            remedy="Name the column: es.read(..., case='...'), or give documents a case.",
        )
    rows, note = mapped(study, study.codings.assign(excerpt=study.excerpts()), of, subcodes)
    lost = int(rows.loc[~rows.index.duplicated(), "case"].isna().sum())
    written = study.summaries
    told: dict[tuple[str, str], str] = {
        (case, code): text for case, code, text in zip(written["case"], written["code"], written["text"], strict=True)
    }
    names = columns(study, of)
    added = {code for _, code in told} - set(names)
    if of == "codes":
        added_names = [name for name in study.codes if name in added]
    else:
        concepts = (code.concept for code in study.codebook if code.concept is not None)
        added_names = [key for key in dict.fromkeys(concepts) if key in added]
    names += added_names
    elsewhere = dict.fromkeys(code for _, code in told if code not in names)
    notes = [
        note,
        subcodes_note(study, of, subcodes, names),
        f"Left out: {counted(lost, 'coding')} without a case." if lost else "",
    ]
    if elsewhere:
        notes.append(f"Summaries that belong to none of these {of}: {listing(elsewhere)}.")
    cells = {
        (case, name): Cell(told.get((case, name), ""), (), 0, 0, ()) for case in study.cases.index for name in names
    }
    rows = rows[rows["column"].isin(names)]
    for (case, name), part in rows.groupby(["case", "column"], sort=False):
        passages = part.drop_duplicates(["document", "unit", "start", "end"])
        quoted = passages.dropna(subset=["excerpt"]) if quotations else passages.iloc[:0]
        texts = tuple(dict.fromkeys(zip(quoted["document"], quoted["excerpt"], strict=True)))
        memos = tuple(part["memo"].dropna().unique())
        place = (str(case), str(name))
        cells[place] = Cell(told.get(place, ""), memos, len(passages), passages["document"].nunique(), texts)
    return FrameworkMatrix(of, cells, quotations, " ".join(filter(None, notes)), tuple(study.cases.index), tuple(names))


_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;color:#1d1d1d}"
    "table{border-collapse:collapse}caption{text-align:left;padding:.5rem 0;color:#444}"
    "th,td{border:1px solid #bbb;padding:.5rem .7rem;vertical-align:top;text-align:left;min-width:9rem;max-width:24rem}"
    "thead th{background:#eef2f6;position:sticky;top:0}"
    "tbody th{background:#f6f6f4;position:sticky;left:0;min-width:6rem}"
    "p{margin:.2rem 0}.memo{color:#7a3a10}.count{color:#5a5a5a;font-size:.87em}"
    "blockquote{margin:.4rem 0;padding-left:.6rem;border-left:3px solid #9ab}"
)


def _page(matrix: FrameworkMatrix) -> str:
    title = html.escape(matrix.methods_text())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Framework matrix</title><style>{_STYLE}</style></head><body><h1>Framework matrix</h1>"
        f"<p>{title}</p>\n{_table(matrix)}\n</body></html>\n"
    )


def _table(matrix: FrameworkMatrix) -> str:
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in matrix._columns)
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(case)}</th>'
        + "".join(f"<td>{_cell(matrix.cells[case, name])}</td>" for name in matrix._columns)
        + "</tr>"
        for case in matrix._cases
    )
    return f'<table><thead><tr><th scope="col">case</th>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>'


def _cell(cell: Cell) -> str:
    parts = [f"<p>{_lines(cell.summary)}</p>"] if cell.summary else []
    parts += [f'<p class="memo">Memo: {_lines(memo)}</p>' for memo in cell.memos]
    parts += [f'<p class="count">{cell.counted()}</p>'] if cell.n_excerpts else []
    parts += [
        f"<blockquote>{_lines(text)} <span class='count'>({html.escape(document)})</span></blockquote>"
        for document, text in cell.excerpts
    ]
    return "".join(parts)


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
