"""Make the theory pages, the map of concepts, the page of numbers, what survives, and the gallery's pictures.

``python docs/.generate [FOLDER]``; without a folder, the files under ``docs/`` are replaced.
``tests/test_generated_docs.py`` holds that the theory pages and the map are what the classes and records say, and that
the page of numbers is what the library gives.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from numbers_page import write_numbers
from pages import write_theory
from pictures import draw_gallery
from survival import write_survival


def main() -> None:
    """Write everything."""
    docs = Path(__file__).parents[1]
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else docs
    made = [*write_theory(target / "theory"), write_numbers(target / "coefficients"), write_survival(target / "how-to")]
    for path in [*made, *draw_gallery(docs / "gallery" / "index.md", target / "assets")]:
        print(path)


if __name__ == "__main__":
    main()
