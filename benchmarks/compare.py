"""Compare contenders side by side: interleaved repeats, each in a process of its own; medians, peaks and ratios.

Every contender is a command that prints one JSON object with ``seconds`` and ``result``; its peak memory is read by the
process itself. The contenders take turns, so that what else the machine does meets all of them alike.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """One run of one contender: seconds of the work, and the peak memory of its process in bytes, idle and after."""

    seconds: float
    peak: int
    idle: int
    result: Any

    @property
    def used(self) -> int:
        """Memory beyond what the process held before the work."""
        return self.peak - self.idle


@dataclass(frozen=True)
class Summary:
    """A contender's repeats: median and least seconds, least peak memory in bytes, and what it computed."""

    seconds: float
    best: float
    peak: int
    used: int
    runs: int
    result: Any


def measure(
    work: Callable[[], Any], *, prepare: Callable[[], Any] | None = None, at_least: float = 0.0, most: int = 200
) -> None:
    """Inside a contender's process: prepare, time the work, print the run.

    Work of milliseconds is repeated until `at_least` so many seconds are spent, or `most` times; the median counts.
    """
    if prepare is not None:
        prepare()
    idle = peak()
    spent: list[float] = []
    while not spent or (sum(spent) < at_least and len(spent) < most):
        begin = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begin)
    print(json.dumps(asdict(Run(statistics.median(spent), peak(), idle, result))))


def peak() -> int:
    """Peak memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux getrusage also counts what the parent held when it started this process
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def once(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Run:
    """One run of a command that calls `measure`."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def side_by_side(
    contenders: Mapping[str, Sequence[str]],
    *,
    repeat: int = 3,
    tell: Callable[[str], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Summary]:
    """Run all contenders in turn, `repeat` times."""
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for turn in range(1, repeat + 1):
        for name, command in contenders.items():
            runs[name].append(once(command, environment=environment))
            if tell is not None:
                tell(f"{turn}/{repeat} {name}: {runs[name][-1].seconds:.3f} s")
    return {name: summary(done) for name, done in runs.items()}


def summary(runs: Sequence[Run]) -> Summary:
    """The median of the seconds; the least of the rest, which noise only raises."""
    seconds = [run.seconds for run in runs]
    return Summary(
        statistics.median(seconds),
        min(seconds),
        min(run.peak for run in runs),
        min(run.used for run in runs),
        len(runs),
        runs[0].result,
    )


def table(summaries: Mapping[str, Summary], *, against: str) -> str:
    """A table with each contender's figures and its ratios to one of them."""
    base = summaries[against]
    width = max(map(len, summaries))
    lines = [f"{'':<{width}}   seconds      best  peak MB   ratio  result"]
    for name, found in summaries.items():
        ratio = f"{found.seconds / base.seconds:.3f}"
        figures = f"{found.seconds:>8.4f}  {found.best:>8.4f}  {found.peak / 1e6:>7.0f}  {ratio:>6}"
        lines.append(f"{name:<{width}}  {figures}  {found.result}")
    return "\n".join(lines)
