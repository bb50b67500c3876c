"""All tied solutions of crisp tables with 8 to 14 conditions and 100 to 1,000 cases, beside `setqca` and R's `QCA`.

Run ``python -m benchmarks.qca`` from the root of the checkout. The tables are made from a seed: in `dnf` ones the
outcome follows a disjunction of three conjunctions with 3 % of noise, in `rand` ones it is drawn for each
configuration. With ``--tables FOLDER`` they are read from CSV files (index, conditions, Y); a file ``r_seconds.csv``
there (columns ``data, run, min_s``) gives R's seconds, measured elsewhere: they are shown, and cannot be a ratio.
``--peers PYTHON`` names an interpreter that has `setqca`. ``--large`` adds 20 conditions × 200 cases.

Each solution runs in a process of its own, one after the other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.compare import peak

CUTOFF = 0.8
LIMIT = 30.0
KINDS = ("conservative", "parsimonious")


def tables(folder: Path, *, large: bool) -> list[Path]:
    """Write the tables, and name their files."""
    import numpy as np
    import pandas as pd

    found = []
    sizes = [(k, n) for k in (8, 10, 12, 14) for n in (100, 300, 1000)]
    for kind in ("dnf", "rand"):
        for k, n in [*sizes, *([(20, 200)] if large and kind == "dnf" else [])]:
            rng = np.random.default_rng([k, n, kind == "dnf"])
            x = rng.integers(0, 2, (n, k))
            if kind == "dnf":
                y = np.zeros(n, dtype=bool)
                for _ in range(3):
                    places = rng.choice(k, rng.integers(2, 5), replace=False)
                    y |= (x[:, places] == rng.integers(0, 2, len(places))).all(axis=1)
                y ^= rng.random(n) < (0.03 if k < 20 else 0)
            else:
                _, own = np.unique(x, axis=0, return_inverse=True)
                y = rng.integers(0, 2, own.max() + 1).astype(bool)[own.ravel()]
            frame = pd.DataFrame(x, columns=[chr(65 + place) for place in range(k)]).assign(Y=y.astype(int))
            path = folder / f"{kind}_k{k:02}_n{n:04}.csv"
            frame.to_csv(path)
            found.append(path)
    return found


def ours(path: str, kind: Any) -> dict[str, Any]:
    """One solution of one table."""
    import pandas as pd

    from expertsys.qca import minimise, truth_table

    table = pd.read_csv(path, index_col=0)
    names = [name for name in table.columns if name != "Y"]
    start = time.perf_counter()
    truth = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=CUTOFF)
    most = 1 if len(names) > 16 else 1000
    found = minimise(truth, solution=kind, time_limit=LIMIT if most > 1 else 2 * LIMIT, max_models=most)
    spent = time.perf_counter() - start
    return {
        "seconds": spent,
        "peak": peak(),
        "implicants": len(found.chart),
        "terms": len(found.models[0].terms) if found.models else 0,
        "bound": found.bound,
        "models": len(found.models),
        "complete": found.complete,
    }


def theirs(path: str, kind: str) -> dict[str, Any]:
    """The same by setqca."""
    import pandas as pd
    import setqca

    table = pd.read_csv(path, index_col=0)
    names = [name for name in table.columns if name != "Y"]
    start = time.perf_counter()
    truth = setqca.build_truth_table(table, outcome="Y", conditions=names, inclusion_cutoff=CUTOFF)
    positive = set(truth.positive_minterms)
    free = set(truth.remainder_minterms) if kind == "parsimonious" else set()
    found = setqca.minimize(positive, dont_cares=free, width=len(names), max_solutions=1000)
    return {"seconds": time.perf_counter() - start, "peak": peak(), "models": len(found)}


def run(python: str, who: str, path: Path, kind: str, limit: float) -> dict[str, Any]:
    """One measurement in a process of its own; what went wrong, where something did."""
    command = [python, "-m", "benchmarks.qca", "--one", who, str(path), kind]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        return {"failed": f">{limit:.0f}"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["?"])[-1][:24]}
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def r_seconds(folder: Path) -> dict[tuple[str, str], str]:
    """The fastest that R's QCA was with all models, by table and kind."""
    path = folder / "r_seconds.csv"
    if not path.exists():
        return {}
    import pandas as pd

    best: dict[tuple[str, str], str] = {}
    for data, what, seconds in pd.read_csv(path)[["data", "run", "min_s"]].astype(str).to_numpy():
        kind = what.split()[1]
        if "first.min" in what:
            continue
        known = best.get((data, kind), "")
        if not known or (_number(seconds) < _number(known)):
            best[data, kind] = seconds
    return best


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--peers")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", default="", help="part of a table's name")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for a run of setqca")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=3, metavar=("WHO", "TABLE", "KIND"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        who, path, kind = given.one
        print(json.dumps((ours if who == "ours" else theirs)(path, kind)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = given.tables or Path(made)
        paths = sorted(folder.glob("*_k*_n*.csv")) if given.tables else tables(folder, large=given.large)
        known, rows, proven = r_seconds(folder), [], {}
        print(f"{'table':<18}{'solution':<14}{'s':>7}{'setqca':>9}{'R':>9}  implicants terms bound models  MB")
        for path in (path for path in paths if given.only in path.stem):
            for kind in KINDS:
                own = run(sys.executable, "ours", path, kind, 600)
                peer = run(given.peers, "theirs", path, kind, given.limit) if given.peers else {}
                rows.append({"table": path.stem, "solution": kind, "ours": own, "setqca": peer})
                if "failed" in own:
                    print(f"{path.stem:<18}{kind:<14}{own['failed']}", flush=True)
                    continue
                proven[path.stem] = proven.get(path.stem, True) and own["terms"] == own["bound"]
                other = peer.get("failed") or (f"{peer['seconds']:.2f}" if peer else "–")
                more = "" if own["complete"] else "+"
                print(
                    f"{path.stem:<18}{kind:<14}{own['seconds']:>7.2f}{other:>9}{known.get((path.stem, kind), '–'):>9}"
                    f"  {own['implicants']:>10}{own['terms']:>6}{own['bound']:>6} {own['models']:>5}{more:<1}"
                    f" {own['peak'] / 2**20:>5.0f}",
                    flush=True,
                )
        print(f"proven least size, both solutions: {sum(proven.values())} of {len(proven)} tables")
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
