"""The theory pages and the map are what classes and records say, the page of numbers what the library gives.

The gallery shows the pictures that it draws.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

WRITE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pages import write_theory
write_theory(Path(sys.argv[2]))
"""


def test_theory_pages_are_regenerated_byte_for_byte(checkout: Path, tmp_path: Path) -> None:
    source = [str(checkout / "docs" / ".generate"), str(tmp_path / "theory")]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", WRITE, *source], check=True, cwd=tmp_path, env=environment)
    made = {path.name: path.read_bytes() for path in (tmp_path / "theory").iterdir()}
    kept = {path.name: path.read_bytes() for path in (checkout / "docs" / "theory").iterdir()}
    assert sorted(made) == sorted(kept), "run: python docs/.generate"
    for name, content in made.items():
        assert content == kept[name], f"docs/theory/{name} is out of date; run: python docs/.generate"


NUMBERS = WRITE.replace("pages import write_theory", "numbers_page import write_numbers").replace(
    "write_theory", "write_numbers"
)


SURVIVAL = NUMBERS.replace("numbers_page", "survival").replace("write_numbers", "write_survival")


def test_the_page_of_what_survives_is_what_the_formats_declare(checkout: Path, tmp_path: Path) -> None:
    source = [str(checkout / "docs" / ".generate"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", SURVIVAL, *source], check=True, cwd=tmp_path, env=environment)
    kept = (checkout / "docs" / "how-to" / "what-survives.md").read_bytes()
    assert (tmp_path / "what-survives.md").read_bytes() == kept, "run: python docs/.generate"


def test_the_page_of_numbers_is_what_the_library_gives(checkout: Path, tmp_path: Path) -> None:
    source = [str(checkout / "docs" / ".generate"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", NUMBERS, *source], check=True, cwd=tmp_path, env=environment)
    kept = (checkout / "docs" / "coefficients" / "numbers.md").read_bytes()
    assert (tmp_path / "numbers.md").read_bytes() == kept, "run: python docs/.generate"


def test_every_picture_is_shown_and_every_shown_picture_is_there(checkout: Path) -> None:
    docs = checkout / "docs"
    shown = set()
    for page in docs.rglob("*.md"):
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert alt.strip(), f"{page.name}: {target} has no alternative text"
            shown.add((page.parent / target).resolve())
    assert shown == {path.resolve() for path in (*(docs / "assets").iterdir(), docs / "theory" / "map.svg")}


def test_gallery_pictures_are_named_after_their_lines(checkout: Path) -> None:
    page = (checkout / "docs" / "gallery" / "index.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^ax = .+?^```\n\n!\[[^\]]+\]\(\.\./assets/([\w-]+\.svg)\)", page, re.MULTILINE | re.DOTALL)
    assert len(drawn) == page.count("\nax = ")
    import expertsys as es

    assert all(f"plot.{name}" in page for name in es.plot.__all__)
