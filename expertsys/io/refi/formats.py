"""What the two formats declare of themselves."""

from __future__ import annotations

from pathlib import Path

from expertsys.io.refi import codebook
from expertsys.io.refi.reading import read_study
from expertsys.io.refi.writing import write
from expertsys.io.registry import Format, Kept


def _is_zip(_: Path, head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


PROJECT = Format(
    name="REFI-QDA project",
    suffixes=(".qdpx",),
    recognises=_is_zip,
    read_study=read_study,
    write=write,
    options=("codebook", "title", "positions", "seen"),
    instead="Export it again as a REFI-QDA project (.qdpx).",
    keeps=(
        Kept("who coded", "yes", "yes", "the coding's user, else the selection's"),
        Kept("when it was coded", "yes", "yes", "dates without a time are not written"),
        Kept("sub-codes", "yes", "yes", "a name that is repeated is shown with its path"),
        Kept("definitions of codes", "yes", "yes", "with inclusion, exclusion, example and concept in one description"),
        Kept("colours of codes", "yes", "yes"),
        Kept("texts", "yes", "yes", "also those of PDF files and transcripts"),
        Kept("positions in texts", "yes", "yes", "how they count is found out and told"),
        Kept("cases", "yes", "yes", "a document has one case; QualCoder does not export which"),
        Kept("attributes", "yes", "yes", "of cases and documents; those of coders and participants are not written"),
        Kept("participants", "part", "part", "as a variable of documents"),
        Kept("memos on codings", "yes", "yes", "the selection's description, else its notes"),
        Kept("who saw what", "no", "no", "the format cannot say that a coder read and found nothing"),
        Kept("pictures, audio, video", "kept", "kept", "codings on areas and times are read without a position"),
        Kept("notes, links, sets, graphs", "kept", "kept"),
    ),
    tried="projects of ATLAS.ti 8 and 23, NVivo for Mac 15 (no codings in it), QualCoder 3, qc 1.3; MAXQDA not",
)

CODEBOOK = Format(
    name="REFI-QDA codebook",
    suffixes=(".qdc",),
    recognises=lambda _, head: b"<" in head or b"<\0" in head or b"\0<" in head,
    read_study=codebook.read_study,
    write=codebook.write,
    options=("codebook", "title"),
    instead="Export it again as a REFI-QDA codebook (.qdc).",
    keeps=(
        Kept("sub-codes", "yes", "yes", "a name that is repeated is shown with its path"),
        Kept("definitions of codes", "yes", "yes", "with inclusion, exclusion, example and concept in one description"),
        Kept("colours of codes", "yes", "yes"),
        Kept("notes, links, sets, graphs", "part", "part", "sets of codes are kept, and written back"),
    ),
    tried="codebooks of ATLAS.ti 9, QualCoder 3, Taguette 1.5 and portableQDA, and the specification's own",
)
