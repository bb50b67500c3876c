"""Ten million situations in Parquet, through DuckDB: time and memory of each measure.

Run ``python benchmarks/enactment.py [situations] [sites]``. DuckDB writes the file into a temporary folder; each
measure runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

MEASURES = ("emptying_out", "action_at_a_distance", "contingency_sensitivity")
SECONDS, GIGABYTES = 60, 4.0


def write(path: Path, situations: int, sites: int) -> None:
    """40 local descriptions, 12 categories, 8 actions; action depends on the category, the description and the site."""
    import duckdb

    drawn = """
        select i, floor(random() * $sites) as site, floor(40 * random() ^ 2) as local,
            random() as a, random() as b, random() as c
        from range($situations) as numbers(i)
    """
    recorded = f"""
        select *, case when a >= 0.8 then floor(60 * (a - 0.8)) when a >= 0.1 then local % 12 end as category
        from ({drawn})
    """  # noqa: S608
    acted = f"""
        select *, case when category < 10 then category % 8 end as prescribed,
            case when b < 0.5 + 0.4 * site / $sites and category < 10 then category % 8
                 when b < 0.97 then (local * 7) % 8 else floor(8 * c) end as taken
        from ({recorded})
    """  # noqa: S608
    query = f"""
        select 's' || i as situation, 'case ' || site % 3 as case, 'site ' || site as site, 'role ' || i % 4 as role,
            'description ' || local as local, 'category ' || category as category,
            'action ' || prescribed as prescribed, 'action ' || taken as taken,
            if(a < 0.1, 'non-use', if(b < 0.6, 'as-intended', 'workaround')) as mode,
            site % 5 as distance, if(c < 0.5, 'Ada', 'Ben') as coder
        from ({acted})
    """  # noqa: S608
    connection = duckdb.connect()
    connection.execute("select setseed(0.5)")
    connection.execute("set threads to 1")
    connection.execute(
        f"copy ({query}) to $path (format parquet)", {"situations": situations, "sites": sites, "path": str(path)}
    )


def measure(path: str, name: str) -> None:
    import duckdb

    import expertsys as es

    warnings.simplefilter("ignore")
    connection = duckdb.connect()
    connection.execute("set threads to 2")
    connection.execute("set memory_limit to '2GB'")
    start = time.perf_counter()
    result = getattr(es.enactment, name)(connection.read_parquet(path))
    middle = time.perf_counter()
    interval, own = result.interval(), result.interval(estimand="these")
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    verdict = "" if end - start <= SECONDS and peak <= GIGABYTES else "  OVER THE BAR"
    print(
        f"{name:<24}{result.estimate:8.4f}  null {result.null.mean:.4f} ({result.null.shuffles} shuffles)"
        f"  sites like these {interval.low:.4f} to {interval.high:.4f}  these sites {own.low:.4f} to {own.high:.4f}"
        f"  {middle - start:6.1f} s + {end - middle:4.1f} s for the intervals  {peak:5.2f} GB{verdict}",
        flush=True,
    )


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] == "--measure":
        measure(sys.argv[2], sys.argv[3])
        return
    situations, sites = (int(value) for value in (*sys.argv[1:], *("10000000", "200")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "situations.parquet"
        write(path, situations, sites)
        print(f"{situations:,} situations at {sites} sites, {path.stat().st_size / 1e6:.0f} MB")
        for name in MEASURES:
            subprocess.run([sys.executable, __file__, "--measure", str(path), name], check=True)


if __name__ == "__main__":
    main()
