"""The section on how far cases differ, how sure that is, and how alike they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys import comparison
from expertsys._core.errors import DataError
from expertsys._core.results import number
from expertsys.plot import contrast
from expertsys.reporting.model import Cell, Column, Kind, Section, Table, plain
from expertsys.reporting.pictures import described

if TYPE_CHECKING:
    from expertsys.comparison import Contrast
    from expertsys.study import Study

#: Codes that are compared, and rows and groups that the page shows.
MOST_CODES, MOST_ROWS, MOST_GROUPS = 30, 20, 6
KEYS = (
    "rao1992", "donner2000", "phipson2010", "westfall1993", "wallenstein1997", "bergsma2013", "efron1993",
    "benjamini1995", "legendre2012",
)  # fmt: skip


def contrasts(study: Study) -> Section | None:
    """How far cases differ; None where there are not two cases with units."""
    if len(study.cases) < 2 or not len(study.units) or study.codings["unit"].isna().any():
        return None
    applied = comparison.case_matrix(study).to_frame().sum()
    code = "permutations=999, replicates=500"
    source = "study"
    chosen = study
    if len(applied) > MOST_CODES:
        source = f"study.select(codes=es.case_matrix(study).to_frame().sum().nlargest({MOST_CODES}).index)"
        chosen = study.select(codes=applied.nlargest(MOST_CODES).index)
    try:
        found = comparison.contrast(chosen, permutations=999, replicates=500)
    except DataError:
        return None
    left = len(applied) - min(len(applied), MOST_CODES)
    cut = f" The {MOST_CODES} most frequent codes of {len(applied)} were compared." if left else ""
    tables, figures = [_table(found)], []
    best = found.to_frame().iloc[0]
    alt = (
        f"Differences between cases with intervals; the largest effect is on {found.to_frame().index[0]}, Cramér's V "
        f"{number(float(best['v']))}. The table below holds shares and effects."
    )
    figures.append(
        described(contrast(found, most=8), "How far cases differ on each code, with simultaneous intervals.", alt)
    )
    paragraphs = [found.methods_text() + cut]
    lines = [f"found = es.contrast({source}, {code})", "found.differences"]
    if len(study.cases) > 2:
        alike = comparison.similarity(study, measure="bray_curtis")
        pairs = alike.to_frame().dropna()
        if len(pairs):
            near, far = (" and ".join(map(str, pairs.index[place])) for place in (0, -1))
            ends = pairs["distance"].to_numpy(dtype=np.float64)
            told = f"Nearest are {near} ({number(float(ends[0]))}), farthest {far} ({number(float(ends[-1]))})."
            paragraphs.append(f"{alike.methods_text()} {told}")
            lines.append('es.comparison.similarity(study, measure="bray_curtis").cluster().plot()')
        if len(study.cases) > 3 and not alike.matrix.isna().any(axis=None):
            tree = alike.cluster()
            caption = f"Cases joined by how alike their codes are ({tree.linkage} linkage)."
            told = f"Tree of {len(tree.names)} cases; in the order of its leaves: {', '.join(tree.order[:20])}."
            if len(tree.names) <= 40:
                figures.append(described(tree.plot(), caption, told))
    return Section(
        "contrast", "How far cases differ, and how sure that is", paragraphs, tables, figures, "\n".join(lines)
    )


def _table(found: Contrast) -> Table:
    frame = found.to_frame()
    groups = list(found.groups)[:MOST_GROUPS]
    kinds: list[tuple[str, Kind]] = [*((name, "share") for name in groups), ("V", "figure"), ("Low", "figure")]
    kinds += [("High", "figure"), ("p", "figure"), ("q", "figure"), ("p, family", "figure")]
    shown = frame.head(MOST_ROWS)
    rows: list[list[Cell]] = [
        [str(name), *(plain(row[group]) for group in groups), *(plain(row[key]) for key in ("v", "v_low", "v_high")),
         *(_p(float(row[key])) for key in ("p", "q", "p_family"))]
        for name, row in shown.iterrows()
    ]  # fmt: skip
    note = f"V: Cramér's, 0 no difference, 1 the largest. p: by permuting {found.cluster}s; q: false discoveries "
    note += "controlled; p, family: against the largest statistic of all codes; none where too few carry the code."
    hidden = len(frame) - len(shown)
    if hidden:
        note += f" Codes with smaller effects, in found.to_frame(): {hidden}."
    if len(found.groups) > len(groups):
        note += f" Shares of {len(found.groups) - len(groups)} more cases are in found.shares."
    return Table(
        "Share of units with each code, the largest effect first",
        [Column("Code"), *(Column(*kind) for kind in kinds)],
        rows,
        note,
    )


def _p(value: float) -> Cell:
    """A p value of a sample of arrangements, which is never 0."""
    if np.isnan(value):
        return None
    return "<.001" if value < 0.0005 else f"{value:.3f}".removeprefix("0")
