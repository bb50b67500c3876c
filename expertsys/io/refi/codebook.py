"""Codebook files, ``.qdc``: read and written."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pandas as pd

from expertsys._core.errors import DataError, counted
from expertsys._core.files import replacing
from expertsys._core.version import __version__
from expertsys.io.content import pieces_of
from expertsys.io.limits import Limits
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.io.refi.document import Project
from expertsys.io.refi.doubles import tell_apart
from expertsys.io.refi.drawing_codes import build
from expertsys.io.refi.emitting import emit
from expertsys.io.refi.losses import Losses
from expertsys.io.refi.parsing import parse
from expertsys.io.refi.view import codebook_of
from expertsys.study import Codebook, Source, Study, Unmapped

FORMAT_NAME = "REFI-QDA codebook"
INNER = "codebook.qdc"


def read_tree(path: Path, limits: Limits, log: Log) -> tuple[Project, Codebook]:
    """The tidy tree of a codebook file, and the codebook that it is."""
    log.sources.append(Source.of_file(path.name, path, 0))
    tree = parse(path.name, pieces_of(path), log, limits, "CodeBook")
    holder = Project(Element("Project"))
    holder.root.append(tree.root)
    tell_apart(holder, log, path.name)
    codes, _ = codebook_of(holder)
    return tree, Codebook(codes)


def read_study(path: Path, options: Options) -> Study:
    """A study that has a codebook and nothing else; the sets of codes are kept to be written back."""
    log = Log()
    tree, book = read_tree(path, options.limits, log)
    categories = sum(code.get("isCodable") == "false" for code in tree.root.iter("Code"))
    if categories:
        log.tell("note", path.name, f"not to be applied, only to hold others: {counted(categories, 'code')}.")
    sets = len(tree.root.findall("Sets/Set"))
    if sets:
        log.tell("note", path.name, f"kept in study.unmapped, to be written back: {counted(sets, 'set')} of codes.")
    if origin := tree.root.attrib.pop("origin", ""):
        log.choices["exported by"] = origin
    return Study(
        pd.DataFrame({"unit": [], "coder": [], "code": []}, dtype="str"),
        codebook=book,
        provenance=log.provenance(),
        title=path.stem,
        unmapped=Unmapped.of(FORMAT_NAME, {INNER: emit(tree)}),
    )


def encoded(book: Codebook, unmapped: Unmapped | None = None) -> bytes:
    """A codebook as the format has it; sets of codes come from what was read."""
    if not len(book):
        raise DataError("the codebook has no code", place="write", remedy="Add one.")
    root = Element("CodeBook")
    known: dict[str, Element] = {}
    if unmapped is not None and unmapped.format == FORMAT_NAME:
        root = parse(INNER, unmapped.pieces(INNER), Log(), Limits(), "CodeBook").root
        holder = Project(Element("Project"))
        holder.root.append(root)
        _, names = codebook_of(holder)
        known = {names[code.get("guid", "")]: code for code in root.iter("Code")}
        root[:] = root.findall("Sets")
    section = Element("Codes")
    section[:] = build(book.codes, known)
    for code in section.iter("Code"):  # the format of codebooks has no notes
        code[:] = [child for child in code if child.tag != "NoteRef"]
    root.insert(0, section)
    root.set("origin", f"expertsys {__version__}")
    return b"".join(emit(Project(root)))


def write(study: Study, path: Path) -> None:
    """Write the codebook of a study, and tell what is left out."""
    losses = Losses()
    for noun, table in (
        ("coding", study.codings),
        ("document", study.documents),
        ("case", study.cases),
        ("participant", study.participants),
        ("unit", study.units),
        ("situation", study.situations),
    ):
        losses.add(noun, "", len(table))
    losses.add("summary", "of a case under a code", len(study.summaries))
    content = encoded(study.codebook, study.unmapped)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    losses.warn(path.name, "a REFI-QDA codebook")
