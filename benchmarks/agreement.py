"""Agreement beside every other package on PyPI: seconds and peak memory, from a hundred units to a million.

    python -m benchmarks.agreement --peers /path/to/python-with-the-peers/bin/python

Units rated by 5 coders with 8 codes, a tenth of the ratings missing. The data are made before the clock starts; every
contender gets them in the form that it takes: an array, a wide table, triples, or a long table held by an engine.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.compare import Summary, measure, side_by_side, table

CODERS, CODES, MISSING, REPLICATES = 5, 8, 0.1, 1000
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
PACKAGE = "krippendorff, estimate only"
LOOPED = 20
LOOP = f"krippendorff, loop of {LOOPED} replicates"
EVERY = "array, all nominal coefficients with intervals"
#: What each other package's contenders are held against: the same data in the nearest form that ours takes.
OURS = "array, with standard error"
WAYS = ("array", "pandas", "Polars", "PyArrow", "DuckDB")
SMALL, QUICK = 10_000, 0.005
Work = Callable[[Any], Any]


def ratings(units: int) -> Any:
    """Units × coders of codes, NaN where missing: coders find the true code in seven of ten cases."""
    draw = np.random.default_rng(20261101)
    shape = (units, CODERS)
    truth = draw.choice(CODES, size=units, p=np.arange(CODES, 0, -1) / (CODES * (CODES + 1) / 2)).astype(np.float32)
    cells = np.where(draw.random(shape, np.float32) < 0.7, truth[:, None], draw.integers(0, CODES, shape, np.int8))
    cells[draw.random(shape, np.float32) < MISSING] = np.nan
    return cells.astype(np.float64)


def long_form(units: int) -> dict[str, Any]:
    """The same as one row per rating."""
    cells = ratings(units)
    unit, coder = np.nonzero(~np.isnan(cells))
    return {"unit": unit, "coder": coder, "code": cells[unit, coder].astype(np.int64)}


def wide_form(units: int) -> Any:
    """The same as a table with a column per coder."""
    import pandas as pd

    return pd.DataFrame(ratings(units), columns=[f"c{number}" for number in range(CODERS)])


def alpha(reduced: Any) -> list[float]:
    """Estimate and analytic standard error."""
    from expertsys.agreement import krippendorff_alpha

    found = krippendorff_alpha(reduced, level="nominal")
    return [found.estimate, found.standard_error]


def alpha_interval(reduced: Any) -> list[float]:
    """Estimate and bootstrap interval."""
    from expertsys.agreement import Bootstrap, krippendorff_alpha

    found = krippendorff_alpha(reduced, level="nominal")
    interval = found.interval(method=Bootstrap(REPLICATES, rng=0))
    return [found.estimate, interval.low, interval.high]


def every_interval(reduced: Any) -> list[float]:
    """All nominal coefficients that suit several coders, each with its bootstrap interval."""
    from expertsys.agreement import Bootstrap, all_coefficients

    found = all_coefficients(reduced, method=Bootstrap(REPLICATES, rng=0))
    return [len(found), float(found["estimate"].iloc[0]), float(found["low"].iloc[0])]


def of(function: Work) -> Callable[[str], Callable[[int], tuple[Any, Work]]]:
    """Contenders of this library: the way in, then the function."""

    def contender(way: str) -> Callable[[int], tuple[Any, Work]]:
        def prepared(units: int) -> tuple[Any, Work]:
            from expertsys.agreement import Ratings

            if way == "array":
                return ratings(units), lambda cells: function(Ratings.from_array(cells, coders="columns"))
            return _held(way, units), lambda frame: function(Ratings.from_long(frame))

        return prepared

    return contender


def _held(engine: str, units: int) -> Any:
    """The long table on an engine."""
    rows = long_form(units)
    if engine == "pandas":
        import pandas as pd

        return pd.DataFrame(rows)
    if engine == "Polars":
        import polars as pl

        return pl.DataFrame(rows)
    import pyarrow as pa

    if engine == "PyArrow":
        return pa.table(rows)
    import duckdb

    return duckdb.connect().from_arrow(pa.table(rows))


def krippendorff(units: int) -> tuple[Any, Work]:
    import krippendorff

    cells = np.ascontiguousarray(ratings(units).T)
    return cells, lambda given: [krippendorff.alpha(given, level_of_measurement="nominal")]


def krippendorff_loop(units: int) -> tuple[Any, Work]:
    """Bootstrap replicates by hand; their time is multiplied up to as many as ours have."""
    import krippendorff

    draw = np.random.default_rng(0)

    def work(cells: Any) -> list[float]:
        chosen = (cells[:, draw.integers(0, cells.shape[1], cells.shape[1])] for _ in range(LOOPED))
        return [float(np.median([krippendorff.alpha(some, level_of_measurement="nominal") for some in chosen]))]

    return np.ascontiguousarray(ratings(units).T), work


def irrcac(method: str) -> Callable[[int], tuple[Any, Work]]:
    def prepared(units: int) -> tuple[Any, Work]:
        from irrCAC.raw import CAC

        def work(frame: Any) -> list[float]:
            est = getattr(CAC(frame), method)()["est"]
            return [float(est["coefficient_value"]), float(est["se"])]

        return wide_form(units), work

    return prepared


def statsmodels(units: int) -> tuple[Any, Work]:
    """Fleiss' kappa; the package takes no missing ratings, so here they are the code 0."""
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    cells = np.nan_to_num(ratings(units)).astype(np.int64)
    return cells, lambda given: [float(fleiss_kappa(aggregate_raters(given)[0]))]


