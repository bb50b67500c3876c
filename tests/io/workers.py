"""Broken files, each read in a worker with little memory: a study or a located error, and nothing else.

Run as a program, it reads paths from its input, one a line, and answers each with one line.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MEMORY = 500 * 1024**2


def answers(paths: list[Path]) -> Iterator[str]:
    """What a worker with 500 MB beyond its own start says of each path; it must answer all of them."""
    worker = subprocess.run(
        [sys.executable, __file__],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        timeout=30 + 2 * len(paths),
        check=False,
    )
    told = worker.stdout.splitlines()
    assert len(told) == len(paths), f"the worker died at {paths[len(told)].name}: {worker.stderr[-2000:]}"
    yield from told


def main() -> None:
    import expertsys as es
    from expertsys.io import read

    es.read  # noqa: B018  (load what reading needs before memory is short)
    import pandas as pd

    read(pd.DataFrame({"unit": ["a"], "coder": ["b"], "code": ["c"]}))
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for line in sys.stdin:
        try:
            study = read(line.rstrip("\n"))
            print(f"study {len(study.codings)}", flush=True)
        except es.errors.DataError as error:
            located = all(fault.place for fault in error.faults)
            print(f"error {located} {str(error).splitlines()[0]}", flush=True)
        except BaseException as error:
            print(f"other {type(error).__name__}: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
