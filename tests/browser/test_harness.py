"""The harness finds what is wrong with a page, and nothing where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Browser, Image, Table, Visit

pytestmark = pytest.mark.browser

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>{}</head>'
PHONE = '<meta name="viewport" content="width=device-width, initial-scale=1">'
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
GOOD = f"""<body><h1>Title</h1><h2>Part <em>one</em></h2><p>Some words.</p>
<img src="{PIXEL}" alt="A dot">
<svg width="80" height="20" role="img"><title>A bar</title>
<rect width="80" height="20" fill="#222"/><text x="2" y="15" fill="#fff">bar</text></svg>
<table><caption>Codes</caption><tr><th scope="col">code</th><th>n</th></tr>
<tr><th scope="row">a</th><td>1</td></tr></table>
<div style="overflow-x: auto"><div style="width: 2000px">wide, but in a box that scrolls</div></div></body></html>"""


def visit(browser: Browser, folder: Path, body: str, width: int = 390, head: str = PHONE) -> Visit:
    page = folder / "page é.html"
    page.write_text(HEAD.format(head) + body, encoding="utf-8")
    return browser.open(page, width=width)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_good_page(browser: Browser, tmp_path: Path, width: int) -> None:
    seen = visit(browser, tmp_path, GOOD, width)
    assert (seen.title, seen.language, seen.messages, seen.requests) == ("A page", "en", (), ())
    assert seen.images == (Image("img", "A dot"), Image("svg", "A bar"))
    assert seen.headings == ((1, "Title"), (2, "Part one"))
    assert seen.tables == (Table("Codes", ("col", "", "row")),)
    assert (seen.overflow, seen.too_wide, seen.unreadable) == (0, (), ())
    assert seen.contrast == pytest.approx(15.91, abs=0.01)
    assert {text.text for text in seen.texts} >= {"Title", "Some words.", "bar", "Codes", "1"}
    assert seen.screenshot.startswith(b"\x89PNG")
    assert int.from_bytes(seen.screenshot[16:20]) == width


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('went wrong', 3)", "went wrong 3"),
        ("throw new TypeError('no such thing')", "no such thing"),
        ("Promise.reject(new Error('let down'))", "let down"),
        ("setTimeout(() => console.error('late'), 100)", "late"),
    ],
)
def test_console_errors_are_found(browser: Browser, tmp_path: Path, script: str, words: str) -> None:
    seen = visit(browser, tmp_path, f"<body><script>{script}</script></body></html>")
    assert len(seen.errors) == 1
    assert words in seen.errors[0].text


def test_other_messages_are_no_errors(browser: Browser, tmp_path: Path) -> None:
    seen = visit(browser, tmp_path, "<body><script>console.log('fine')</script></body></html>")
    assert [(message.level, message.text) for message in seen.messages] == [("log", "fine")]
    assert not seen.errors


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ('<img alt="" src="https://example.invalid/a.png">', "example.invalid/a.png"),
        ('<p style="height: 9000px">x</p><img alt="" loading="lazy" src="https://example.invalid/b.png">', "/b.png"),
        ('<link rel="stylesheet" href="https://example.invalid/c.css">', "/c.css"),
        ('<script src="beside.js"></script>', "/beside.js"),
        ("<style>body { background: url(https://example.invalid/d.png) }</style>text", "/d.png"),
        (
            "<style>@font-face { font-family: F; src: url(http://a.invalid/e) } p { font: 9px F }</style><p>x</p>",
            "/e",
        ),
        ("<script>fetch('https://example.invalid/f').catch(() => 0)</script>", "/f"),
    ],
)
def test_requests_are_found(browser: Browser, tmp_path: Path, body: str, end: str) -> None:
    seen = visit(browser, tmp_path, f"<body>{body}</body></html>")
    assert len(seen.requests) == 1
    assert seen.requests[0].endswith(end)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f'<img src="{PIXEL}">', None),
        ('<svg><rect width="9" height="9"/></svg>', None),
        (f'<img src="{PIXEL}" alt="">', ""),
        ('<svg aria-hidden="true"></svg>', ""),
        ('<svg aria-label="A  plot"></svg>', "A plot"),
        ('<p id="p">Said here</p><svg role="img" aria-labelledby="p"></svg>', "Said here"),
        ('<div role="img" aria-label="A figure"><svg></svg></div>', "A figure"),
    ],
)
def test_alternative_texts(browser: Browser, tmp_path: Path, body: str, text: str | None) -> None:
    seen = visit(browser, tmp_path, f"<body>{body}</body></html>")
    assert [image.text for image in seen.images] == [text]
    assert bool(seen.without_alternative) == (text is None)


def test_overflow_is_found(browser: Browser, tmp_path: Path) -> None:
    body = '<body style="margin: 0"><div id="wide" style="width: 700px">wide</div></body></html>'
    narrow, wide = (visit(browser, tmp_path, body, width) for width in (390, 1280))
    assert (narrow.overflow, narrow.too_wide) == (310, ("div#wide",))
    assert (wide.overflow, wide.too_wide) == (0, ())


def test_a_page_that_forgets_phones_overflows(browser: Browser, tmp_path: Path) -> None:
    assert visit(browser, tmp_path, GOOD, head="").overflow > 0


@pytest.mark.parametrize(
    ("body", "ratio"),
    [
        ('<p style="color: #777">grey</p>', 4.48),
        ('<p style="color: rgba(0, 0, 0, .5)">half</p>', 3.95),
        ('<div style="background: #000"><p style="color: #333">dark</p></div>', 1.66),
        ('<div style="opacity: .4"><p>faint</p></div>', 2.85),
        (
            '<svg><rect width="99" height="30" fill="#fc0"/><text y="20" fill="#fff">cell</text></svg>',
            1.5,
        ),
    ],
)
def test_low_contrast_is_found(browser: Browser, tmp_path: Path, body: str, ratio: float) -> None:
    seen = visit(browser, tmp_path, f"<body>{body}</body></html>")
    assert seen.contrast == pytest.approx(ratio, abs=0.05)
    assert len(seen.unreadable) == 1


def test_large_text_needs_less_contrast(browser: Browser, tmp_path: Path) -> None:
    seen = visit(browser, tmp_path, '<body><p style="color: #888; font-size: 24px">large</p></body></html>')
    assert (seen.contrast < 4.5, seen.unreadable) == (True, ())


def test_text_over_a_picture_is_undetermined(browser: Browser, tmp_path: Path) -> None:
    seen = visit(browser, tmp_path, '<body><p style="background: linear-gradient(red, white)">on</p></body></html>')
    assert [text.ratio for text in seen.texts] == [None]


def test_print_and_dark_pages(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    style = "@media print { #web { display: none } } @media (prefers-color-scheme: dark) { p { color: #ddd } }"
    page.write_text(
        HEAD.format(f"{PHONE}<style>{style}</style>") + '<body><p>all</p><p id="web">web</p></body></html>',
        encoding="utf-8",
    )
    printed = browser.open(page, width=1280, media="print")
    assert [text.text for text in printed.texts] == ["all"]
    assert len(browser.open(page, width=1280, scheme="dark").unreadable) == 2


def test_a_page_that_is_not_there(browser: Browser, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ERR_FILE_NOT_FOUND"):
        browser.open(tmp_path / "no.html", width=390)