def nltk(units: int) -> tuple[Any, Work]:
    from nltk.metrics.agreement import AnnotationTask

    rows = long_form(units)
    triples = list(zip(rows["coder"].tolist(), rows["unit"].tolist(), rows["code"].tolist(), strict=True))
    return triples, lambda given: [float(AnnotationTask(data=given).alpha())]


def simpledorff(units: int) -> tuple[Any, Work]:
    import pandas as pd
    from simpledorff import calculate_krippendorffs_alpha_for_df as calculate

    columns = {"experiment_col": "unit", "annotator_col": "coder", "class_col": "code"}
    return pd.DataFrame(long_form(units)), lambda frame: [float(calculate(frame, **columns))]


def pygamma(units: int) -> tuple[Any, Work]:
    """Each unit a span of its own: gamma, which has no value in common with alpha but its purpose."""
    from pyannote.core import Segment
    from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum

    rows, continuum = long_form(units), Continuum()
    for unit, coder, code in zip(*(rows[name].tolist() for name in ("unit", "coder", "code")), strict=True):
        continuum.add(f"c{coder}", Segment(2 * unit, 2 * unit + 1), str(code))
    return continuum, lambda given: [float(given.compute_gamma(CombinedCategoricalDissimilarity(), fast=True).gamma)]


@dataclass(frozen=True)
class Contender:
    """How to make its data and do its work, the package that it needs, and up to how many units it is run."""

    prepare: Callable[[int], tuple[Any, Work]]
    package: str = "numpy"
    most: int = 1_000_000


CONTENDERS: dict[str, Contender] = {
    **{f"{way}, with standard error": Contender(of(alpha)(way)) for way in ("array", "pandas", "Polars")},
    **{f"{way}, with standard error": Contender(of(alpha)(way)) for way in ("PyArrow", "DuckDB")},
    **{f"{way}, with interval": Contender(of(alpha_interval)(way)) for way in ("array", "pandas", "Polars", "DuckDB")},
    EVERY: Contender(of(every_interval)("array")),
    PACKAGE: Contender(krippendorff, "krippendorff"),
    LOOP: Contender(krippendorff_loop, "krippendorff"),
    "irrCAC, alpha": Contender(irrcac("krippendorff"), "irrCAC"),
    "irrCAC, Gwet's AC1": Contender(irrcac("gwet"), "irrCAC"),
    "irrCAC, Fleiss' kappa": Contender(irrcac("fleiss"), "irrCAC"),
    "irrCAC, Conger's kappa": Contender(irrcac("conger"), "irrCAC"),
    "statsmodels, Fleiss' kappa": Contender(statsmodels, "statsmodels"),
    "nltk, alpha": Contender(nltk, "nltk", most=100_000),
    "simpledorff, alpha": Contender(simpledorff, "simpledorff", most=10_000),
    "pygamma-agreement, gamma": Contender(pygamma, "pygamma_agreement", most=100),
}


