"""The part of a study with some cases, documents, participants, coders, codes or rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import pandas as pd

from expertsys._core.errors import Remark, unknown
from expertsys.study.codebook import Codebook

if TYPE_CHECKING:
    from expertsys.study.study import Study

Parts = dict[str, Any]
_MOST_NAMED = 12


def left_out(step: str) -> Remark:
    """A remark that what is kept of the original project did not come along."""
    return Remark(
        "note",
        f"study.{step}",
        "left out study.unmapped, the parts of the original project that no table has a place for.",
        "They may name or quote people who are not meant to be in the new study.",
    )


def selected(
    study: Study, parts: Parts, chosen: Mapping[str, Iterable[str | None] | None]
) -> tuple[Parts, Codebook, str]:
    """The tables and the codebook that remain, and the choice in words."""
    available: dict[str, Any] = {
        "case": parts["cases"].index,
        "document": parts["documents"].index,
        "participant": parts["participants"].index,
        "coder": parts["coders"].index,
        "code": study.codes,
        "round": (*study.rounds, None) if parts["codings"]["round"].isna().any() else study.rounds,
    }
    wanted: dict[str, list[Any]] = {}
    for kind, names in chosen.items():
        if names is None:
            continue
        wanted[kind] = [names] if isinstance(names, str) else list(dict.fromkeys(names))
        for name in wanted[kind]:
            if name not in available[kind]:
                there = [one for one in available[kind] if one is not None]
                raise unknown(kind, name, there, place="study.select")
    parts = _located(dict(parts), wanted)
    if "coder" in wanted:
        parts["coders"] = parts["coders"].loc[wanted["coder"]]
        parts["assignments"] = parts["assignments"][parts["assignments"]["coder"].isin(wanted["coder"])]
    for kind in ("coder", "code"):
        if kind in wanted:
            parts["codings"] = parts["codings"][parts["codings"][kind].isin(wanted[kind])]
    if "round" in wanted:
        for name in ("codings", "assignments"):
            label = parts[name]["round"]
            parts[name] = parts[name][label.isin(wanted["round"]) | (label.isna() & (None in wanted["round"]))]
        taking_part = pd.concat([parts["codings"]["coder"], parts["assignments"]["coder"]])
        parts["coders"] = parts["coders"][parts["coders"].index.isin(taking_part)]
    book = study.codebook
    if "code" in wanted:
        named = {*wanted["code"], *(code.concept for code in book if code.name in wanted["code"])}
        parts["summaries"] = parts["summaries"][parts["summaries"]["code"].isin(named)]
        keep = set(wanted["code"]).union(*(book.ancestors(name) for name in wanted["code"] if name in book))
        book = attrs.evolve(
            book,  # what stands above the chosen codes is there for the tree, not to be applied
            codes=(attrs.evolve(c, codable=c.codable and c.name in wanted["code"]) for c in book if c.name in keep),
        )
    return parts, book, "; ".join(f"{kind}: {_shortened(names)}" for kind, names in wanted.items())


def _shortened(names: Sequence[str | None]) -> str:
    """Names separated by commas, of many the first and how many more there are."""
    listed = ", ".join(map(str, names[:_MOST_NAMED]))
    return listed if len(names) <= _MOST_NAMED else f"{listed} and {len(names) - _MOST_NAMED:,} more"


def _located(parts: Parts, wanted: Mapping[str, list[str]]) -> Parts:
    """What remains of the places: documents, units, cases and participants, and the codings in them."""
    if "case" in wanted:
        located = pd.concat([parts[name][["document", "case"]] for name in ("units", "codings")])
        located = pd.concat([located, parts["document_parts"][["document", "case"]]])
        within = parts["documents"].index.isin(located["document"][located["case"].isin(wanted["case"])])
        parts["documents"] = parts["documents"][within | parts["documents"]["case"].isin(wanted["case"])]
    if "participant" in wanted:
        located = pd.concat([parts[name][["document", "participant"]] for name in ("units", "document_parts")])
        spoken = located["document"][located["participant"].isin(wanted["participant"])]
        of_document = parts["documents"]["participant"].isin(wanted["participant"])
        parts["documents"] = parts["documents"][of_document | parts["documents"].index.isin(spoken)]
    if "document" in wanted:
        parts["documents"] = parts["documents"].loc[wanted["document"]]
    for kind in ("case", "participant"):  # a part without case and participant makes no units
        if kind in wanted:
            held = parts["document_parts"]
            other = held[kind].notna() & ~held[kind].isin(wanted[kind])
            parts["document_parts"] = held.assign(**{name: held[name].mask(other) for name in ("case", "participant")})
    for name in ("units", "codings", "assignments", "document_parts"):
        parts[name] = parts[name][parts[name]["document"].isin(parts["documents"].index)]
    if "case" in wanted:
        parts["cases"] = parts["cases"].loc[wanted["case"]]
        parts["summaries"] = parts["summaries"][parts["summaries"]["case"].isin(wanted["case"])]
        parts["units"] = parts["units"][parts["units"]["case"].isin(wanted["case"])]
        parts["codings"] = parts["codings"][parts["codings"]["case"].isin(wanted["case"])]
        if "case" in parts["situations"]:
            parts["situations"] = parts["situations"][parts["situations"]["case"].isin(wanted["case"])]
    if "participant" in wanted:
        parts["participants"] = parts["participants"].loc[wanted["participant"]]
        other = parts["units"].index[~(parts["units"]["participant"].isin(wanted["participant"]))]
        parts["units"] = parts["units"].drop(index=other)
        parts["codings"] = parts["codings"][~parts["codings"]["unit"].isin(other)]
    units = parts["assignments"]["unit"]
    if units.notna().any():
        parts["assignments"] = parts["assignments"][units.isna() | units.isin(parts["units"].index)]
    return parts
