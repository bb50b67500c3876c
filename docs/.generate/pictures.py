"""The gallery's pictures: each drawn by the very lines that the page shows above it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n+(?:!\[[^\]]*\]\(\.\./assets/(?P<name>[\w-]+\.svg)\))?", re.M | re.S
)


def draw_gallery(page: Path, folder: Path) -> list[Path]:
    """Run the blocks of the page; where a picture follows one, save the figure of its ``ax`` under that name."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    namespace: dict[str, Any] = {}
    made = []
    with mpl.rc_context({"svg.hashsalt": "expertsys"}):
        for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            exec(block["code"], namespace)  # noqa: S102
            if block["name"]:
                made.append(folder / block["name"])
                figure = namespace["ax"].figure
                figure.savefig(made[-1], format="svg", metadata={"Date": None, "Creator": None})
                plt.close(figure)
    return made
