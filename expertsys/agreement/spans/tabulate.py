"""A coefficient over spans for each code, document, pair of coders, or without each coder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from expertsys._core.errors import check_between, check_choice
from expertsys.agreement.inference.methods import Bootstrap, Method
from expertsys.agreement.spans.result import SpanCoefficient
from expertsys.agreement.spans.table import Spans

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

By = Literal["code", "document", "pair", "coder"]
INDEX: dict[str, list[str]] = {
    "code": ["code"],
    "document": ["document"],
    "pair": ["coder_a", "coder_b"],
    "coder": ["without"],
}


def span_reliability(
    data: Spans | Study,
    coefficient: Callable[..., SpanCoefficient],
    *,
    by: By,
    confidence: float = 0.95,
    method: Method = Bootstrap(replicates=1000, rng=0),  # noqa: B008  # frozen
) -> pd.DataFrame:
    """A coefficient over spans, part by part: a row for each code, document, pair of coders, or coder left out.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders.
    coefficient : callable
        A function of spans with its choices made, such as ``partial(span_alpha, kind="u")`` or
        ``partial(span_f1, match="exact")``; for ``by="code"`` it must take ``code=``.
    by : {"code", "document", "pair", "coder"}
        Each code alone; each document; each pair of coders; all coders but one.
    confidence, method
        See `SpanCoefficient.interval`.

    Returns
    -------
    pandas.DataFrame
        Index ``code``, ``document``, ``coder_a, coder_b`` or ``without``; columns ``estimate, low, high, n_documents,
        n_marks, n_coders, note``. A document by itself has no interval.

    Examples
    --------
    >>> from functools import partial
    >>> import pandas as pd
    >>> from expertsys.agreement import span_f1
    >>> rows = [("ann", "x", 0, 10), ("ann", "y", 20, 30), ("ben", "x", 0, 10), ("ben", "y", 22, 30)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> spans = Spans.from_frame(frame, seen="all")
    >>> span_reliability(spans, partial(span_f1, match="exact"), by="code")["estimate"]
    code
    x    1.0
    y    0.0
    Name: estimate, dtype: float64
    """
    import pandas as pd

    check_choice("by", by, list(INDEX))
    check_between("confidence", confidence, 0, 1)
    rows, keys = [], []
    for key, found in _parts(Spans.of(data), coefficient, by):
        interval = found.interval(confidence, method)
        notes = dict.fromkeys(note for note in (found.note, interval.note) if note)
        keys.append(key)
        rows.append(
            (
                found.estimate,
                interval.low,
                interval.high,
                found.n_documents,
                found.n_marks,
                found.n_coders,
                "; ".join(notes),
            )
        )
    names = INDEX[by]
    index = pd.MultiIndex.from_tuples(keys, names=names) if len(names) > 1 else pd.Index([key[0] for key in keys])
    columns = ["estimate", "low", "high", "n_documents", "n_marks", "n_coders", "note"]
    return pd.DataFrame(rows, columns=columns, index=index.set_names(names)).rename_axis(columns="column")


def _parts(
    spans: Spans, coefficient: Callable[..., SpanCoefficient], by: By
) -> Iterator[tuple[tuple[str, ...], SpanCoefficient]]:
    if by == "code":
        yield from (((name,), coefficient(spans, code=name)) for name in spans.codes)
    elif by == "document":
        for name in spans.comparable().documents:
            yield (name,), coefficient(spans.only(documents=[name]))
    elif by == "pair":
        for pair in combinations(spans.coders, 2):
            yield pair, coefficient(spans.only(coders=pair))
    else:
        for name in spans.coders:
            yield (name,), coefficient(spans.without(name))
