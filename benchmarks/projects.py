"""A large project, in the exchange format or as QualCoder keeps it: seconds and memory of reading it, by its size.

    python -m benchmarks.projects                          # 5,000 documents, 500,000 codings, beside a tenth of it
    python -m benchmarks.projects --documents 500 --codings 50000
    python -m benchmarks.projects --format qda             # the same as a database of QualCoder

The file is made of invented text, with quotations as names of selections, four coders and 200 nested codes, CRLF line
ends counted as one, and some letters beyond the basic plane, so that the ways of counting have to be told apart.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sqlite3
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CODERS, CODES = 4, 200
_BREAK = {"\n": "&#10;"}
_TEXT = "the form asks what nobody knows here and we ring them up instead naïve 🙂 of course it helps"
_WORDS = tuple(re.findall(r"\S+", _TEXT))


def _text(draw: random.Random) -> str:
    lines = (" ".join(draw.choices(_WORDS, k=draw.randint(8, 30))) for _ in range(40))
    return "\n".join(lines)


def _guid(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))


def _xml(texts: list[str], each: int, draw: random.Random) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" name="large"><Users>'
    yield from (f'<User guid="{_guid("user", n)}" name="coder {n}"/>' for n in range(CODERS))
    yield "</Users><CodeBook><Codes>"
    for top in range(0, CODES, 10):
        yield f'<Code guid="{_guid("code", top)}" name="code {top}" isCodable="true">'
        yield from (
            f'<Code guid="{_guid("code", n)}" name="code {n}" isCodable="true"/>' for n in range(top + 1, top + 10)
        )
        yield "</Code>"
    yield "</Codes></CodeBook><Sources>"
    users, codes = ([_guid(kind, n) for n in range(many)] for kind, many in (("user", CODERS), ("code", CODES)))
    for number, text in enumerate(texts):
        yield f'<TextSource guid="{_guid("text", number)}" name="interview {number}" plainTextPath="internal://{number}.txt">'
        for part in range(each):
            start = draw.randrange(len(text) - 80)
            end = start + draw.randint(5, 80)
            yield (
                f'<PlainTextSelection guid="{_guid("mark", number * each + part)}" startPosition="{start}" '
                f'endPosition="{end}" name={quoteattr(text[start:end], _BREAK)} creatingUser="{draw.choice(users)}" '
                f'creationDateTime="2026-01-{part % 28 + 1:02}T10:00:00Z">'
                f'<Coding guid="{_guid("coding", number * each + part)}" creatingUser="{draw.choice(users)}">'
                f'<CodeRef targetGUID="{draw.choice(codes)}"/></Coding></PlainTextSelection>\n'
            )
        yield "</TextSource>"
    yield "</Sources></Project>"


def make(path: Path, documents: int, codings: int) -> None:
    """Write a project of this size."""
    draw = random.Random(20261125)  # noqa: S311  (nothing is kept secret)
    texts = [_text(draw) for _ in range(documents)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("project.qde", "w") as member:
            for piece in _xml(texts, codings // documents, draw):
                member.write(piece.encode())
        for number, text in enumerate(texts):
            archive.writestr(f"sources/{number}.txt", text.replace("\n", "\r\n").encode())


def make_qda(path: Path, documents: int, codings: int) -> None:
    """Write a project of this size as QualCoder's database, version 16, with the tables that are read."""
    draw = random.Random(20261125)  # noqa: S311  (nothing is kept secret)
    path.mkdir()
    each = codings // documents
    with sqlite3.connect(path / "data.qda") as database:
        database.executescript(
            "CREATE TABLE project (databaseversion, codername); INSERT INTO project VALUES ('v16', 'coder 0');"
            "CREATE TABLE source (id integer primary key, name, fulltext, mediapath, memo, owner, date);"
            "CREATE TABLE code_cat (catid integer primary key, name, owner, date, memo, supercatid);"
            "CREATE TABLE code_name (cid integer primary key, name, memo, catid, owner, date, color, supercid);"
            "CREATE TABLE code_text (ctid integer primary key, cid, fid, seltext, pos0, pos1, owner, date, memo);"
        )
        rows = (
            (n, f"code {n}", "", None, "coder 0", "", "#FF8040", n // 10 * 10 if n % 10 else None) for n in range(CODES)
        )
        database.executemany("INSERT INTO code_name VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for number in range(documents):
            text = _text(draw)
            source = (number, f"interview {number}", text, None, "", "coder 0", "2026-01-05 10:00:00")
            database.execute("INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?)", source)
            marks = []
            for part in range(each):
                start = draw.randrange(len(text) - 80)
                end = start + draw.randint(5, 80)
                coder, when = f"coder {draw.randrange(CODERS)}", f"2026-01-{part % 28 + 1:02} 10:00:00"
                code = draw.randrange(CODES)
                marks.append((number * each + part, code, number, text[start:end], start, end, coder, when, ""))
            database.executemany("INSERT INTO code_text VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", marks)
    database.close()


def measured(path: Path) -> None:
    """Read a project in this process, and print what it took."""
    import expertsys as es

    started = time.perf_counter()
    study = es.read(path)
    seconds, busy = time.perf_counter() - started, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = (path / "data.qda" if path.is_dir() else path).stat().st_size / 1e6
    print(
        f"{len(study.documents):>7,} documents {len(study.codings):>9,} codings {size:>7.1f} MB "
        f"{seconds:>7.1f} s, {busy:>6.1f} s of the processor {peak:>7,.0f} MB peak; "
        f"positions count {study.provenance.choice('positions')}"
    )


def main() -> None:
    import subprocess

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--codings", type=int, default=500_000)
    parser.add_argument("--format", choices=("qdpx", "qda"), default="qdpx")
    parser.add_argument("--read", type=Path, help="only read this file")
    chosen = parser.parse_args()
    if chosen.read:
        measured(chosen.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        for part in (10, 1):
            path = Path(folder) / f"project-{part}.{chosen.format}"
            made = make if chosen.format == "qdpx" else make_qda
            made(path, chosen.documents // part, chosen.codings // part)
            subprocess.run([sys.executable, "-m", "benchmarks.projects", "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
