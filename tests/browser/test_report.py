"""The report in a real browser: on a phone, on a desk, on paper."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from harness import FLAGS, Browser, Visit, executable

import expertsys as es
from expertsys.agreement import Bootstrap

pytestmark = pytest.mark.browser

NAMES = ("synthetic", "nasty", "spans")
WIDTHS = (390, 1280)
#: A4 less the margins of a printer, in CSS pixels.
PAPER = 717
MARKUP = ("<script>alert(1)</script>", '" onerror="alert(2)', "{{ 7*7 }}", "</svg><img src=x>", "]]>&amp;\x0b$x$")


def nasty() -> es.Study:
    """Sixty codes with long and hostile names, nine cases, much disagreement, long texts."""
    draw = np.random.default_rng(0)
    codes = [f"a theme with a rather long name->and a sub-theme that is no shorter, number {n}" for n in range(53)]
    codes += [*MARKUP, "unbroken" * 12, "代码 😀 & co"]
    cases = [*(f"The Royal Infirmary and Community Trust of Place {n}" for n in range(8)), "<b>bold</b> & co"]
    coders = ("Ann <i>", "ben@example.org & a long surname-hyphenated")
    rows = [
        (f"{cases[unit % 9][:12]}/P{unit:03}", coder, codes[int(code)], cases[unit % 9], f"d{unit}")
        for unit in range(120)
        for coder in coders
        for code in {int(number) for number in draw.choice([unit % 60, (unit * 7) % 60, *range(60)], 3)}
    ]
    texts = [f"Utterance {unit}: <em>we</em> just tick the box. " * (1 + unit % 9 * 4) for unit in range(120)]
    documents = pd.DataFrame({"document": [f"d{unit}" for unit in range(120)], "text": texts})
    codings = pd.DataFrame(rows, columns=["unit", "coder", "code", "case", "document"])
    return es.Study(codings, documents=documents, title="A nasty <study> & a title without end: " + "x" * 60)


def spans() -> es.Study:
    """One coder, no units, no cases: most sections say why they are empty."""
    table = pd.DataFrame({"document": ["d", "d"], "coder": "ann", "code": ["p", "q"], "start": [0, 9], "end": [4, 12]})
    return es.Study(table)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    studies: dict[str, Callable[[], es.Study]] = {
        "synthetic": lambda: es.datasets.load("synthetic-three-systems").study(),
        "nasty": nasty,
        "spans": spans,
    }
    for name, make in studies.items():
        es.report(make(), folder / f"{name}.html", quotations=name == "nasty", method=Bootstrap(replicates=50, rng=0))
    return {name: folder / f"{name}.html" for name in studies}


@pytest.fixture(scope="module", params=[(name, width) for name in NAMES for width in WIDTHS], ids=str)
def visit(request: pytest.FixtureRequest, browser: Browser, pages: dict[str, Path]) -> Visit:
    name, width = request.param
    return browser.open(pages[name], width=width)


def test_nothing_fails_and_nothing_is_fetched(visit: Visit) -> None:
    assert visit.messages == ()
    assert visit.requests == ()


def test_the_page_is_as_wide_as_the_screen(visit: Visit) -> None:
    assert (visit.overflow, visit.too_wide) == (0, ())


def test_every_picture_is_told_in_words(visit: Visit) -> None:
    assert all(image.text for image in visit.images)


def test_headings_are_in_order(visit: Visit) -> None:
    levels = [level for level, _ in visit.headings]
    assert levels == [1] + [2] * (len(levels) - 1)
    titles = [text for _, text in visit.headings]
    assert {"Data", "Inter-coder agreement", "References"} <= set(titles)
    assert titles[0] == visit.title
    assert visit.language == "en-GB"


def test_every_table_has_a_caption_and_its_headers_a_scope(visit: Visit) -> None:
    assert visit.tables
    for table in visit.tables:
        assert table.caption
        assert set(table.scopes) == {"col", "row"}


def test_every_text_stands_out(visit: Visit) -> None:
    assert visit.unreadable == ()
    assert visit.contrast >= 4.5


def test_hostile_names_are_read_as_they_are_written(browser: Browser, pages: dict[str, Path]) -> None:
    seen = browser.open(pages["nasty"], width=1280)
    shown = {text.text for text in seen.texts}
    assert {"<script>alert(1)</script>", '" onerror="alert(2)', "{{ 7*7 }}", "</svg><img src=x>"} <= shown
    assert "代码 😀 & co" in shown
    assert any("<em>we</em> just tick the box" in text for text in shown)
    assert len(seen.images) == 4  # agreement, codes by case, shares by case, the tree of cases: none that a name made


def probed(browser: Browser, page: Path, folder: Path, width: int) -> Any:
    """What a script in a copy of the page measures; the page itself allows none."""
    script = """<script>addEventListener("load", () => {
      const rooms = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility() &&
        [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
      document.title = JSON.stringify({
        smallest: Math.min(...rooms.map((element) => parseFloat(getComputedStyle(element).fontSize))),
        pictures: [...document.images].map((image) => [image.naturalWidth, image.getBoundingClientRect().width]),
        lost: [...document.querySelectorAll(".scroll")].filter((box) => box.tabIndex !== 0 || !box.ariaLabel).length,
      });
    })</script>"""
    html = page.read_text(encoding="utf-8")
    copied = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', script, html)
    assert copied != html
    copy = folder / page.name
    copy.write_text(copied, encoding="utf-8")
    return json.loads(browser.open(copy, width=width).title)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_text_and_pictures_are_large_enough_to_read(
    browser: Browser, pages: dict[str, Path], tmp_path: Path, name: str, width: int
) -> None:
    found = probed(browser, pages[name], tmp_path, width)
    assert found["smallest"] >= 12
    assert found["lost"] == 0  # what scrolls can be reached by keyboard and has a name
    for natural, shown in found["pictures"]:
        assert natural > 0  # it was drawn at all
        assert shown >= natural - 1  # at natural size its smallest letters measure 10.7 pixels


@pytest.mark.parametrize("name", NAMES)
def test_nothing_reaches_beyond_the_paper(browser: Browser, pages: dict[str, Path], name: str) -> None:
    printed = browser.open(pages[name], width=PAPER, media="print")
    assert (printed.overflow, printed.too_wide) == (0, ())
    assert "Skip to the content" not in {text.text for text in printed.texts}
    assert printed.unreadable == ()


@pytest.mark.parametrize(("name", "least"), [("synthetic", 4), ("nasty", 10)])
def test_it_prints(pages: dict[str, Path], tmp_path: Path, name: str, least: int) -> None:
    path, target = executable(), tmp_path / "report.pdf"
    if path is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    flags = [flag for flag in FLAGS if not flag.startswith("--remote-debugging")]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [path, *flags, profile, f"--print-to-pdf={target}", "--no-pdf-header-footer", pages[name].as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= least
