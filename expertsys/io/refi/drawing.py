"""From a study to a project: what was read is kept as it stood, and only what differs from it is changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pandas as pd

from expertsys._core.errors import quoted
from expertsys._core.missing import is_missing
from expertsys.io.limits import Limits
from expertsys.io.log import Log
from expertsys.io.refi import schema
from expertsys.io.refi.document import Project, put, text_of
from expertsys.io.refi.drawing_codes import draw_codes
from expertsys.io.refi.drawing_codings import draw_codings
from expertsys.io.refi.emitting import NOT_XML
from expertsys.io.refi.losses import Losses
from expertsys.io.refi.mending import Mended
from expertsys.io.refi.parsing import parse, tidy
from expertsys.io.refi.tables import attributes_of, documents_of
from expertsys.io.refi.texts import decoded
from expertsys.io.refi.view import FIXED, OWN_COLUMNS, Document, View, column_of, look
from expertsys.study import Study

FORMAT_NAME = "REFI-QDA project"
INNER = "project.qde"
SYNTHETIC = "SYNTHETIC: "
_TYPES = {"boolean": "Boolean", "Int64": "Integer", "float64": "Float"}
_UNLIMITED = Limits(elements=10**12, depth=10**6)


def draw(study: Study, losses: Losses) -> tuple[Project, dict[str, bytes]]:
    """The project that says what the study says, and the files that go with it."""
    project, files = _base(study)
    view = look(project, _note_texts(project, files))
    _tell_losses(study, losses)
    if project.root.get("name") != study.title:
        project.root.set("name", study.title)
    if study.provenance.synthetic:
        put(project.root, "Description", f"{SYNTHETIC}{study.provenance.synthetic}")
    _draw_users(study, view)
    draw_codes(study, view, losses)
    _draw_cases(study, view)
    _draw_documents(study, view, files, losses)
    _draw_values(study, view, losses)
    draw_codings(study, view, losses)
    tidy(project.root, Mended())
    for name, text in ((document.name, document.text) for document in view.documents):
        if text is not None and any("\ud800" <= letter <= "\udfff" for letter in text):
            losses.add("half character", f"in the text of {quoted(name)}")
    return project, files


def _base(study: Study) -> tuple[Project, dict[str, bytes]]:
    """What was read, if it was a project of this format; else an empty one."""
    unmapped = study.unmapped
    if unmapped is None or unmapped.format != FORMAT_NAME:
        return Project(Element("Project", {"name": study.title})), {}
    project = parse(INNER, unmapped.pieces(INNER), Log(), _UNLIMITED, "Project")
    return project, {name: unmapped[name] for name in unmapped.names if name != INNER}


def _note_texts(project: Project, files: dict[str, bytes]) -> dict[Element, str | None]:
    texts: dict[Element, str | None] = {}
    for note in project.all("Notes/Note"):
        content = files.get(f"sources/{note.get('plainTextPath', '').rpartition('/')[2]}")
        texts[note] = decoded(content)[0].text if content is not None else text_of(note, "PlainTextContent")
    return texts


def _tell_losses(study: Study, losses: Losses) -> None:
    losses.add("situation", "", len(study.situations))
    losses.add("summary", "of a case under a code", len(study.summaries))
    named = study.documents["participant"].dropna().unique()
    bare = study.participants.drop(index=list(named), errors="ignore")
    losses.add("participant", "without a document", len(bare))
    known = study.participants.dropna(axis=1, how="all")
    losses.add("attribute", "of participants", len(known.columns))
    losses.add("attribute", "of coders", len(study.coders.columns))
    smaller = study.units["document"] != study.units.index
    losses.add("unit", "smaller than a document", int(smaller.sum()))
    if not whole_units(study):
        told = 'for a whole document, where not all are (read it with study.unitise(by="document"))'
        losses.add("unit", told, int((~smaller).sum()))
    if not study.assumed_seen:
        coded = set(study.codings[["coder", "document"]].itertuples(index=False, name=None))
        read = study.assignments[["coder", "document"]].drop_duplicates()
        silent = sum(pair not in coded for pair in read.itertuples(index=False, name=None))
        losses.add("reading", "of single units", int(study.assignments["unit"].notna().sum()))
        losses.add("document", "that a coder saw and did not code", silent)
    losses.add("coding", "with a round", int(study.codings["round"].notna().sum()))
    book = study.codebook
    losses.add("name", "of the codebook", int(bool(book.name)))
    losses.add("version", "of the codebook", int(bool(book.version)))


def whole_units(study: Study) -> bool:
    """Whether each document is a unit, and nothing else is: the format has a word for that alone."""
    units, codings = study.units, study.codings
    return (
        len(units) > 0
        and bool((units["document"] == units.index).all())
        and len(units) == len(study.documents)
        and bool(units["start"].isna().all())
        and bool((codings["unit"] == codings["document"]).all())
    )


def _draw_users(study: Study, view: View) -> None:
    known = set(view.users.values())
    for name in study.coders.index:
        if name not in known:
            guid = schema.made_guid("user", name)
            view.project.section("Users").append(Element("User", {"guid": guid, "name": name}))
            view.users[guid] = name


def _draw_cases(study: Study, view: View) -> None:
    for name in [name for name in view.cases if name not in study.cases.index]:
        view.project.section("Cases").remove(view.cases.pop(name))
        del view.case_values[name]
    for name in study.cases.index:
        if name not in view.cases:
            case = Element("Case", {"guid": schema.made_guid("case", name), "name": name})
            view.project.section("Cases").append(case)
            view.cases[name], view.case_values[name] = case, {}


def _draw_documents(study: Study, view: View, files: dict[str, bytes], losses: Losses) -> None:
    for document in [document for document in view.documents if document.name not in study.documents.index]:
        _remove(view, document)
    by_name: dict[object, Document] = {document.name: document for document in view.documents}
    for name, text, case in zip(study.documents.index, study.documents["text"], study.documents["case"], strict=True):
        document = by_name[name] if name in by_name else _new_source(view, str(name))
        if not is_missing(text):
            _put_text(document, text, files, losses)
        wanted = None if is_missing(case) else case
        if document.case != wanted:
            _move(view, document, wanted)


def _new_source(view: View, name: str) -> Document:
    source = Element("TextSource", {"guid": schema.made_guid("source", name), "name": name})
    view.project.section("Sources").append(source)
    document = Document(name, source, source, None)
    view.documents.append(document)
    return document


def _remove(view: View, document: Document) -> None:
    view.documents.remove(document)
    section = "Notes" if document.kind == "note" else "Sources"
    holder = view.project.section(section)
    if document.kind == "transcript" and document.carrier is not None:
        holder = document.source
    gone = document.carrier if document.kind == "transcript" else document.source
    if gone is not None and gone in list(holder):
        holder.remove(gone)
    if document.carrier is not None:
        view.project.selections.pop(document.carrier, None)


def _put_text(document: Document, text: str, files: dict[str, bytes], losses: Losses) -> None:
    document.text = text
    carrier = document.carrier
    if carrier is None:
        inner = {"PDFSource": "Representation", "PictureSource": "TextDescription"}.get(document.source.tag)
        if inner is None:
            losses.add("text", "of a recording that is no transcript")
            return
        carrier = document.carrier = Element(inner, {"guid": schema.made_guid("text", document.name)})
        document.source.append(carrier)
    if carrier.tag == "Note":
        return
    path, content = carrier.get("plainTextPath"), carrier.find("PlainTextContent")
    if path is None and content is not None:
        if "\r" not in text and not NOT_XML.search(text):
            content.text = text
            return
        carrier.remove(content)
    encoded = (f"\ufeff{text}" if text.startswith("\ufeff") else text).encode("utf-8", "replace")
    base = (path or "").rpartition("/")[2] or f"{carrier.get('guid')}.txt"
    if files.get(f"sources/{base}", encoded) != encoded:
        base = f"{schema.made_guid('text', document.name)}.txt"
    carrier.set("plainTextPath", f"internal://{base}")
    files[f"sources/{base}"] = encoded


def _move(view: View, document: Document, case: str | None) -> None:
    guids = {document.source.get("guid")} | ({document.carrier.get("guid")} if document.carrier is not None else set())
    for element in view.cases.values():
        for reference in element.findall("SourceRef"):
            if reference.get("targetGUID") in guids:
                element.remove(reference)
    if case is not None:
        guid = document.source.get("guid", "")
        view.cases[case].append(Element("SourceRef", {"targetGUID": guid}))
    for other in view.documents:
        if other.source is document.source:
            other.case = case


def _draw_values(study: Study, view: View, losses: Losses) -> None:
    held = attributes_of(list(view.case_values.values()), [name for name, _ in view.variables.values()])
    now = pd.DataFrame(held, index=range(len(view.case_values))).set_axis(list(view.case_values), axis=0)
    _draw_table(study.cases, now, view, dict(view.cases), (), losses)
    documents = [document for document in view.documents if document.kind not in ("transcript", "note")]
    current = documents_of(view, documents).set_index("document").drop(columns=["case", "text"])
    wanted = study.documents.drop(columns=["case", "text"]).reindex(current.index)
    _draw_table(wanted, current, view, {document.name: document.source for document in documents}, FIXED, losses)


def _draw_table(
    wanted: pd.DataFrame,
    current: pd.DataFrame,
    view: View,
    holders: dict[str, Element],
    fixed: tuple[str, ...],
    losses: Losses,
) -> None:
    for column in dict.fromkeys([*wanted.columns, *current.columns]):
        new: Any = wanted[column] if column in wanted else pd.Series(None, index=wanted.index, dtype="str")
        old = current[column].reindex(new.index) if column in current else None
        if old is not None and new.equals(old):
            continue
        kind = _TYPES.get(str(new.dtype), "Text")
        for name, cell in zip(new.index, new.astype(object), strict=True):
            before = None if old is None else old[name]
            same = is_missing(before) and is_missing(cell)
            if same or (
                not is_missing(before) and not is_missing(cell) and type(before) is type(cell) and before == cell
            ):
                continue
            _put_value(view, holders[name], column, kind, cell, fixed, losses)


def _put_value(
    view: View, holder: Element, column: str, kind: str, cell: Any, fixed: tuple[str, ...], losses: Losses
) -> None:
    guid = next((key for key, known in view.variables.items() if column_of(known[0], fixed, known[1]) == column), None)
    for entry in holder.findall("VariableValue"):
        reference = entry.find("VariableRef")
        if reference is not None and reference.get("targetGUID") == guid:
            holder.remove(entry)
    if is_missing(cell):
        if column == "kind" and guid is None:
            losses.add("document", "of no kind, which its file has")
        return
    if guid is None:
        declared = "Text" if fixed and column in OWN_COLUMNS else kind
        guid = schema.made_guid("variable", column)
        variable = Element("Variable", {"guid": guid, "name": column, "typeOfVariable": declared})
        view.project.section("Variables").append(variable)
        view.variables[guid] = (column, declared)
    text = _written(kind, cell)
    tag = f"{kind}Value" if kind == "Text" or schema.CONTENT[f"{kind}Value"](text) else "TextValue"
    entry = Element("VariableValue")
    entry.append(Element("VariableRef", {"targetGUID": guid}))
    put(entry, tag, text)
    holder.append(entry)


def _written(kind: str, cell: Any) -> str:
    if kind == "Boolean":
        return "true" if cell else "false"
    if kind == "Float":
        exact = Decimal(repr(float(cell)))
        return format(exact, "f") if exact.is_finite() else str(cell)
    return str(cell)
