"""All theory pages, as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import framework
import links
import systems
from concept_map import concept_map


def _made() -> Iterator[tuple[str, Iterator[str]]]:
    yield "index", framework.index_page()
    for family in links.FAMILIES:
        yield family.page, framework.family_page(family)
    yield "propositions", framework.propositions_page()
    yield "measures", framework.measures_page()
    for function in systems.SYSTEMS:
        yield function().key, systems.system_page(function(), function.__name__)
    yield "sources", systems.sources_page()


def write_theory(folder: Path) -> list[Path]:
    """Write the theory pages and the map into a folder; it then holds nothing else of their kinds."""
    texts = {f"{name}.md": "\n\n".join([*blocks, framework.MADE]) + "\n" for name, blocks in _made()}
    texts["map.svg"] = concept_map()
    links.check_all_placed()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.iterdir():
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]
