"""The Python blocks of the documentation run, and print what the pages show.

Blocks of a page share one namespace. ``<!-- not run: reason -->`` right before a fence leaves that block out.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from blocks import blocks, one, run

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(
    page.relative_to(DOCS).as_posix()
    for page in DOCS.rglob("*.md")
    if any(block.is_run for block in blocks(page.read_text(encoding="utf-8")))
)


@pytest.mark.parametrize("page", PAGES)
def test_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(DOCS / page) > 0


def _page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_blocks_share_a_namespace_and_outputs_are_compared(tmp_path: Path) -> None:
    good = "```python\nx = 2\n```\n\nThen:\n\n```python\nprint(x + 1)\n```\n\n```text\n3\n```\n"
    assert run(_page(tmp_path, good)) == 2
    with pytest.raises(AssertionError, match=r"(?s)page\.md, line 8: printed.*3.*shows.*4"):
        run(_page(tmp_path, good.replace("\n3\n", "\n4\n")))


def test_text_after_prose_is_not_taken_for_output(tmp_path: Path) -> None:
    assert run(_page(tmp_path, "```python\nprint(1)\n```\n\nA file looks like this:\n\n```text\n2\n```\n")) == 1


def test_a_block_may_be_left_out_with_a_reason(tmp_path: Path) -> None:
    assert run(_page(tmp_path, "<!-- not run: needs a cluster -->\n\n```python\n1 / 0\n```\n")) == 0
    with pytest.raises(ZeroDivisionError):
        run(_page(tmp_path, "<!-- not run: -->\n\n```python\n1 / 0\n```\n"))


def test_indented_blocks_are_found(tmp_path: Path) -> None:
    assert run(_page(tmp_path, "1. First:\n\n    ```python\n    print(1)\n    ```\n")) == 1


def test_one_block_is_found_by_its_word(tmp_path: Path) -> None:
    page = _page(tmp_path, "```sh\nmake\n```\n\n```sh\nmake test\n```\n")
    assert one(page, "sh", "test") == "make test"
    with pytest.raises(LookupError, match="2 blocks of 'sh' hold 'make'"):
        one(page, "sh", "make")