def bars(units: int, found: dict[str, Summary]) -> list[str]:
    """Each bar that this size speaks to: passed or not, with the figures."""
    lines = []

    def bar(met: bool, told: str) -> None:
        lines.append(f"{'pass' if met else 'FAIL'}  {units:,} units: {told}")

    own = {way: found[f"{way}, with standard error"].seconds for way in WAYS if f"{way}, with standard error" in found}
    if units <= SMALL and "array" in own:
        bar(own["array"] <= QUICK, f"alpha with standard error from an array in {own['array'] * 1e3:.1f} ms, at most 5")
    if units < SMALL:
        for way in own:
            if way != "array":
                bar(own[way] <= QUICK, f"the same from {way} in {own[way] * 1e3:.1f} ms, at most 5")
    others = {name: one for name, one in found.items() if CONTENDERS[name].package != "numpy" and name != LOOP}
    if units >= SMALL and OURS in found:
        for name, one in others.items():
            ratio = one.seconds / found[OURS].seconds
            memory = f"; {found[OURS].used / 1e6:,.0f} MB beside {one.used / 1e6:,.0f} MB"
            bar(ratio > 1, f"{name} takes {ratio:,.1f} times our time from an array{memory}")
    if units == 1_000_000 and EVERY in found and PACKAGE in found:
        share = found[EVERY].seconds / found[PACKAGE].seconds
        number = int(found[EVERY].result[0])
        bar(share < 1, f"{number} coefficients with intervals in {share:.2f} of one krippendorff.alpha (aim: 0.20)")
    if units == 1_000_000 and LOOP in found:
        whole = found[LOOP].best * REPLICATES / LOOPED
        times = whole / found["array, with interval"].best
        bar(times >= 5000, f"alpha with interval {times:,.0f} times as fast as a loop ({whole:,.0f} s), at least 5,000")
    return lines


def compete(
    units: int, repeat: int, *, names: Sequence[str] | None = None, quiet: bool = False, peers: str = sys.executable
) -> dict[str, Summary]:
    """All contenders, or those named, in turn; each in a process of its own.

    What this Python has not installed runs on the Python `peers`; what neither has is left out, and said.
    """
    file = str(Path(__file__).resolve())
    commands = {}
    for name in names or [name for name, one in CONTENDERS.items() if units <= one.most]:
        python = next((one for one in (sys.executable, peers) if imports(one, CONTENDERS[name].package)), None)
        if python is not None:
            commands[name] = [python, file, "--units", str(units), "--contender", name]

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    return side_by_side(commands, repeat=repeat, tell=None if quiet else tell)


@cache
def imports(python: str, package: str) -> bool:
    """Whether a Python has the package."""
    found = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode == 0
    if not found:
        print(f"{python} has no {package}", file=sys.stderr)
    return found


def run(name: str, units: int) -> None:
    """One contender, in its own process; once on a few units first, so that nothing is imported under the clock."""
    prepare = CONTENDERS[name].prepare
    small, work = prepare(50)
    work(small)
    given, work = prepare(units)
    measure(lambda: np.round(np.asarray(work(given), dtype=float), 6).tolist(), at_least=0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable, help="Python in which the other packages are installed")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--contender", choices=CONTENDERS, help="run this one alone, here, and print one JSON object")
    options = parser.parse_args()
    if options.contender:
        run(options.contender, options.units[0])
        return
    content: dict[str, Any] = {
        "coders": CODERS,
        "codes": CODES,
        "missing": MISSING,
        "replicates": REPLICATES,
        "python": platform.python_version(),
        "machine": f"{platform.processor() or platform.machine()}, {platform.system()}",
        "units": {},
    }
    for units in options.units:
        found = compete(units, options.repeat, peers=options.peers)
        print(f"\n{units:,} units, {CODERS} coders, {CODES} codes, {MISSING:.0%} missing; median of {options.repeat}")
        print(table(found, against=PACKAGE if PACKAGE in found else next(iter(found))))
        print("\n".join(bars(units, found)))
        content["units"][units] = {name: asdict(figures) for name, figures in found.items()}
        if options.json:
            options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
