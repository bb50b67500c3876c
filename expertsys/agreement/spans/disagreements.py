"""Where coders who mark their own stretches disagree."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
from scipy import sparse

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.ratings.profiles import Floats, Ints
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.table import Spans
from expertsys.study import Study

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["document", "start", "end", "n_coders", "length", "disagreement", "cost", "share", "agreed", "contested"]


@attrs.frozen(eq=False)
class Pieces:
    """Marked text cut at every boundary, and how far coders disagree on each piece.

    Parameters
    ----------
    spans : Spans
        Joined within coders, in documents that two coders saw.
    document, start, end : ndarray of int, shape (P,)
        Where each piece is.
    piece, stretch : ndarray of int
        Which stretch covers which piece.
    disagreement : ndarray of float, shape (P,)
        Mean Jaccard distance between the code sets of pairs of coders who saw the document.
    """

    spans: Spans
    document: Ints
    start: Ints
    end: Ints
    piece: Ints
    stretch: Ints
    disagreement: Floats

    @classmethod
    def of(cls, given: Spans) -> Pieces:
        """The pieces of spans."""
        spans = given.comparable().joined()
        document, start, end, piece, stretch = sweep.pieces(spans.document, spans.start, spans.end)
        shape = (len(document), len(spans.codes))
        tables = []
        for coder in range(len(spans.coders)):
            own = spans.coder[stretch] == coder
            cells = (np.ones(int(own.sum())), (piece[own], spans.code[stretch[own]]))
            tables.append(sparse.csr_array(cells, shape=shape))
        sizes = [np.asarray(table.sum(axis=1)).ravel() for table in tables]
        apart, pairs = np.zeros(len(document)), np.zeros(len(document))
        for one, other in combinations(range(len(spans.coders)), 2):
            both = spans.seen[document, one] & spans.seen[document, other]
            common = np.asarray(tables[one].multiply(tables[other]).sum(axis=1)).ravel()
            union = sizes[one] + sizes[other] - common
            apart += np.where(both & (union > 0), 1 - common / np.maximum(union, 1), 0)
            pairs += both
        return cls(spans, document, start, end, piece, stretch, apart / np.maximum(pairs, 1))


def span_disagreements(
    data: Spans | Study, *, text: bool = False, by: Literal["cost", "disagreement"] = "cost"
) -> pd.DataFrame:
    """The stretches of text on which coders disagree, the costliest first: what to talk about at the next meeting.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders.
    text : bool
        Whether to add the text; of a study only. It is interview material: show it only to those who may see it.
    by : {"cost", "disagreement"}
        What the stretches are ranked by; among equals, the other counts.

    Returns
    -------
    pandas.DataFrame
        Index ``stretch``, such as ``"interview 1 [120:164]"``: text between two boundaries of anybody's. Columns:
        ``document, start, end``; ``n_coders`` who saw the document; ``length`` in characters; ``disagreement``, the
        mean Jaccard distance between the code sets of pairs of coders, 0 to 1; ``cost``, length times disagreement: so
        many characters' worth; ``share`` of the cost of all; ``agreed``, codes that all applied; ``contested``, codes
        that some applied, and how many; ``text`` where asked for. Stretches on which all agree are not listed.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", "fear", 0, 10), ("ann", "trust", 20, 30), ("ben", "fear", 0, 6), ("ben", "fear", 20, 30)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> span_disagreements(Spans.from_frame(frame, seen="all"))[["disagreement", "cost", "contested"]]
    column     disagreement  cost                      contested
    stretch
    d [20:30]           1.0  10.0  fear (1 of 2), trust (1 of 2)
    d [6:10]            1.0   4.0                  fear (1 of 2)

    They differ on which code the second stretch has, and on where the first one ends.
    """
    import pandas as pd

    check_choice("by", by, ("cost", "disagreement"))
    if text and not isinstance(data, Study):
        raise DataError("spans hold no text", place="span_disagreements(text=True)", remedy="Give the study.")
    found = Pieces.of(Spans.of(data))
    spans = found.spans
    kept = np.flatnonzero(found.disagreement > 0)
    names = np.array(spans.documents, dtype=object)[found.document[kept]]
    length = (found.end - found.start)[kept]
    cost = length * found.disagreement[kept]
    agreed, contested = _told(found)
    table = pd.DataFrame(
        {
            "document": names,
            "start": found.start[kept],
            "end": found.end[kept],
            "n_coders": spans.n_seen[found.document[kept]],
            "length": length,
            "disagreement": found.disagreement[kept],
            "cost": cost,
            "share": cost / cost.sum() if len(cost) else cost,
            "agreed": [agreed.get(piece, "") for piece in kept.tolist()],
            "contested": [contested.get(piece, "") for piece in kept.tolist()],
        },
        index=pd.Index(
            [
                f"{name} [{start}:{end}]"
                for name, start, end in zip(names, found.start[kept], found.end[kept], strict=True)
            ],
            name="stretch",
            dtype="str",
        ),
    )[COLUMNS].rename_axis(columns="column")
    ranking = [by, "disagreement" if by == "cost" else "cost"]
    table = table.loc[table[ranking].round(12).sort_values(ranking, ascending=False, kind="stable").index]
    if not text or not isinstance(data, Study):
        return table
    whole = data.documents["text"].to_dict()
    rows = zip(table["document"], table["start"], table["end"], strict=True)
    quoted = [whole[name][start:end] if isinstance(whole[name], str) else None for name, start, end in rows]
    return table.assign(text=pd.Series(quoted, index=table.index, dtype="str"))


def _told(found: Pieces) -> tuple[dict[int, str], dict[int, str]]:
    """For each piece the codes that all who saw it gave it, and those that some did with how many."""
    spans, size = found.spans, max(len(found.spans.codes), 1)
    cell, times = np.unique(found.piece * size + spans.code[found.stretch], return_counts=True)
    piece, code = np.divmod(cell, size)
    seen = spans.n_seen[found.document[piece]]
    agreed: dict[int, str] = {}
    contested: dict[int, str] = {}
    for place, name, number, of in zip(piece.tolist(), code.tolist(), times.tolist(), seen.tolist(), strict=True):
        told, words = (
            (agreed, spans.codes[name]) if number == of else (contested, f"{spans.codes[name]} ({number} of {of})")
        )
        told[place] = f"{told[place]}, {words}" if place in told else words
    return agreed, contested
