"""The report as files: escaped, self-contained, private, whole or not there."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import reported
from reported import QUICK, made, usual

import expertsys as es
from expertsys import Code, Codebook, Study
from expertsys.errors import DataError
from expertsys.reporting import Report, build, report

PRIVATE = "my mother is not well"
HOSTILE = ("<script>alert(1)</script>", "\"onload='x'", "{{ 7*7 }}", "{% raw %}", "&lt;b&gt;", "</style></svg>")


@pytest.fixture(scope="module")
def whole() -> Report:
    return reported.whole()


def confidential() -> Study:
    """Text from participants in every place that may hold it."""
    codings = pd.DataFrame(
        {
            "unit": ["u1", "u1", "u2"],
            "coder": ["ann", "ben", "ann"],
            "code": ["policy", "workload", "policy"],
            "case": "A",
        }
    ).assign(text=PRIVATE, memo=PRIVATE, start=[0, 0, 2], end=[4, 4, 9])
    documents = pd.DataFrame(
        {"document": ["u1", "u2"], "case": "A", "participant": "p1", "text": PRIVATE * 2, "note": PRIVATE}
    )
    participants = pd.DataFrame({"participant": ["p1"], "role": PRIVATE, "said": PRIVATE})
    situations = pd.DataFrame({"situation": ["s1"], "case": ["A"], "local": PRIVATE})
    book = Codebook(
        [Code("policy", example=PRIVATE, definition=PRIVATE), Code("workload", inclusion=PRIVATE, exclusion=PRIVATE)]
    )
    cases = pd.DataFrame({"case": ["A"], "question": [PRIVATE]})
    return Study(
        codings, documents=documents, participants=participants, situations=situations, codebook=book, cases=cases
    )


def test_nothing_is_quoted_unless_asked(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    report(confidential(), page, method=QUICK)
    for path in (page, page.with_suffix(".json")):
        content = path.read_text(encoding="utf-8")
        assert PRIVATE not in content
        assert PRIVATE[3:9] not in content
    assert "This report quotes no text from the data." in page.read_text(encoding="utf-8")
    report(confidential(), page, method=QUICK, quotations=True)
    for path in (page, page.with_suffix(".json")):
        assert PRIVATE in path.read_text(encoding="utf-8")
    assert "This report quotes text from the data" in page.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Tags with their attributes, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def hostile() -> Study:
    units = [(f"unit {name}", coder, name, f"case {name}") for name in HOSTILE for coder in (f"x{HOSTILE[0]}", "ben")]
    units += [(f"unit {name}", "ben", "other", f"case {name}") for name in HOSTILE]
    book = Codebook([*(Code(name, concept="trust") for name in HOSTILE), Code("other", concept=HOSTILE[0])])
    return Study(
        pd.DataFrame(units, columns=["unit", "coder", "code", "case"]), codebook=book, title=f"About {HOSTILE[0]}"
    )


def test_text_from_the_data_is_escaped() -> None:
    text = made(hostile()).to_html()
    page = Page(text)
    assert page.of("script") == []
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    for name in HOSTILE:
        assert {name, f"unit {name}", f"case {name}"} <= set(page.words)
    assert f"Read by x{HOSTILE[0]}" in page.words
    assert f"About {HOSTILE[0]}" in page.words
    for picture in page.of("img"):
        assert picture["alt"]
        assert str(picture["src"]).startswith("data:image/svg+xml;base64,")


def test_pictures_are_wellformed_whatever_the_names() -> None:
    import xml.etree.ElementTree as ET

    names = (*HOSTILE, "a\x0bb\x01c", "$x$ and $y$", "]]>", "代码 😀", "--")
    table = [(f"u{name}", coder, name, f"case {name}") for name in names for coder in ("ann", "ben")]
    study = Study(pd.DataFrame(table, columns=["unit", "coder", "code", "case"]))
    pictures = [figure for section in made(study).sections for figure in section.figures]
    assert len(pictures) == 4  # agreement, codes by case, shares by case, the tree of cases
    for figure in pictures:
        drawing = ET.fromstring(figure.svg)  # noqa: S314  # our own
        words = [
            " ".join("".join(node.itertext()).split()) for node in drawing.iter("{http://www.w3.org/2000/svg}text")
        ]
        if figure.caption.startswith(("How far cases differ", "Cases joined by")):
            continue  # some of the codes are drawn there, or cases alone
        assert {"<script>alert(1)</script>", "{{ 7*7 }}", "a b c", "$x$ and $y$", "代码 😀", "]]>"} <= set(words)
        assert not list(drawing.iter("{http://www.w3.org/2000/svg}script"))


def test_the_page_stands_alone(whole: Report) -> None:
    text = whole.to_html()
    page = Page(text)
    assert page.of("script") == page.of("iframe") == []
    for tag, attributes in page.tags:
        for key in ("src", "href"):
            value = attributes.get(key)
            assert value is None or value.startswith(("data:", "#")), (tag, value)
    assert not re.search(r"@import|url\((?!data:)", text)
    policy = next(meta for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert page.of("html") == [{"lang": "en-GB"}]


def test_anchors_lead_somewhere_and_ids_are_unique(whole: Report) -> None:
    page = Page(whole.to_html())
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [str(link["href"]).removeprefix("#") for link in page.of("a")]
    assert set(targets) <= set(ids)
    assert {"content", "references", *(section.key for section in whole.sections)} <= set(targets)


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        report(usual(), tmp_path / f"{name}.html", method=QUICK)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_no_path_of_the_machine_is_in_it(tmp_path: Path) -> None:
    source = tmp_path / "a folder named after a patient" / "codings.csv"
    source.parent.mkdir()
    source.write_text("unit,coder,code\nu1,ann,p\nu1,ben,q\n", encoding="utf-8")
    report(es.read(source), tmp_path / "report.html", method=QUICK)
    for name in ("report.html", "report.json"):
        content = (tmp_path / name).read_text(encoding="utf-8")
        assert str(tmp_path) not in content
        assert "patient" not in content
        assert str(Path.home()) not in content
        assert "codings.csv" in content


def test_the_files_are_the_model_that_is_returned(tmp_path: Path) -> None:
    given = report(usual(), tmp_path / "study.HTM", method=QUICK, title="Ours", confidence=0.5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.HTM", "study.json"]
    assert Report.from_json((tmp_path / "study.json").read_text(encoding="utf-8")) == given
    assert (tmp_path / "study.HTM").read_text(encoding="utf-8") == given.to_html()
    assert given.title == "Ours"
    assert given.section("reliability").tables[0].caption == (
        "Krippendorff's alpha with 50% intervals (bootstrap over units, 30 replicates)"
    )


@pytest.mark.parametrize(
    ("study", "message"),
    [
        (usual().select(codes=[]), r"^Usual: there is nothing to report: the study has no codings\. Check"),
        (
            Study(pd.DataFrame({"unit": "u", "coder": "ann", "code": "p", "round": ["1", "2"]})),
            r"^study\.rounds: a report must not mix rounds.*study\.select\(rounds=\['1'\]\)",
        ),
    ],
    ids=["empty", "rounds"],
)
def test_studies_that_are_refused(study: Study, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        report(study, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("report.pdf", r"^path: a report is an HTML page, and 'report\.pdf' does not end in \.html\. Name it so\."),
        ("report", r"'report' does not end in \.html"),
        ("absent/report.html", r"absent: the folder does not exist\. Make it first\."),
        ("folder.html", r"folder\.html: is a folder, not a file\. Give a file name\."),
    ],
)
def test_paths_that_are_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(DataError, match=message):
        report(usual(), tmp_path / name, method=QUICK)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder.html"]


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_none(confidence: float) -> None:
    with pytest.raises(DataError, match=r"^confidence: confidence must lie between 0 and 1"):
        build(usual(), confidence=confidence)


@pytest.mark.parametrize("fails", ["to_html", "to_json"])
def test_a_failed_write_leaves_the_old_page_whole(fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "report.html"
    report(usual(), page, method=QUICK, title="Old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(self: Report) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Report, fails, full)
    with pytest.raises(OSError, match="No space left"):
        report(usual(), page, method=QUICK, title="New")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("content", ['{"study": 1}', "[]", "no json at all", '{"format": 1}'])
def test_another_file_of_the_models_name_is_not_replaced(content: str, tmp_path: Path) -> None:
    other = tmp_path / "study.json"
    other.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"^study\.json: is another file.*Give the page another name\."):
        report(usual(), tmp_path / "study.html", method=QUICK)
    assert other.read_text(encoding="utf-8") == content
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]


def test_a_name_that_is_no_unicode_is_written_readably(tmp_path: Path) -> None:
    report(usual(), tmp_path / "report.html", method=QUICK, title="caf\udce9")
    assert "<h1>caf\\udce9</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["title"] == "caf\udce9"
