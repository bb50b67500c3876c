"""What all coefficients over spans share: replicates, standard errors, words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings

from expertsys.agreement import (
    Analytic,
    Bootstrap,
    Jackknife,
    SpanCoefficient,
    Spans,
    qualcoder_kappa,
    segment_kappa,
    span_alpha,
    span_f1,
    text_agreement,
    text_kappa,
)
from expertsys.errors import DataError

from .continua import Continua, continua

Function = Callable[[Spans], SpanCoefficient]
ALL: dict[str, Function] = {
    "u": lambda spans: span_alpha(spans, kind="u"),
    "|u": lambda spans: span_alpha(spans, kind="|u"),
    "cu": lambda spans: span_alpha(spans, kind="cu"),
    "ku": lambda spans: span_alpha(spans, kind="ku", code="a"),
    "U2004": lambda spans: span_alpha(spans, kind="U2004"),
    "f1": lambda spans: span_f1(spans, match=0.5),
    "macro": lambda spans: span_f1(spans, match="overlap", average="macro"),
    "segments": lambda spans: segment_kappa(spans, match="overlap"),
    "kappa": lambda spans: text_kappa(spans, uncoded=True, documents="pooled"),
    "coded": lambda spans: text_kappa(spans, uncoded=False, documents="mean"),
    "agreement": lambda spans: text_agreement(spans, uncoded=True, documents="length"),
    "qualcoder": lambda spans: qualcoder_kappa(spans, documents="pooled", code="a"),
}


def drawn(data: Continua, times: Counter[str]) -> Continua:
    """The same with each document as often as it was drawn, under names of their own."""
    copies = [(f"{name} {number}", name) for name in data.lengths for number in range(times[name])]
    seen = {coder: [new for new, old in copies if old in names] for coder, names in data.seen.items()}
    marks = [(new, who, *rest) for where, who, *rest in data.marks for new, old in copies if old == where]
    return Continua({new: data.lengths[old] for new, old in copies}, seen, marks)  # type: ignore[arg-type]


@given(continua(coders=(2, 3)))
@settings(max_examples=4)
def test_a_replicate_is_the_coefficient_of_the_documents_drawn(data: Continua) -> None:
    spans = data.spans()
    for name, function in ALL.items():
        found = function(spans)
        names = found._kernel.counts
        if not len(names):
            continue
        kept = spans.comparable().documents
        weights = np.random.default_rng(0).multinomial(len(kept), [1 / len(kept)] * len(kept), size=1)
        values = found._kernel.evaluate(weights.astype(np.float64)).estimate
        for row, value in zip(weights, values, strict=True):
            times = Counter(dict(zip(kept, row.tolist(), strict=True)))
            expected = function(drawn(data, times).spans()).estimate
            assert value == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), name


@cache
def corpus(documents: int = 12) -> Spans:
    """Three coders who mostly agree."""
    draw = np.random.default_rng(3)
    rows = []
    for number in range(documents):
        for place in range(0, 200, 40):
            code = "ab"[draw.integers(2)]
            for coder in ("ann", "ben", "cyn"):
                start, end = place + draw.integers(0, 6), place + 20 + draw.integers(0, 6)
                rows.append((f"d{number}", coder, code if draw.random() < 0.8 else "ab"[draw.integers(2)], start, end))
    frame = pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"])
    return Spans.from_frame(frame, seen="all", lengths={f"d{number}": 220 for number in range(documents)})


@pytest.mark.parametrize("name", ALL)
def test_standard_errors_agree(name: str) -> None:
    found = ALL[name](corpus())
    left_out = found.interval(method="jackknife")
    spread = found.replicates(Bootstrap(400, rng=1)).std()
    reach = (left_out.high - left_out.low) / 2 / 2.200985160082949  # t with 11 degrees of freedom, 97.5 %
    assert found.standard_error == pytest.approx(reach, rel=0.15)
    assert spread == pytest.approx(reach, rel=0.25)
    others = [
        ALL[name](corpus().only(documents=[f"d{k}" for k in range(12) if k != out])).estimate for out in range(12)
    ]
    assert reach**2 == pytest.approx(11 / 12 * ((np.array(others) - np.mean(others)) ** 2).sum())


def test_intervals_hold_the_estimate_and_say_how() -> None:
    found = span_alpha(corpus(), kind="u")
    for method, told in (
        (Bootstrap(200, rng=1), "percentile bootstrap over documents, 200 replicates"),
        ("jackknife", "jackknife standard error over documents, t with 11 degrees of freedom"),
        ("analytic", "standard error over documents (infinitesimal jackknife), t with 11 degrees of freedom"),
    ):
        interval = found.interval(method=method)  # type: ignore[arg-type]
        assert interval.low < found.estimate < interval.high
        assert interval.method == told
    assert found.interval(method=Bootstrap(50, rng=5)) == found.interval(
        method=Bootstrap(50, rng=5, cluster="document")
    )


def test_one_document_has_no_interval() -> None:
    found = span_alpha(corpus(1), kind="u")
    for method in ("bootstrap", "jackknife", "analytic"):
        interval = found.interval(method=method)
        assert math.isnan(interval.low)
        assert interval.note == "one document only: no interval, since documents are what varies"
    assert math.isnan(found.standard_error)
    assert "no interval: one document only" in found.methods_text()
    assert [text.get_text() for text in found.plot().texts] == [f"{found.estimate:.3f}; {interval.note}"]


@pytest.mark.parametrize(
    "method",
    [Bootstrap(kind="pairs"), Bootstrap(kind="bca"), Bootstrap(cluster="case"), Analytic(over="coders"), Jackknife(9)],
)
def test_methods_that_spans_do_not_have(method: Any) -> None:
    with pytest.raises(DataError, match="is not for spans, where whole documents are drawn"):
        span_alpha(corpus(2), kind="u").interval(method=method)


def test_words_and_table() -> None:
    found = text_kappa(corpus(), uncoded=True, documents="pooled", code="a")
    assert found.methods_text().startswith("3 coders marked stretches of text in 12 documents by themselves (")
    assert "Cohen's kappa over characters (all text; code 'a')" in found.methods_text()
    assert found.cite()[0].startswith("Cohen J.")
    assert [line[:6] for line in found.cite("jackknife")] == ["Cohen ", "Efron ", "Kott P"]
    assert "90% interval" in found.methods_text(0.9, "jackknife")
    row = found.to_frame().loc["Cohen's kappa over characters"]
    assert (row["estimate"], row["n_documents"], row["n_coders"]) == (found.estimate, 12, 3)
    assert "2 documents only" in span_alpha(corpus(2), kind="u").note
    assert repr(span_f1(corpus(), match="exact")).splitlines()[0] == "boundary F1 (exact boundaries)"
    nothing = span_alpha(corpus().only(coders=["ann"]), kind="u")
    assert "could not be determined: no document was seen by two coders" in nothing.methods_text()
    assert nothing.interval().note == nothing.note


def test_benchmark() -> None:
    found = span_alpha(corpus(), kind="u").benchmark(scale="krippendorff")
    assert found.to_frame()["share"].sum() == pytest.approx(1)
    assert span_alpha(corpus(1), kind="u").benchmark(scale="krippendorff").band == ""


def test_without_a_coder() -> None:
    for name, function in ALL.items():
        spans = corpus(3)
        equal = function(spans).without("cyn").estimate, function(spans.only(coders=["ann", "ben"])).estimate
        assert equal[0] == pytest.approx(equal[1]), name
