"""A large project in the exchange format: seconds and peak memory of reading it, and how both grow with its size.

    python -m benchmarks.projects                          # 5,000 documents, 500,000 codings, beside a tenth of it
    python -m benchmarks.projects --documents 500 --codings 50000

The file is made of invented text, with quotations as names of selections, four coders and 200 nested codes, CRLF line
ends counted as one, and some letters beyond the basic plane, so that the ways of counting have to be told apart.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
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


def measured(path: Path) -> None:
    """Read a project in this process, and print what it took."""
    import expertsys as es

    started = time.perf_counter()
    study = es.read(path)
    seconds, busy = time.perf_counter() - started, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(study.documents):>7,} documents {len(study.codings):>9,} codings {path.stat().st_size / 1e6:>7.1f} MB "
        f"{seconds:>7.1f} s, {busy:>6.1f} s of the processor {peak:>7,.0f} MB peak; "
        f"positions count {study.provenance.choice('positions')}"
    )


def main() -> None:
    import subprocess

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--codings", type=int, default=500_000)
    parser.add_argument("--read", type=Path, help="only read this file")
    chosen = parser.parse_args()
    if chosen.read:
        measured(chosen.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        for part in (10, 1):
            path = Path(folder) / f"project-{part}.qdpx"
            make(path, chosen.documents // part, chosen.codings // part)
            subprocess.run([sys.executable, "-m", "benchmarks.projects", "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
