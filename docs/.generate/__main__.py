"""Make the theory pages, the map of concepts and the gallery's pictures: ``python docs/.generate [FOLDER]``.

Without a folder, the files under ``docs/`` are replaced. ``tests/test_generated_docs.py`` holds that the theory pages
and the map are what the classes and records say.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import write_theory
from pictures import draw_gallery


def main() -> None:
    """Write everything."""
    docs = Path(__file__).parents[1]
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else docs
    for path in [*write_theory(target / "theory"), *draw_gallery(docs / "gallery" / "index.md", target / "assets")]:
        print(path)


if __name__ == "__main__":
    main()
