"""The texts of a project: found in the archive, decoded, and measured against the selections made in them."""

from __future__ import annotations

import codecs
from collections import Counter
from xml.etree.ElementTree import Element

import attrs
import numpy as np

from expertsys._core.errors import counted
from expertsys.io.log import Log
from expertsys.io.positions import (
    PLAIN,
    Counting,
    Fit,
    Marked,
    RawText,
    Ruler,
    candidates,
    choose,
    doubt,
    evidence,
    fits,
    is_quotation,
)
from expertsys.io.refi.document import Project, Selections, text_of
from expertsys.io.refi.view import carriers
from expertsys.io.safe_zip import Archive

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_TOLD = 10
#: Quotations of fewer letters may stand in a text by chance.
_SHORTEST = 5
_WIDTH = 40


@attrs.define(eq=False)
class Texts:
    """Raw texts by the element that they belong to, and the members of the archive that were used for them."""

    raw: dict[Element, RawText] = attrs.field(factory=dict)
    used: set[str] = attrs.field(factory=set)
    missing: list[str] = attrs.field(factory=list)


def member_of(archive: Archive, path: str) -> str | None:
    """The member that a path of the project means; paths that lead out of the archive mean none."""
    scheme, mark, rest = path.replace("\\", "/").partition("://")
    if mark and scheme.lower() != "internal":
        return None
    base = (rest if mark else path).lstrip("/")
    return archive.find(f"sources/{base}") or archive.find(base)


