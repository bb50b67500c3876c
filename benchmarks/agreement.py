"""Krippendorff's alpha with its bootstrap interval, beside one point estimate of the `krippendorff` package.

    python -m benchmarks.agreement --units 1000000 --repeat 3 --json result.json

Units rated by 5 coders with 8 codes, a tenth of the ratings missing. The data are made before the clock starts; every
contender gets them in the form that it takes: an array, or a table in long form held by an engine.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.compare import Summary, measure, side_by_side, table

CODERS, CODES, MISSING, REPLICATES = 5, 8, 0.1, 1000
PACKAGE = "krippendorff, estimate only"


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


def package(units: int) -> tuple[Any, Callable[[Any], Any]]:
    import krippendorff

    return np.ascontiguousarray(ratings(units).T), lambda cells: krippendorff.alpha(
        cells, level_of_measurement="nominal"
    )


def from_array(units: int) -> tuple[Any, Callable[[Any], Any]]:
    from expertsys.agreement import Ratings

    return ratings(units), lambda cells: ours(Ratings.from_array(cells, coders="columns"))


def from_pandas(units: int) -> tuple[Any, Callable[[Any], Any]]:
    import pandas as pd

    from expertsys.agreement import Ratings

    return pd.DataFrame(long_form(units)), lambda frame: ours(Ratings.from_long(frame))


def from_polars(units: int) -> tuple[Any, Callable[[Any], Any]]:
    import polars as pl

    from expertsys.agreement import Ratings

    return pl.DataFrame(long_form(units)), lambda frame: ours(Ratings.from_long(frame))


def from_duckdb(units: int) -> tuple[Any, Callable[[Any], Any]]:
    import duckdb
    import pyarrow as pa

    from expertsys.agreement import Ratings

    return duckdb.connect().from_arrow(pa.table(long_form(units))), lambda frame: ours(Ratings.from_long(frame))


def ours(reduced: Any) -> list[float]:
    """Estimate and interval."""
    from expertsys.agreement import Bootstrap, krippendorff_alpha

    found = krippendorff_alpha(reduced, level="nominal")
    interval = found.interval(method=Bootstrap(REPLICATES, rng=0))
    return [found.estimate, interval.low, interval.high]


CONTENDERS: dict[str, Callable[[int], tuple[Any, Callable[[Any], Any]]]] = {
    PACKAGE: package,
    "array, with interval": from_array,
    "pandas, with interval": from_pandas,
    "Polars, with interval": from_polars,
    "DuckDB, with interval": from_duckdb,
}


def compete(units: int, repeat: int, *, names: list[str] | None = None, quiet: bool = False) -> dict[str, Summary]:
    """All contenders, or those named, in turn; each in a process of its own."""
    file = str(Path(__file__).resolve())
    commands = {
        name: [sys.executable, file, "--units", str(units), "--contender", name] for name in names or CONTENDERS
    }

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    return side_by_side(commands, repeat=repeat, tell=None if quiet else tell)


def run(name: str, units: int) -> None:
    """One contender, in its own process; once on a few units first, so that nothing is imported under the clock."""
    small, work = CONTENDERS[name](50)
    work(small)
    given, work = CONTENDERS[name](units)
    measure(lambda: np.round(np.asarray(work(given), dtype=float), 6).tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--contender", choices=CONTENDERS, help="run this one alone, here, and print one JSON object")
    options = parser.parse_args()
    if options.contender:
        run(options.contender, options.units)
        return
    found = compete(options.units, options.repeat)
    print(f"{options.units:,} units, {CODERS} coders, {CODES} codes, {MISSING:.0%} missing; median of {options.repeat}")
    print(table(found, against=PACKAGE))
    if options.json:
        content = {
            "units": options.units,
            "coders": CODERS,
            "codes": CODES,
            "missing": MISSING,
            "replicates": REPLICATES,
            "python": platform.python_version(),
            "contenders": {name: asdict(figures) for name, figures in found.items()},
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
