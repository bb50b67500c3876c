"""Agreement over characters, as the tools of qualitative analysis report it: each coefficient by its own name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
from scipy import sparse

from expertsys._core.errors import check_choice
from expertsys.agreement.spans.characters import (
    Formula,
    kappa,
    over_documents,
    over_pairs,
    percent,
    qualcoder,
    tables,
)
from expertsys.agreement.spans.result import SpanCoefficient
from expertsys.agreement.spans.table import Spans, Subcodes

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

Documents = Literal["pooled", "mean", "length"]


def _coefficient(
    data: Spans | Study,
    formula: Formula,
    refit: Callable[[Spans], SpanCoefficient],
    *,
    name: str,
    sources: tuple[str, ...],
    code: str | None,
    subcodes: Subcodes,
    documents: Documents,
    uncoded: bool | None,
) -> SpanCoefficient:
    """The mean over pairs of coders; `uncoded` None where the formula does not look at uncoded text."""
    check_choice("documents", documents, ("pooled", "mean", "length"))
    given = Spans.of(data)
    alone = None if code is None else given.of_code(code, subcodes).comparable().joined()
    part = given.comparable().joined()
    if uncoded or documents == "length":
        part.require_lengths(name)
    coded = [table.coded for table in tables(part)]  # text with any code from one of the two
    blocks = [np.empty((len(part.documents), 0))]
    for table, any_code in zip(tables(part if alone is None else alone), coded, strict=True):
        cells = attrs.evolve(table, coded=any_code).cells(None if alone is None else 0, uncoded=bool(uncoded))
        if documents != "pooled":
            parts = np.column_stack(formula(cells))
            weight = np.where(np.isnan(parts[:, 0]), 0, table.length if documents == "length" else 1.0)
            cells = np.column_stack([weight, np.where(weight[:, None] > 0, weight[:, None] * parts, 0)])
        blocks.append(cells)
    counted = {None: "", True: "all text", False: "text that one of the two marked"}[uncoded]
    how = {"pooled": "", "mean": "mean of documents", "length": "mean of documents by length"}[documents]
    which = given.code_words(code, subcodes)
    return SpanCoefficient.of(
        part if alone is None else alone,
        sparse.csr_array(np.hstack(blocks)),
        partial(over_pairs, formula=formula) if documents == "pooled" else over_documents,
        name=name,
        sources=sources,
        refit=refit,
        why="no pair of coders marked anything, or each marked all of it: there is no variation to agree on",
        level="; ".join(word for word in (counted, how, which) if word),
        whole=given,
    )


def text_kappa(
    data: Spans | Study,
    *,
    uncoded: bool,
    documents: Documents,
    code: str | None = None,
    subcodes: Subcodes = "include",
) -> SpanCoefficient:
    """Cohen's kappa over characters: what NVivo reports, and the same without the text that nobody coded.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders; with more, the mean over pairs. A pair is compared on the documents that both saw.
    uncoded : bool
        Whether text counts to which neither of the two gave any code. There is no default: with little coded text it
        decides the number.
    documents : {"pooled", "mean", "length"}
        One table over all documents; the mean of the documents' kappas; or that mean weighted by their length. NVivo
        gives a kappa for each document and leaves the mean to its users. Documents where kappa is undefined (neither
        used the code) are left out of a mean.
    code : str, optional
        One code: given to a character or not. Without it the tables of all codes are added, every code being a decision
        on every character.
    subcodes : {"include", "exclude"}
        Whether `code` includes the marks of its sub-codes.

    Returns
    -------
    SpanCoefficient
        `observed` and `expected` agreement. NaN with a note where there is no variation.

    Raises
    ------
    DataError
        Where uncoded text is to count and the length of a document is not known.

    Notes
    -----
    Characters are not independent decisions: never give this kappa the standard error of as many observations. The
    interval here draws documents. Blank characters count, as in NVivo. In NVivo: *Explore > Coding Comparison*.

    References
    ----------
    Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20(1):37–46.
    doi:10.1177/001316446002000104

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", "fear", 100, 150), ("ben", "fear", 110, 160)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> spans = Spans.from_frame(frame, lengths={"d": 1000}, seen="all")
    >>> round(text_kappa(spans, uncoded=True, documents="pooled").estimate, 4)
    0.7895
    >>> round(text_kappa(spans, uncoded=False, documents="pooled").estimate, 4)
    -0.2

    The same marks: in all the text the agreement is far from chance, in the text that one of them marked it is below.
    """
    return _coefficient(
        data,
        kappa,
        partial(text_kappa, uncoded=uncoded, documents=documents, code=code, subcodes=subcodes),
        name="Cohen's kappa over characters",
        sources=("cohen1960",),
        code=code,
        subcodes=subcodes,
        documents=documents,
        uncoded=uncoded,
    )


def text_agreement(
    data: Spans | Study,
    *,
    uncoded: bool,
    documents: Documents,
    code: str | None = None,
    subcodes: Subcodes = "include",
) -> SpanCoefficient:
    """The share of characters on which two coders agree: NVivo's "agreement", without correction for chance.

    Parameters
    ----------
    data, uncoded, documents, code, subcodes
        As in `text_kappa`.

    Returns
    -------
    SpanCoefficient
        With uncoded text it is close to 1 whenever little is coded.

    Examples
    --------
    The example of NVivo's manual: of 1,000 characters 50 were coded by both users, 150 by one, 800 by neither.

    >>> import pandas as pd
    >>> rows = [("a", "node", 0, 150), ("b", "node", 100, 200)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> spans = Spans.from_frame(frame, lengths={"d": 1000}, seen="all")
    >>> text_agreement(spans, uncoded=True, documents="pooled").estimate
    0.85
    """
    return _coefficient(
        data,
        percent,
        partial(text_agreement, uncoded=uncoded, documents=documents, code=code, subcodes=subcodes),
        name="agreement over characters",
        sources=(),
        code=code,
        subcodes=subcodes,
        documents=documents,
        uncoded=uncoded,
    )


def qualcoder_kappa(
    data: Spans | Study, *, documents: Documents, code: str | None = None, subcodes: Subcodes = "include"
) -> SpanCoefficient:
    """What QualCoder calls "Kappa" in its coder comparison; it is not Cohen's.

    Parameters
    ----------
    data, documents, code, subcodes
        As in `text_kappa`. QualCoder pools all documents, for one code at a time.

    Returns
    -------
    SpanCoefficient
        NaN with a note where neither coder used the code.

    Notes
    -----
    Over the u characters to which at least one of the two gave the code, observed is both / u, and expected the product
    of agreeing by chance on it and on its absence, p(a) p(b) (1 − p(a)) (1 − p(b)), where Cohen has the sum. It is at
    most 1/16, so the result is about the share of common text (Jaccard), and no kappa scale applies to it. To reproduce
    a figure only.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", "fear", 100, 150), ("ben", "fear", 110, 160)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> spans = Spans.from_frame(frame, lengths={"d": 1000}, seen="all")
    >>> round(qualcoder_kappa(spans, documents="pooled").estimate, 4)
    0.6601

    Cohen's kappa of the same marks is 0.7895.
    """
    return _coefficient(
        data,
        qualcoder,
        partial(qualcoder_kappa, documents=documents, code=code, subcodes=subcodes),
        name="QualCoder's kappa",
        sources=("qualcoder",),
        code=code,
        subcodes=subcodes,
        documents=documents,
        uncoded=None,
    )


def coding_comparison(data: Spans | Study) -> pd.DataFrame:
    """The table that NVivo and QualCoder show: a row for each code, document and pair of coders, over characters.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders, and the lengths of the documents.

    Returns
    -------
    pandas.DataFrame
        Index ``code, document, coder_a, coder_b``, for documents that both saw. Columns: ``size`` in characters; the
        shares ``agreement, both, neither, disagreement, only_a, only_b``; ``kappa`` (Cohen's), ``kappa_coded`` (without
        text that neither gave any code) and ``kappa_qualcoder``, NaN where undefined. NVivo prints 1 or 0 for some of
        these.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", "fear", 100, 150), ("ben", "fear", 110, 160)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> table = coding_comparison(Spans.from_frame(frame, lengths={"d": 1000}, seen="all"))
    >>> table[["agreement", "both", "kappa", "kappa_qualcoder"]].round(4).values.tolist()
    [[0.98, 0.04, 0.7895, 0.6601]]
    """
    import pandas as pd

    part = Spans.of(data).comparable().joined()
    part.require_lengths("a coding comparison")
    parts = []
    for table in tables(part):
        rows = table.documents
        for number, code in enumerate(part.codes):
            cells, coded = (table.cells(number, uncoded=choice)[rows] for choice in (True, False))
            one, other, both, size = cells.T
            with np.errstate(invalid="ignore", divide="ignore"):
                shares = np.column_stack([both, size - one - other + both, one - both, other - both]) / size[:, None]
            frame = pd.DataFrame(shares, columns=["both", "neither", "only_a", "only_b"])
            frame.insert(0, "size", size.astype(np.int64))
            frame.insert(1, "agreement", frame["both"] + frame["neither"])
            frame.insert(4, "disagreement", frame["only_a"] + frame["only_b"])
            frame["kappa"], frame["kappa_coded"] = kappa(cells)[0], kappa(coded)[0]
            frame["kappa_qualcoder"] = qualcoder(cells)[0]
            frame["code"], frame["document"] = code, [part.documents[row] for row in rows]
            frame["coder_a"], frame["coder_b"] = (part.coders[coder] for coder in table.coders)
            parts.append(frame)
    columns = ["size", "agreement", "both", "neither", "disagreement", "only_a", "only_b"]
    columns += ["kappa", "kappa_coded", "kappa_qualcoder"]
    index = ["code", "document", "coder_a", "coder_b"]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*index, *columns])
    order = {name: number for number, name in enumerate(part.codes)}
    whole = whole.sort_values(index, key=lambda column: column.map(order) if column.name == "code" else column)
    return whole.set_index(index)[columns].rename_axis(columns="column")
