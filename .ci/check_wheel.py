"""Wheel and sdist hold the whole package, the wheel nothing else: `python .ci/check_wheel.py WHEEL SDIST`."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEEDED = ("README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "mkdocs.yml", "tests/conftest.py")


def main(wheel: Path, sdist: Path) -> int:
    """Print which files are missing or too many."""
    package = {p.relative_to(ROOT).as_posix() for p in (ROOT / "expertsys").rglob("*") if p.is_file()}
    package = {name for name in package if "__pycache__" not in name}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    with tarfile.open(sdist) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    faults = [f"{wheel.name} lacks {name}" for name in sorted(package - packed)]
    faults += [f"{wheel.name} holds {name}" for name in sorted(packed - package)]
    faults += [f"{sdist.name} lacks {name}" for name in sorted((package | set(NEEDED)) - source)]
    data = sum(not name.endswith(".py") for name in package)
    print("\n".join(faults) or f"{len(package)} files packed, {data} of them not Python")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