def decoded(content: bytes) -> tuple[RawText, str]:
    """The text of these bytes, and the encoding that they were taken to be in."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return RawText(content[len(mark) :].decode(codec, errors="replace"), bom=True), codec
    for codec in (*_without_mark(content), "utf-8"):
        try:
            return RawText(content.decode(codec)), codec
        except UnicodeDecodeError:
            continue
    return RawText(content.decode("cp1252", errors="replace")), "cp1252"


def _without_mark(content: bytes) -> list[str]:
    """UTF-16 where every other byte is mostly NUL, which text in no other encoding has."""
    high, low = content[::2].count(0), content[1::2].count(0)
    if len(content) % 2 or max(high, low) < max(1, len(content) // 4, 3 * min(high, low)):
        return []
    return ["utf-16-be" if high > low else "utf-16-le"]


def gather(project: Project, archive: Archive, log: Log) -> Texts:
    """Read every text, and tell which are not there and which are not UTF-8."""
    texts = Texts()
    encodings: Counter[str] = Counter()
    for carrier in carriers(project):
        path = carrier.get("plainTextPath")
        member = member_of(archive, path) if path else None
        if member is not None:
            raw, codec = decoded(archive.read(member, text=True))
            encodings[codec] += 1
            texts.raw[carrier] = raw
            texts.used.add(member)
        elif (content := text_of(carrier, "PlainTextContent")) is not None:
            texts.raw[carrier] = RawText(content)
        elif path and carrier.tag != "Note":
            texts.missing.append(path)
    if texts.missing:
        told = ", ".join(texts.missing[:3])
        log.tell(
            "warning",
            archive.place,
            f"{counted(len(texts.missing), 'text')} named by the project and not in the file: {told}.",
            "Their codings are there, but not what was coded; export the project with its sources.",
        )
    for codec, number in encodings.items():
        if codec == "cp1252":
            log.tell(
                "warning",
                archive.place,
                f"{counted(number, 'text')} not in UTF-8, taken as Windows-1252.",
                "If letters look wrong, export the project again.",
            )
        elif codec != "utf-8":
            log.tell("note", archive.place, f"{counted(number, 'text')} in {codec.upper()}.")
    return texts


def settle(project: Project, texts: Texts, log: Log, place: str, forced: Counting | None, *, own: bool) -> Counting:
    """Choose how positions count, tell it with its score, and turn all positions into code points of the texts."""
    marked = [
        Marked(raw, held.start, held.end, held.name)
        for carrier, raw in texts.raw.items()
        if (held := project.selections.get(carrier))
    ]
    chosen = forced or PLAIN
    if marked and not own:
        ways = candidates(one.raw for one in marked)
        if forced is not None and forced not in ways:
            ways.append(forced)
        found = fits(marked, ways)
        chosen = _tell(found, forced, log, place, marked)
    log.choices["positions"] = f"{chosen}" + (" (as asked)" if forced else "")
    _convert(project, texts, chosen, log)
    return chosen


def _tell(found: list[Fit], forced: Counting | None, log: Log, place: str, marked: list[Marked]) -> Counting:
    best = choose(found)
    chosen = best if forced is None else next(fit for fit in found if fit.counting == forced)
    differing = _differing(marked, chosen.counting)
    score = chosen
    if chosen.tried == sum(len(one.starts) for one in marked):  # not of a sample
        score = attrs.evolve(chosen, quotations=max(chosen.quotations, chosen.quoted + len(differing)))
    what = f"positions were taken to count {str(chosen.counting)!r}: {score}"
    others = [
        str(fit.counting)
        for fit in found
        if fit is not chosen and (*evidence(fit), fit.whole_words) == (*evidence(chosen), chosen.whole_words)
    ]
    if differing:
        shown = "; ".join(f"{name[:_WIDTH]!r}, where the text has {there[:_WIDTH]!r}" for name, there in differing[:3])
        log.tell(
            "warning",
            place,
            f"{counted(len(differing), 'quotation')} of {chosen.quoted + len(differing):,} and the text at the "
            f"positions differ: {shown}.",
            "The positions were kept. Look whether the text was changed after it was coded.",
        )
    if len(found) > 1:
        what += f"; {len(found)} ways of counting were tried"
    if others:
        what += f", and {', '.join(map(repr, others[:3]))} fit as well"
    severity, remedy = "note", ""
    if evidence(best) > evidence(chosen):
        severity, remedy = "warning", f"{str(best.counting)!r} fits better: {best}."
    elif look := doubt(found, chosen):
        severity, remedy = "warning", look
    elif chosen.within < chosen.tried or chosen.quoted < chosen.quotations:
        severity = "warning"
        remedy = "Look at some excerpts; another way of counting is forced by read(..., positions='...')."
    log.tell("warning" if severity == "warning" else "note", place, f"{what}.", remedy)
    return chosen.counting


def _differing(marked: list[Marked], counting: Counting) -> list[tuple[str, str]]:
    """Quotations that are not at their positions, each with what is there.

    A selection may be named anything. A name counts as a quotation where it stands elsewhere in the text, or where most
    names of the project are quotations.
    """
    others: list[tuple[str, str, bool]] = []
    agreeing = 0
    for one in marked:
        ruler = Ruler.of(one.raw, counting)
        starts, ends, _ = ruler.place(np.array(one.starts, dtype=np.int64), np.array(one.ends, dtype=np.int64))
        whole = "".join(ruler.text.split())
        for name, start, end in zip(one.names, starts.tolist(), ends.tolist(), strict=True):
            excerpt = ruler.text[start:end]
            told = "".join((name or "").split())
            if is_quotation(name, excerpt):
                agreeing += 1
            elif told:
                begun = told.removesuffix("…").removesuffix("...")
                others.append((str(name), excerpt, len(begun) > _SHORTEST and begun in whole))
    most = agreeing > len(others)
    return [(name, excerpt) for name, excerpt, elsewhere in others if elsewhere or most]


def _convert(project: Project, texts: Texts, counting: Counting, log: Log) -> None:
    outside: list[str] = []
    for carrier, held in project.selections.items():
        raw = texts.raw.get(carrier)
        if raw is None:
            _straighten(held, outside)
            continue
        ruler = Ruler.of(raw, counting)
        starts, ends, within = ruler.place(np.array(held.start, dtype=np.int64), np.array(held.end, dtype=np.int64))
        for at in np.flatnonzero(~within).tolist():
            outside.append(f"{held.guid[at]} ({held.start[at]} to {held.end[at]} of {len(ruler.text)})")
        held.start, held.end = starts.tolist(), ends.tolist()
    for transcript in project.root.iter("Transcript"):
        if (raw := texts.raw.get(transcript)) is not None:
            _convert_points(transcript, Ruler.of(raw, attrs.evolve(counting, inclusive=False)))
    if outside:
        rest = len(outside) - _MOST_TOLD
        told = ", ".join(outside[:_MOST_TOLD]) + (f" and {rest:,} more" if rest > 0 else "")
        log.tell(
            "warning",
            "selections",
            f"{counted(len(outside), 'selection')} beyond the text, or with an end before the start, cut to fit: "
            f"{told}.",
            "Look at them in the coding tool.",
        )


def _straighten(held: Selections, outside: list[str]) -> None:
    for at, (start, end) in enumerate(zip(held.start, held.end, strict=True)):
        if not 0 <= start <= end:
            outside.append(f"{held.guid[at]} ({start} to {end})")
            held.start[at] = max(0, start)
            held.end[at] = max(0, start, end)


def _convert_points(transcript: Element, ruler: Ruler) -> None:
    points = [point for point in transcript.findall("SyncPoint") if point.get("position")]
    numbers = np.array([int(point.get("position", "0")) for point in points], dtype=np.int64)
    starts, _, _ = ruler.place(numbers, numbers)
    for point, start in zip(points, starts.tolist(), strict=True):
        point.set("position", str(start))
