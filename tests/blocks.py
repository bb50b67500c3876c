"""Fenced code blocks of a Markdown file, for the tests that run them and for `.ci/run`.

As a command, `python tests/blocks.py README.md sh WORD` prints the one block of that language that holds the word.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r"<!-- not run: .+? -->\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: language, text, line of its first line of text, and what stands between it and the last one."""

    language: str
    text: str
    line: int
    before: str

    @property
    def is_run(self) -> bool:
        return self.language == "python" and not _NOT_RUN.search(self.before)


def blocks(markdown: str) -> list[Block]:
    """All fenced blocks, in order."""
    found, end = [], 0
    for match in _FENCE.finditer(markdown):
        indent = match["indent"]
        text = "".join(line.removeprefix(indent) for line in match["body"].splitlines(keepends=True))
        language = (match["info"].split() or [""])[0]
        found.append(
            Block(language, text, markdown.count("\n", 0, match.start("body")) + 1, markdown[end : match.start()])
        )
        end = match.end()
    return found


def one(path: Path, language: str, word: str) -> str:
    """The text of the only block of that language that holds the word."""
    found = [
        block.text
        for block in blocks(path.read_text(encoding="utf-8"))
        if block.language == language and word in block.text
    ]
    if len(found) != 1:
        raise LookupError(f"{path.name}: {len(found)} blocks of {language!r} hold {word!r}, not one")
    return found[0].strip()


def run(path: Path) -> int:
    """Run the Python blocks of a page in one namespace; compare what they print with a text block right after.

    Returns how many blocks ran. A block after ``<!-- not run: reason -->`` is left out.
    """
    page = blocks(path.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for block, following in zip(page, [*page[1:], None], strict=True):
        if not block.is_run:
            continue
        printed = io.StringIO()
        source, name = "\n" * (block.line - 1) + block.text, f"<{path.name}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name  # for tracebacks
        with contextlib.redirect_stdout(printed):
            exec(compile(source, name, "exec"), namespace)  # noqa: S102
        count += 1
        if following is not None and following.language == "text" and not following.before.strip():
            shown, expected = _trimmed(printed.getvalue()), _trimmed(following.text)
            if shown != expected:
                raise AssertionError(
                    f"{path.name}, line {block.line}: printed\n\n{shown}\n\nwhere the page shows\n\n{expected}"
                )
    return count


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


if __name__ == "__main__":
    print(one(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
