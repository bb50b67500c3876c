"""The map of concepts as a picture: a portrait that a phone shows whole."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from expertsys.theory import FRAMEWORK, Relation, Standing

WIDTH, HEIGHT = 440, 990
BOX = (118, 42)
_COLUMNS = (72, 220, 368)

_LOOK = {
    Standing.SOURCE: ("#dbe9f6", "#1f4e79", ""),
    Standing.COMPANION: ("#e2f0d9", "#3b6b1e", ""),
    Standing.BACKGROUND: ("#eeeeee", "#555555", ""),
    Standing.PROPOSED: ("#fff4d6", "#8a6100", "4 3"),
}
"""Fill, line and dashes of each standing: dashes, so that nobody needs the colour to tell what is proposed."""

_ROWS = (100, 180, 258, 336, 414, 492, 570, 698, 770, 876, 948)
_PLACES = {
    "remedy": (0, 0),
    "mandate": (1, 0),
    "infrastructure": (0, 1),
    "expert-system": (1, 1),
    "technology": (2, 1),
    "rule": (0, 2),
    "classification": (2, 2),
    "action-at-a-distance": (0, 3),
    "emptying-out": (1, 3),
    "contingency-represented": (2, 3),
    "mode-of-use": (0, 4),
    "situation": (1, 4),
    "local-contingency": (2, 4),
    "professional-practice": (0, 5),
    "resistance": (1, 5),
    "focus-of-resistance": (2, 5),
    "explanatory-frame": (1, 6),
    "trust": (0, 7),
    "disembedding": (1, 7),
    "disembedding.symbolic-token": (2, 7),
    "access-point": (0, 8),
    "reembedding": (1, 8),
    "external-structure": (0, 9),
    "internal-structure": (1, 9),
    "active-agency": (2, 9),
    "position-practice": (0, 10),
    "outcome": (1, 10),
}
"""Concept to column and row. A member that has no place of its own is drawn as its concept."""

_SAME_BOX = {"category": "classification"}
_NAMES = {"classification": "Classification, categories"}
_ELSEWHERE = {("reembedding", "emptying-out"), ("expert-system", "disembedding"), ("disembedding", "expert-system")}
"""Relations between panels: said in words under the panel that they lead out of."""
_BIG = {"expert-system"}
_MAIN = {"tends to bring about", "disrupts", "responds to", "imposes"}

_TITLES = (
    (34, "Mandate, system, practice"),
    (638, "What lifts relations out of their place"),
    (836, "The structuration cycle"),
)
_NOTE = (656, "An expert system is one means. Re-embedding counters emptying out.")
_UNDER = {("outcome", "position-practice")}
"""Horizontal lines whose words stand under the boxes; those of others stand above."""


class Point(NamedTuple):
    """A place in the picture."""

    x: float
    y: float


def _home(key: str) -> str:
    """The box in which a concept is drawn."""
    for each in (key, *FRAMEWORK.ancestors(key)):
        if each in _PLACES:
            return each
        if each in _SAME_BOX:
            return _SAME_BOX[each]
    raise LookupError(f"the concept {key!r} has no place on the map: enter it in _PLACES")


def _centre(key: str) -> Point:
    column, row = _PLACES[key]
    return Point(_COLUMNS[column], _ROWS[row])


def _drawn() -> dict[tuple[str, str], list[Relation]]:
    """Relations between boxes; several between the same two are one line."""
    found: dict[tuple[str, str], list[Relation]] = {}
    for relation in FRAMEWORK.relations:
        ends = _home(relation.subject), _home(relation.object)
        if ends[0] != ends[1] and ends not in _ELSEWHERE:
            found.setdefault(ends, []).append(relation)
    return found


def _border(centre: Point, towards: Point) -> Point:
    """Where the line from a box's centre leaves it."""
    wide, high = BOX[0] / 2 + 1, BOX[1] / 2 + 1
    dx, dy = towards.x - centre.x, towards.y - centre.y
    scale = min(wide / abs(dx) if dx else float("inf"), high / abs(dy) if dy else float("inf"))
    return Point(centre.x + dx * scale, centre.y + dy * scale)


_LEFT, _RIGHT, _EDGE = 146.0, 294.0, 434.0
_WORDS = {
    ("classification", "action-at-a-distance"): Point(258, 284),
    ("emptying-out", "local-contingency"): Point(340, 376),
}
"""Where words stand that would cover another line half way."""


