"""A built site documents every public name and fetches nothing from elsewhere: `python .ci/check_site.py SITE`."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import expertsys

# What a browser loads by itself; a link that a reader may follow is none of these.
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|embed|video|audio)\b[^>]*\b(?:src|srcset)\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*\brel=["']?canonical)[^>]*\bhref\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]+"""
    r"""|@import[^;]*//[^;]+|\burl\(\s*["']?(?:https?:)?//[^)]+""",
    re.IGNORECASE,
)


def main(site: Path) -> int:
    """Print what is wrong with the site."""
    faults = []
    for file in sorted(file for file in site.rglob("*") if file.suffix in {".html", ".css"}):
        text = file.read_text(encoding="utf-8")
        faults += [f"{file.relative_to(site)}: loads {match[0][:120]}" for match in LOADED.finditer(text)]
    names = 0
    for room in (m.name for m in pkgutil.iter_modules(expertsys.__path__) if not m.name.startswith("_")):
        page = site / "reference" / f"{room}.html"
        if not page.is_file():
            faults.append(f"no page {page.relative_to(site)}")
            continue
        ids = set(re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8")))
        public = getattr(importlib.import_module(f"expertsys.{room}"), "__all__", None)
        if public is None:
            faults.append(f"expertsys.{room} has no __all__")
        for name in public or ():
            names += 1
            if f"expertsys.{room}.{name}" not in ids:
                faults.append(f"{page.relative_to(site)}: does not document expertsys.{room}.{name}")
    print("\n".join(faults) or f"{names} public names documented, nothing loaded from elsewhere")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
