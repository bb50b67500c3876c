"""Codebooks into files: a table for people, and the exchange format of coding tools (REFI-QDA)."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from xml.etree import ElementTree

from expertsys._core.errors import DataError, listing
from expertsys._core.files import replacing
from expertsys.study import Code, Codebook

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_OWN = uuid.uuid5(uuid.NAMESPACE_URL, "urn:expertsys:code")
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_codebook(codebook: Codebook, path: str | Path) -> Path:
    """Write a codebook: ``.csv`` for people and spreadsheets, ``.qdc`` for coding tools.

    Parameters
    ----------
    codebook : Codebook
        At least one code.
    path : str or Path
        Ending in ``.csv`` (UTF-8 with a byte order mark, which spreadsheets need; a column for each field of `Code`),
        or in ``.qdc`` (REFI-QDA codebook 1.0; definition, inclusion, exclusion, example and concept go into the
        description, since the format has no other place for them).

    Returns
    -------
    Path
        What was written, whole or not at all.

    Raises
    ------
    DataError
        For another ending, an empty codebook, or text that XML cannot hold.

    Notes
    -----
    Codes without an identifier get one made from their name, so that the same codebook gives the same file.

    Examples
    --------
    >>> import tempfile
    >>> from expertsys.study import Codebook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_codebook(Codebook.template(), f"{folder}/framework.qdc").name
    'framework.qdc'
    """
    target = Path(path)
    if not isinstance(codebook, Codebook):
        raise DataError(
            f"expected a Codebook, not {type(codebook).__name__}",
            place="write_codebook",
            remedy="Of a framework: Codebook.template(framework).",
        )
    if not len(codebook):
        raise DataError("the codebook has no code", place=target.name, remedy="Add one.")
    if target.suffix.lower() == ".csv":
        content = codebook.to_frame().to_csv(lineterminator="\r\n").encode("utf-8-sig")
    elif target.suffix.lower() == ".qdc":
        content = _xml(codebook)
    else:
        raise DataError(f"a codebook is written as .csv or .qdc, not {target.suffix!r}", place=target.name)
    with replacing(target) as temporary:
        temporary.write_bytes(content)
    return target


def _xml(codebook: Codebook) -> bytes:
    strange = [code.name for code in codebook if _NOT_XML.search(code.name + _description(code))]
    if strange:
        raise DataError(
            f"XML cannot hold the control characters in {listing(strange)}", place="codebook", remedy="Take them out."
        )
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}CodeBook", {"origin": "expertsys"})
    nodes: dict[str | None, ElementTree.Element] = {None: ElementTree.SubElement(root, f"{{{NAMESPACE}}}Codes")}
    waiting = list(codebook)
    while waiting:  # parents may stand below their children in the codebook
        ready = [code for code in waiting if code.parent in nodes]
        for code in ready:
            nodes[code.name] = _node(nodes[code.parent], code)
        waiting = [code for code in waiting if code.name not in nodes]
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _node(parent: ElementTree.Element, code: Code) -> ElementTree.Element:
    guid = code.guid if code.guid and _GUID.fullmatch(code.guid) else str(uuid.uuid5(_OWN, code.guid or code.name))
    attributes = {"guid": guid, "name": code.name, "isCodable": "true"}
    if _COLOUR.fullmatch(code.colour):
        attributes["color"] = code.colour
    node = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}Code", attributes)
    description = _description(code)
    if description:
        ElementTree.SubElement(node, f"{{{NAMESPACE}}}Description").text = description
    return node


def _description(code: Code) -> str:
    parts = (
        code.definition,
        f"Code it when: {code.inclusion}" if code.inclusion else "",
        f"Not when: {code.exclusion}" if code.exclusion else "",
        f"Example: {code.example}" if code.example else "",
        f"Concept: {code.concept}" if code.concept else "",
    )
    return "\n".join(part for part in parts if part)
