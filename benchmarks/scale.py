"""A hundred million ratings in Parquet, in no order, beside a million: seconds per rating and peak memory.

    python -m benchmarks.scale                         # 20,000,000 units, 5 coders: a minute to write, 600 MB
    python -m benchmarks.scale --units 2000000 --engines polars duckdb pandas --folder ratings

Each engine runs in a process of its own. DuckDB is told to keep within 2.5 GB and to spill the rest to disk; Polars
streams.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.compare import Summary, measure, side_by_side, table

CODERS = ("ann", "ben", "cem", "dan", "eve")
CODES = ("none", "policy", "judgement", "workload", "trust", "time", "target", "other")
PART = 5_000_000
MEMORY = "2500MB"
#: The bars: peak memory, and how much longer a rating may take among many.
MOST, SLOWER = 4_000_000_000, 3


def write(folder: Path, units: int) -> None:
    """Parquet files of ratings, in parts; consecutive rows belong to units far apart."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    total = units * len(CODERS)
    step = next(number for number in range(int(total * 0.618) | 1, 2 * total, 2) if gcd(number, total) == 1)
    shares = np.cumsum(np.arange(len(CODES), 0, -1)) / (len(CODES) * (len(CODES) + 1) / 2)
    for number, low in enumerate(range(0, total, PART)):
        unit, coder = np.divmod(np.arange(low, min(low + PART, total), dtype=np.int64) * step % total, len(CODERS))
        draw = np.random.default_rng([20261101, number])
        truth = np.searchsorted(shares, unit * 2_654_435_761 % 2**32 / 2**32)
        code = np.where(draw.random(len(unit)) < 0.7, truth, draw.integers(0, len(CODES), len(unit)))
        columns = {
            "unit": unit,
            "coder": pa.DictionaryArray.from_arrays(coder.astype(np.int8), list(CODERS)).cast(pa.string()),
            "code": pa.DictionaryArray.from_arrays(code.astype(np.int8), list(CODES)).cast(pa.string()),
        }
        pq.write_table(pa.table(columns), folder / f"part-{number:03}.parquet")


def read(engine: str, folder: Path) -> Any:
    """The files as a table of the engine; nothing is read yet, but by pandas."""
    files = str(folder / "*.parquet")
    if engine == "polars":
        import polars as pl

        return pl.scan_parquet(files)
    if engine == "duckdb":
        import duckdb

        spill = tempfile.mkdtemp(dir=folder)
        settings = {"memory_limit": MEMORY, "temp_directory": spill, "preserve_insertion_order": "false"}
        return duckdb.connect(config=settings).read_parquet(files)
    import pandas as pd

    return pd.read_parquet(folder)


def run(engine: str, folder: Path) -> None:
    """From the files to estimate and interval."""
    from expertsys.agreement import Bootstrap, Ratings, krippendorff_alpha

    def work(path: Path) -> list[float]:
        found = krippendorff_alpha(Ratings.from_long(read(engine, path)), level="nominal")
        interval = found.interval(method=Bootstrap(1000, rng=0))
        return [round(value, 6) for value in (found.estimate, interval.low, interval.high)]

    with tempfile.TemporaryDirectory() as small:
        write(Path(small), 50)
        work(Path(small))
    measure(lambda: work(folder))


def bars(figures: dict[int, dict[str, Summary]]) -> list[str]:
    """Each bar, for each engine: passed or not, with the figures."""
    small, large = sorted(figures)
    lines = []
    for engine, found in figures[large].items():
        told = f"{engine}, {large * len(CODERS):,} ratings"
        times = (found.seconds / large) / (figures[small][engine].seconds / small)
        lines.append(f"{'pass' if found.peak < MOST else 'FAIL'}  {told}: peak {found.peak / 1e9:.2f} GB, under 4")
        lines.append(
            f"{'pass' if times <= SLOWER else 'FAIL'}  {told}: {times:.2f} times the time per rating of "
            f"{small * len(CODERS):,}, at most {SLOWER}"
        )
        same = found.result == next(iter(figures[large].values())).result
        lines.append(f"{'pass' if same else 'FAIL'}  {told}: estimate and interval as from the others")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, default=20_000_000)
    parser.add_argument("--engines", nargs="+", default=["polars", "duckdb"], choices=["polars", "duckdb", "pandas"])
    parser.add_argument(
        "--folder", type=Path, help="where to write the ratings, and keep them; else a temporary folder"
    )
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        run(options.contender, options.folder)
        return
    figures: dict[int, dict[str, Summary]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        base = options.folder or Path(temporary)
        for units in (200_000, options.units):
            folder = base / str(units)
            if not folder.exists():
                write(folder, units)
            file = str(Path(__file__).resolve())
            commands = {
                engine: [sys.executable, file, "--contender", engine, "--folder", str(folder)]
                for engine in options.engines
            }
            found = side_by_side(commands, repeat=options.repeat)
            print(f"\n{units * len(CODERS):,} ratings of {units:,} units")
            print(table(found, against=options.engines[0]))
            for engine, made in found.items():
                print(f"  {engine}: {made.seconds / units / len(CODERS) * 1e9:,.0f} ns a rating")
            figures[units] = found
    print("\n" + "\n".join(bars(figures)))
    if options.json:
        content = {units: {engine: asdict(made) for engine, made in found.items()} for units, found in figures.items()}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
