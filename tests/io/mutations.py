"""Mutated files, each read in a process of its own: it ends in a study or in a located error, in time and in memory.

As a script, ``python mutations.py SAMPLE NUMBER FOLDER`` prints a line for each mutation that ends in another way.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

MEMORY = 500 * 1024**2
SECONDS = 20


def mutated(content: bytes, seed: int) -> bytes:
    """The content with a few bytes changed, dropped, doubled, or an end cut off."""
    draw = random.Random(seed)  # noqa: S311  (no secret)
    out = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        if not out:
            break
        at = draw.randrange(len(out))
        kind = draw.randrange(6)
        if kind == 0:
            out[at] = draw.randrange(256)
        elif kind == 1:
            out[at] ^= 1 << draw.randrange(8)
        elif kind == 2:
            del out[at : at + draw.choice((1, 4, 100))]
        elif kind == 3:
            out[at:at] = out[at : at + draw.choice((1, 16, 400))]
        elif kind == 4:
            out[at : at + 4] = draw.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"9999"))
        elif draw.randrange(4) == 0:
            del out[at:]
    return bytes(out)


def _copy(sample: Path, folder: Path, seed: int) -> Path:
    """A copy of a file or folder in which one file is mutated."""
    target = folder / sample.name
    if sample.is_file():
        target.write_bytes(mutated(sample.read_bytes(), seed))
        return target
    shutil.copytree(sample, target, dirs_exist_ok=True)
    files = sorted(path for path in target.rglob("*") if path.is_file())
    chosen = random.Random(seed).choice(files)  # noqa: S311  (no secret)
    chosen.write_bytes(mutated(chosen.read_bytes(), seed))
    return target


def _read(path: Path) -> int:
    """0 for a study, 1 for a located error, 2 for anything else."""
    from expertsys.errors import DataError
    from expertsys.io import read

    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + MEMORY, used + MEMORY))
    signal.alarm(SECONDS)
    warnings.simplefilter("error")
    try:
        read(path)
    except DataError as error:
        return 1 if all(fault.place for fault in error.faults) else 2
    except BaseException:
        traceback.print_exc(limit=-4, file=sys.stdout)
        return 2
    return 0


def main(sample: Path, number: int, folder: Path) -> None:
    """Read `number` mutations, each in a fork, and print how those ended that ended badly, then the counts."""
    import expertsys.io  # noqa: F401  (loaded once, before the forks)

    counts = {0: 0, 1: 0}
    for seed in range(number):
        path = _copy(sample, folder, seed)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os._exit(_ended(path))
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code in counts:
            counts[code] += 1
        else:
            print(f"BAD {sample.name}, seed {seed}: ended with {code}")
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"studies {counts[0]}, errors {counts[1]}")


def _ended(path: Path) -> int:
    code = _read(path)
    sys.stdout.flush()
    return code


def run(sample: Path, number: int, folder: Path) -> str:
    """What the script prints for one sample."""
    command = [sys.executable, str(Path(__file__).resolve()), str(sample), str(number), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * number + 60, check=False)
    return done.stdout + done.stderr


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
