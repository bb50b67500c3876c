"""Projects in the exchange format, made for a test, and whole projects for hypothesis."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import xmlschema
from hypothesis import strategies as st

from expertsys.study import Code, Codebook, Study
from expertsys.study.tables import same

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"
#: Project.xsd and Codebook.xsd of QDA-XML 1.0, copyright 2019 REFI, www.qdasoftware.org, MIT licence (notice in them).
SCHEMA = xmlschema.XMLSchema(str(HERE / "schemas" / "Project-mrt2019.xsd"))
CODEBOOK_SCHEMA = xmlschema.XMLSchema(str(HERE / "schemas" / "Codebook-mrt2019.xsd"))
ANN, BEN = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
FEAR, TRUST = "00000000-0000-4000-8000-0000000000c1", "00000000-0000-4000-8000-0000000000c2"
USERS = f'<Users><User guid="{ANN}" name="ann"/><User guid="{BEN}" name="ben"/></Users>'
CODES = (
    f'<CodeBook><Codes><Code guid="{FEAR}" name="fear" isCodable="true"/>'
    f'<Code guid="{TRUST}" name="trust" isCodable="true"/></Codes></CodeBook>'
)
_PARTS = (
    "codings", "units", "cases", "documents", "participants", "coders", "assignments", "situations",
    "codebook", "title", "unmapped",
)  # fmt: skip


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def project(body: str, *, namespace: str = "urn:QDA-XML:project:1.0", head: str = 'name="p"') -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{namespace}" {head}>{body}</Project>'


def packed(folder: Path, xml: str | bytes, name: str = "p.qdpx", inner: str = "project.qde", **files: bytes) -> Path:
    """A project file; members are given by keyword, ``sources__a_txt`` for ``sources/a.txt``."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inner, xml)
        for member, content in files.items():
            archive.writestr(member.replace("__", "/").replace("_txt", ".txt").replace("_jpg", ".jpg"), content)
    return path


def selection(number: int, start: int, end: int, name: str | None = None, code: str = FEAR, user: str = ANN) -> str:
    named = "" if name is None else f' name="{name}"'
    return (
        f'<PlainTextSelection guid="{guid(number)}" startPosition="{start}" endPosition="{end}"{named}'
        f' creatingUser="{user}"><Coding guid="{guid(number + 5000)}"><CodeRef targetGUID="{code}"/></Coding>'
        "</PlainTextSelection>"
    )


def text_source(number: int, name: str, *inside: str, path: str = "internal://a.txt") -> str:
    return f'<TextSource guid="{guid(number)}" name="{name}" plainTextPath="{path}">{"".join(inside)}</TextSource>'


def invalid(path: Path) -> list[str]:
    """What the published schema says against a written project."""
    with zipfile.ZipFile(path) as archive:
        return [str(error.reason) for error in SCHEMA.iter_errors(io.BytesIO(archive.read("project.qde")))]


def differing(one: Study, other: Study, *without: str) -> list[str]:
    """The parts in which two studies differ, provenance not among them."""
    found = []
    for name in _PARTS:
        left, right = getattr(one, name), getattr(other, name)
        alike = same(left, right) if isinstance(left, pd.DataFrame) else left == right
        if not alike and name not in without:
            found.append(name)
    return found


characters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from(
    "ab \u00a0\u2028é\u0301😀𝔘&<>\"'\u200d\ufeff"
)
lines = st.text(characters, min_size=1, max_size=12)
names = lines.map(str.strip).filter(bool)
memos = st.none() | st.text(characters | st.sampled_from("\n\t\r"), max_size=20).map(str.strip).map(lambda s: s or None)
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t\0\ufeff😀"), max_size=60)
dates = st.none() | st.sampled_from(["2024-02-29T10:00:00Z", "2019-12-31T23:59:59.5+01:00", "0001-01-01T00:00:00"])
kinds: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.none() | st.booleans(),
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=True, allow_infinity=False),
    "str": st.none() | names,
}


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Nested codes, parents first, with colours, definitions and identifiers of all kinds."""
    found = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    codes: list[Code] = []
    for number, name in enumerate(found):
        above = [code.name for code in _last_branch(codes)]
        codes.append(
            Code(
                name,
                guid=guid(number + 1) if draw(st.booleans()) else None,
                parent=draw(st.sampled_from([None, *above])),
                definition=draw(st.text(characters | st.sampled_from("\n\r"), max_size=12)),
                inclusion=draw(st.sampled_from(["", "when said"])),
                example=draw(st.sampled_from(["", "one\ntwo"])),
                colour=draw(st.sampled_from(["", "#1f77b4", "#FFF"])),
                concept=draw(st.sampled_from([None, "emptying-out"])),
            )
        )
    return Codebook(codes)


def _last_branch(codes: list[Code]) -> list[Code]:
    branch: list[Code] = []
    by_name = {code.name: code for code in codes}
    code = codes[-1] if codes else None
    while code is not None:
        branch.append(code)
        code = by_name[code.parent] if code.parent else None
    return branch


@st.composite
def projects(draw: st.DrawFn) -> Study:
    """Whole projects: odd names, texts with all line ends, overlapping and empty spans, attributes of four kinds."""
    book = draw(codebooks())
    coders = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    cases = draw(st.lists(names, max_size=3, unique=True))
    named = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    held = {name: draw(st.none() | texts.map(lambda text: text or None)) for name in named}
    rows = []
    for name in named:
        size = len(held[name] or "x" * 30)
        wholes = []
        for _ in range(draw(st.integers(0, 4))):
            ends = sorted(draw(st.tuples(st.integers(0, size), st.integers(0, size))))
            said = (draw(st.sampled_from(coders)), draw(st.sampled_from(book.names)), draw(memos), draw(dates))
            if draw(st.integers(0, 5)):
                rows.append((name, *ends, *said))
            else:
                wholes.append((name, None, None, *said))
        rows += wholes  # the format has them behind the selections
    codings = pd.DataFrame(rows, columns=["document", "start", "end", "coder", "code", "memo", "date"])
    return Study(
        codings.astype({"start": "Int64", "end": "Int64"}),
        codebook=book,
        coders=pd.DataFrame({"coder": coders}),
        cases=pd.DataFrame({"case": pd.Series(cases, dtype="str"), **draw(columns("c", len(cases)))}),
        documents=pd.DataFrame(
            {
                "document": named,
                "case": [draw(st.sampled_from([None, *cases])) for _ in named],
                "kind": [draw(st.sampled_from([None, "interview"])) for _ in named],
                "text": pd.Series([held[name] for name in named], dtype="str"),
                **draw(columns("d", len(named))),
            }
        ),
        title=draw(st.text(characters, max_size=10)),
    )


@st.composite
def columns(draw: st.DrawFn, prefix: str, rows: int) -> dict[str, Any]:
    """Attributes, at least one cell of each filled."""
    made = {}
    for kind, cells in kinds.items():
        values = pd.Series(draw(st.lists(cells, min_size=rows, max_size=rows)), dtype=kind)
        if values.notna().any() and draw(st.booleans()):
            made[f"{prefix} {kind}"] = values
    return made