def _route(start: str, end: str) -> tuple[list[Point], Point, int]:
    """The corners of a line, where its words stand, and whether they are turned."""
    first, last = _centre(start), _centre(end)
    half = BOX[1] / 2
    if (start, end) == ("expert-system", "professional-practice"):
        corners = [Point(_LEFT + 16, first.y + half), Point(_LEFT, first.y + half + 14)]
        corners += [Point(_LEFT, last.y - half - 16), Point(last.x + 44, last.y - half - 1)]
        return corners, Point(_LEFT, 376), -90
    if (start, end) == ("resistance", "expert-system"):
        corners = [Point(first.x + 44, first.y - half), Point(_RIGHT, first.y - half - 16)]
        corners += [Point(_RIGHT, last.y + half + 14), Point(_RIGHT - 16, last.y + half + 1)]
        return corners, Point(_RIGHT, 411), 90
    if start == "focus-of-resistance" and end in ("mandate", "technology"):
        down = last.y + (0 if end == "technology" else -10)
        edge = _EDGE if end == "technology" else _EDGE + 3
        side = last.x + BOX[0] / 2 + 1
        return (
            [Point(first.x + BOX[0] / 2, first.y), Point(edge, first.y), Point(edge, down), Point(side, down)],
            (Point(0, 0)),
            0,
        )
    if (start, end) == ("focus-of-resistance", "professional-practice"):
        low = first.y + half + 14
        corners = [Point(first.x, first.y + half), Point(first.x, low), Point(last.x, low)]
        return [*corners, Point(last.x, last.y + half + 1)], Point(330, low), 0
    if (start, end) == ("outcome", "external-structure"):
        return (
            [_border(first, Point(first.x - 60, first.y - 34)), _border(last, Point(last.x + 60, last.y + 34))],
            (Point(118, 914)),
            0,
        )
    line = [_border(first, last), _border(last, first)]
    if (start, end) in _WORDS:
        return line, _WORDS[start, end], 0
    middle = Point((line[0].x + line[1].x) / 2, (line[0].y + line[1].y) / 2)
    if first.y == last.y:
        middle = Point(middle.x, first.y + (half + 9 if (start, end) in _UNDER else -half - 8))
    return line, middle, 0


def _line(ends: tuple[str, str], relations: list[Relation]) -> Iterator[str]:
    standing = min((relation.standing for relation in relations), key=list(Standing).index)
    kinds = list(dict.fromkeys(relation.kind for relation in relations))
    main = any(kind in _MAIN for kind in kinds)
    corners, middle, turned = _route(*ends)
    path = " L".join(f"{x:g} {y:g}" for x, y in corners)
    dashes = f' stroke-dasharray="{_LOOK[standing][2]}"' if _LOOK[standing][2] else ""
    colour, width = ("#a33b1f", 2.2) if main else ("#555555", 1.2)
    head = "main" if main else "plain"
    yield (
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes} '
        f'stroke-linejoin="round" marker-end="url(#{head})"/>'
    )
    if middle.x:
        turn = f' transform="rotate({turned} {middle.x:g} {middle.y:g})"' if turned else ""
        weight = ' font-weight="600" fill="#8a2f17"' if main else ' fill="#333333"'
        yield (
            f'<text class="word" x="{middle.x:g}" y="{middle.y + 3.5:g}"{weight}{turn}>'
            f"{escape(', '.join(kinds))}</text>"
        )


def _box(key: str) -> Iterator[str]:
    x, y = _centre(key)
    concept = FRAMEWORK[key]
    fill, line, dashes = _LOOK[concept.standing]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    big = key in _BIG
    yield (
        f'<rect x="{x - BOX[0] / 2:g}" y="{y - BOX[1] / 2:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6" '
        f'fill="{fill}" stroke="{line}" stroke-width="{2.4 if big else 1.4}"{dashed}/>'
    )
    lines = _broken(_NAMES.get(key, concept.name))
    for at, text in enumerate(lines):
        weight = ' font-weight="700"' if big else ""
        down = y + 4.5 + 15 * (at - (len(lines) - 1) / 2)
        yield f'<text class="name" x="{x:g}" y="{down:g}"{weight}>{escape(text)}</text>'


def _broken(name: str, most: int = 16) -> list[str]:
    lines = [""]
    for word in name.replace("-", "- ").split() if len(name) > most else name.split():
        if lines[-1] and len(f"{lines[-1]} {word}") > most:
            lines.append("")
        joint = "" if lines[-1].endswith("-") or not lines[-1] else " "
        lines[-1] += joint + word
    return lines


def _legend() -> Iterator[str]:
    x = 14.0
    for standing in Standing:
        fill, line, dashes = _LOOK[standing]
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield f'<rect x="{x:g}" y="50" width="16" height="12" rx="2" fill="{fill}" stroke="{line}"{dashed}/>'
        yield f'<text x="{x + 21:g}" y="60.5" font-size="12.5">{standing.value}</text>'
        x += 38 + 7.1 * len(standing.value)


def concept_map() -> str:
    """The map as SVG."""
    drawn = _drawn()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="system-ui, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif">',
        "<title>Map of the concepts</title>",
        "<style>text{fill:#1f2328}.name{font-size:13.5px;text-anchor:middle}"
        ".word{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}</style>",
        "<defs>"
        + "".join(
            f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="{size}" markerHeight="{size}" '
            f'orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="{colour}"/></marker>'
            for name, size, colour in (("plain", 7, "#555555"), ("main", 5, "#a33b1f"))
        )
        + "</defs>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    parts += [f'<text x="14" y="{y}" font-size="17" font-weight="700">{escape(text)}</text>' for y, text in _TITLES]
    parts += _legend()
    parts += [f'<path d="M14 {y} H{WIDTH - 14}" stroke="#d0d7de"/>' for y in (612, 808)]
    parts.append(f'<text x="14" y="{_NOTE[0]}" font-size="11.5">{escape(_NOTE[1])}</text>')
    lines = [part for ends, relations in drawn.items() for part in _line(ends, relations)]
    parts += [part for part in lines if part.startswith("<path")]
    parts += [part for key in _PLACES for part in _box(key)]
    parts += [part for part in lines if part.startswith("<text")]
    return "\n".join([*parts, "</svg>", ""])
