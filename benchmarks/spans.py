"""Agreement on spans: seconds and memory from a thousand marks to a million, and beside pygamma-agreement.

    python -m benchmarks.spans --peers /path/to/python-with-the-peers/bin/python

Three coders mark documents of 10,000 characters with 8 codes: each finds the same stretches, with boundaries off by up
to three characters and the same code in two of three. Gamma (Mathet, Widlöcher & Métivier 2015) answers a like question
by another way; it is run up to 372 marks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.agreement import imports
from benchmarks.compare import measure, side_by_side, table

CODERS, CODES, LENGTH, PER_DOCUMENT = 3, 8, 10_000, 100
SIZES = (372, 1_000, 10_000, 100_000, 1_000_000)
MOST_FOR_GAMMA = 372


def marks(size: int) -> Any:
    """So many marks, as a dataframe."""
    import pandas as pd

    draw = np.random.default_rng(20261125)
    wanted = size // CODERS
    document, slot = np.divmod(np.arange(wanted), PER_DOCUMENT)
    start = slot * (LENGTH // PER_DOCUMENT) + draw.integers(5, 20, wanted)
    end, code = start + draw.integers(20, 60, wanted), draw.integers(0, CODES, wanted)
    parts = []
    for coder in range(CODERS):
        own = np.where(draw.random(wanted) < 2 / 3, code, draw.integers(0, CODES, wanted))
        columns = {"document": document, "coder": coder, "code": own}
        near = {"start": start + draw.integers(-3, 4, wanted), "end": end + draw.integers(-3, 4, wanted)}
        parts.append(pd.DataFrame(columns | near))
    return pd.concat(parts, ignore_index=True)


def read(frame: Any) -> Any:
    """The dataframe as `Spans`."""
    from expertsys.agreement import Spans

    return Spans.from_frame(frame, seen="all", lengths={str(name): LENGTH for name in frame["document"].unique()})


def over_spans(name: str) -> Callable[[int], tuple[Any, Callable[[Any], Any]]]:
    """A function of `Spans` that stand ready."""

    def prepare(size: int) -> tuple[Any, Callable[[Any], Any]]:
        from expertsys import agreement

        functions: dict[str, Callable[[Any], Any]] = {
            "u-alpha": lambda spans: agreement.span_alpha(spans, kind="u").estimate,
            "u-alpha with interval": lambda spans: agreement.span_alpha(spans, kind="u").interval().low,
            "alpha_U": lambda spans: agreement.span_alpha(spans, kind="U2004").estimate,
            "F1": lambda spans: agreement.span_f1(spans, match="exact").estimate,
            "kappa": lambda spans: agreement.text_kappa(spans, uncoded=True, documents="pooled").estimate,
            "disagreements": lambda spans: len(agreement.span_disagreements(spans)),
        }
        return read(marks(size)), functions[name]

    return prepare


def gamma(*, fast: bool) -> Callable[[int], tuple[Any, Callable[[Any], Any]]]:
    """Gamma with the package's presettings; documents stand one behind the other."""

    def prepare(size: int) -> tuple[Any, Callable[[Any], Any]]:
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum

        continuum = Continuum()
        for document, coder, code, start, end in marks(size).itertuples(index=False):
            offset = int(document) * LENGTH
            continuum.add(str(coder), Segment(float(start + offset), float(end + offset)), str(code))
        measured = CombinedCategoricalDissimilarity(alpha=1, beta=1, delta_empty=1)
        return continuum, lambda given: float(given.compute_gamma(measured, fast=fast).gamma)

    return prepare


CONTENDERS: dict[str, Callable[[int], tuple[Any, Callable[[Any], Any]]]] = {
    "u-alpha": over_spans("u-alpha"),
    "u-alpha, 1,000-replicate interval": over_spans("u-alpha with interval"),
    "alpha_U (2004)": over_spans("alpha_U"),
    "boundary F1, exact": over_spans("F1"),
    "kappa over characters": over_spans("kappa"),
    "disagreements, ranked": over_spans("disagreements"),
    "reading the dataframe": lambda size: (marks(size), lambda frame: len(read(frame))),
}
PEERS = {"gamma, fast": gamma(fast=True), "gamma, exact": gamma(fast=False)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--marks", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable, help="Python in which pygamma-agreement is installed")
    parser.add_argument("--contender", choices=[*CONTENDERS, *PEERS], help="run this one alone, here")
    options = parser.parse_args()
    if options.contender:
        prepare = (CONTENDERS | PEERS)[options.contender]
        small, work = prepare(30)
        work(small)
        given, work = prepare(options.marks[0])
        measure(lambda: work(given), at_least=0.2)
        return
    for size in options.marks:
        pythons = dict.fromkeys(CONTENDERS, sys.executable)
        if size <= MOST_FOR_GAMMA and imports(options.peers, "pygamma_agreement"):
            pythons |= dict.fromkeys(PEERS, options.peers)
        commands = {
            name: [python, str(Path(__file__).resolve()), "--marks", str(size), "--contender", name]
            for name, python in pythons.items()
        }
        found = side_by_side(commands, repeat=options.repeat, tell=lambda line: print(line, file=sys.stderr))
        print(f"\n{size:,} marks by {CODERS} coders, {CODES} codes; median of {options.repeat}")
        print(table(found, against="u-alpha"))


if __name__ == "__main__":
    main()
