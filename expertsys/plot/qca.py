"""Pictures of Qualitative Comparative Analysis: subset plots, overlaps of terms, calibration, robustness."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, DegenerateWarning, check_choice, check_positive, listing
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten, title
from expertsys.qca.calibrate import Method, calibrate
from expertsys.qca.fit import Floats, necessity, sufficiency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.qca import Solution, Sweep

#: Light tints behind quadrants and cells.
PALE, TINT = "#f2f2f2", "#cfe1ec"


def xy_plot(
    x: pd.Series[Any],
    y: pd.Series[Any],
    *,
    relation: Literal["sufficiency", "necessity"] = "sufficiency",
    most: int = 25,
    ax: Axes | None = None,
) -> Axes:
    """Draw cases by their membership in a set and in the outcome, with the quadrants, contradicting cases named.

    Parameters
    ----------
    x, y : pandas.Series, shape (n,)
        Memberships in [0, 1], index ``case``; the names are those of the sets.
    relation : {"sufficiency", "necessity"}
        Cases above the diagonal agree with sufficiency, cases below it with necessity.
    most : int
        Cases named: those that contradict most, then those deepest in both sets.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import pandas as pd
    >>> x, y = pd.Series([0.9, 0.2], name="A"), pd.Series([0.8, 0.6], name="Y")
    >>> xy_plot(x, y).get_xlabel()
    'membership in A'
    """
    check_choice("relation", relation, ("sufficiency", "necessity"))
    check_positive("most", most)
    x, y = (
        one if isinstance(one, pd.Series) else pd.Series(list(one), name=name) for one, name in ((x, "x"), (y, "y"))
    )
    if len(x) != len(y):
        raise DataError(f"{len(x)} memberships in x and {len(y)} in y", place="xy_plot")
    own, other = x.to_numpy(dtype=np.float64), y.to_numpy(dtype=np.float64)
    for name, scores in (("x", own), ("y", other)):
        if not ((scores >= 0) & (scores <= 1)).all():
            strange = x.index[~((scores >= 0) & (scores <= 1))]
            raise DataError(
                f"{name} is no membership in [0, 1] for {listing(strange, 5)}",
                place="xy_plot",
                remedy="Calibrate it, or leave these cases out.",
            )
    ax = axes(ax, width=6.0, height=5.6)
    low = np.array([0.0, 1.0])
    if relation == "sufficiency":
        ax.fill_between(low, low, 1, color=PALE, linewidth=0)
    else:
        ax.fill_between(low, 0, low, color=PALE, linewidth=0)
    ax.plot(low, low, color=MUTED, linewidth=1)
    ax.axhline(0.5, color=MUTED, linewidth=0.8, linestyle="--")
    ax.axvline(0.5, color=MUTED, linewidth=0.8, linestyle="--")
    against = (own > 0.5) & (other < 0.5) if relation == "sufficiency" else (own < 0.5) & (other > 0.5)
    ax.scatter(own[~against], other[~against], s=26, color=INK, zorder=3, linewidth=0)
    ax.scatter(own[against], other[against], s=34, color=ACCENT, zorder=3, linewidth=0, marker="D")
    depth = np.where(against, 2 + np.abs(own - other), np.minimum(own, other))
    named = np.argsort(-depth, kind="stable")[:most]
    _name_points(ax, own, other, [str(name) for name in x.index], named)
    if relation == "sufficiency":
        fit = sufficiency(own, other)
        told = f"consistency {float(fit.consistency):.3f}, PRI {float(fit.pri):.3f}, coverage {float(fit.coverage):.3f}"
        sign = "⊆"
    else:
        need = necessity(own, other)
        told = f"consistency {float(need.consistency):.3f}, coverage {float(need.coverage):.3f}"
        told += f", RoN {float(need.ron):.3f}"
        sign = "⊇"
    outcome = shorten(y.name, 24)
    title(ax, f"{shorten(x.name, 68 - len(outcome))} {sign} {outcome}\n{told}")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.06))
    ax.set_aspect("equal")
    ax.set_xlabel(f"membership in {shorten(x.name, 50)}")
    ax.set_ylabel(f"membership in {shorten(y.name, 50)}")
    plain(ax)
    return ax


def _name_points(ax: Axes, x: Floats, y: Floats, names: Sequence[str], chosen: Any) -> None:
    """Names beside points; those at one place share a label, and a label that would cover another is left out."""
    groups: dict[tuple[float, float], list[str]] = {}
    for place in chosen:
        groups.setdefault((round(float(x[place]), 2), round(float(y[place]), 2)), []).append(shorten(names[place], 18))
    points = sorted({(round(float(a), 2), round(float(b), 2)) for a, b in zip(x, y, strict=True)})
    taken = [(a - 0.01, b - 0.01, a + 0.01, b + 0.01) for a, b in points]
    for (left, low), own in groups.items():
        text = ", ".join(own[:3]) + (f" +{len(own) - 3}" if len(own) > 3 else "")
        width = 0.0135 * len(text)
        for shift, side in (
            ((0.015, 0.0), "left"),
            ((-0.015, 0.0), "right"),
            ((0.0, 0.03), "left"),
            ((0.0, -0.03), "left"),
        ):
            start = left + shift[0] - (width if side == "right" else 0)
            box = (start, low + shift[1] - 0.013, start + width, low + shift[1] + 0.013)
            free = all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in taken)
            if free and box[0] > -0.04 and box[2] < 1.22:
                taken.append(box)
                ax.text(
                    left + shift[0], low + shift[1], text, ha=side, va="center", fontsize=7, color="#333333", zorder=4
                )
                break


def upset(solution: Solution, *, model: int | str = 1, ax: Axes | None = None) -> Axes:
    """Draw how many cases each combination of a model's terms covers, with the outcome and without it.

    Parameters
    ----------
    solution : Solution
        As `expertsys.qca.minimise` gives it.
    model : int or str
        Its number, from 1.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Bars above, and below them which terms are meant; the last bar holds the cases that no term covers.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> upset(minimise(truth, solution="conservative")).get_ylabel()
    'cases'
    """
    chosen, truth = solution.model(model), solution.truth
    held = np.array([fit.term.membership(truth.scores.table) > 0.5 for fit in chosen.terms]).T
    y = truth.membership > 0.5
    patterns, own = np.unique(held, axis=0, return_inverse=True)
    own = own.ravel()
    count = np.bincount(own, minlength=len(patterns))
    terms = len(chosen.terms)
    full = patterns.sum(axis=1)
    ordered = np.lexsort((-count, full, full == 0)).tolist()
    longest = max(len(shorten(fit.expression, 40)) for fit in chosen.terms)
    ax = axes(ax, width=max(5.2, 2.6 + 0.075 * longest + 0.55 * len(ordered)), height=2.6 + 0.3 * terms)
    highest = max(1, int(count.max()))
    row = highest * 0.13
    for place, pattern in enumerate(ordered):
        inside = own == pattern
        positive, negative = int((inside & y).sum()), int((inside & ~y).sum())
        label = ("with the outcome", "without it") if not place else (None, None)
        ax.bar(place, positive, color=INK, width=0.62, label=label[0])
        shaded: Any = {"hatch": "///", "edgecolor": "white", "linewidth": 0}
        ax.bar(place, negative, bottom=positive, color=ACCENT, width=0.62, label=label[1], **shaded)
        ax.text(place, positive + negative + highest * 0.02, str(positive + negative), ha="center", fontsize=8)
        lines = [-(number + 1) * row for number in range(terms) if patterns[pattern][number]]
        for number in range(terms):
            colour = INK if patterns[pattern][number] else "#d5d5d5"
            ax.scatter(place, -(number + 1) * row, s=36, color=colour, zorder=3, linewidth=0)
        if len(lines) > 1:
            ax.plot([place, place], [min(lines), max(lines)], color=INK, linewidth=1.6, zorder=2)
        if not lines:
            ax.text(place, -(terms + 1) * row, "none", ha="center", va="center", fontsize=8, color=MUTED)
    for number, fit in enumerate(chosen.terms):
        ax.text(-0.75, -(number + 1) * row, shorten(fit.expression, 40), ha="right", va="center", fontsize=9)
    ax.axhline(0, color="#444444", linewidth=0.8)
    ax.set(xlim=(-0.7, len(ordered) - 0.3), ylim=(-(terms + 1.6) * row, highest * 1.15))
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= highest and float(tick).is_integer()])
    ax.set_xticks([])
    ax.set_ylabel("cases", loc="top")
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    title(ax, f"Cases that the terms cover, for {shorten(truth.outcome)}{solution.which(model)}")
    plain(ax)
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(False)
    return ax


def calibration_curve(
    values: Any,
    *,
    anchors: Sequence[float],
    method: Method = "direct",
    most: int = 20,
    ax: Axes | None = None,
    **options: Any,
) -> Axes:
    """Draw raw values against the memberships that anchors give them, with the anchors.

    Parameters
    ----------
    values : array_like, shape (n,)
        Raw values; a pandas Series gives names of cases and of the axis.
    anchors : sequence of float
        As in `expertsys.qca.calibrate`.
    method : str
        As there.
    most : int
        Cases named, those nearest to the crossover: the ones that a small move of it would turn.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.
    **options
        Further options of `expertsys.qca.calibrate`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> calibration_curve([2, 4, 8, 20], anchors=(2.5, 5, 20)).get_ylabel()
    'membership'
    """
    check_positive("most", most)
    series = values if isinstance(values, pd.Series) else pd.Series(list(values))
    series = pd.to_numeric(series).dropna()
    if series.empty:
        raise DataError("there are no values", place="calibration_curve")

    def memberships(those: pd.Series[Any]) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateWarning)  # the picture shows who is at 0.5
            return calibrate(those, anchors=anchors, method=method, **options).to_numpy(dtype=np.float64)

    scores = memberships(series)
    raw = series.to_numpy(dtype=np.float64)
    ax = axes(ax, width=6.4, height=4.2)
    if method in ("direct", "linear"):
        ends = [float(raw.min()), float(raw.max()), *map(float, anchors)]
        grid = np.linspace(min(ends), max(ends), 400)
        ax.plot(grid, memberships(pd.Series(grid)), color=MUTED, linewidth=1.2, zorder=1)
    names = {3: ("out", "crossover", "full"), 6: ("out", "crossover", "full", "full", "crossover", "out")}
    for place, point in enumerate(anchors):
        ax.axvline(float(point), color=MUTED, linewidth=0.8, linestyle=":")
        told = names.get(len(anchors), tuple(f"threshold {n + 1}" for n in range(len(anchors))))[place]
        ax.text(float(point), 1.02, f"{told} {float(point):g}", rotation=35, ha="left", va="bottom", fontsize=8,
                color="#444444", transform=ax.get_xaxis_transform())  # fmt: skip
    top = max(1.0, float(np.nanmax(scores)))
    if top <= 1:
        ax.axhline(0.5, color=MUTED, linewidth=0.8, linestyle="--")
    ax.scatter(raw, scores, s=24, color=INK, zorder=3, linewidth=0)
    if isinstance(values, pd.Series) and top <= 1:
        x = (raw - raw.min()) / max(float(np.ptp(raw)), 1e-12)
        near = np.argsort(np.abs(scores - 0.5), kind="stable")[:most]
        _name_scaled(ax, raw, x, scores, [str(name) for name in series.index], near)
    ax.set_ylim(-0.04 * top, 1.04 * top)
    ax.set_xlabel(shorten(series.name if series.name is not None else "raw value", 60))
    ax.set_ylabel("membership" if top <= 1 else "level")
    plain(ax)
    return ax


def _name_scaled(ax: Axes, raw: Floats, x: Floats, y: Floats, names: Sequence[str], chosen: Any) -> None:
    """Names to the right of points where there is room."""
    taken = [(float(a) - 0.008, float(a) + 0.008, float(b)) for a, b in zip(x, y, strict=True)]
    for place in chosen:
        text = shorten(names[place], 18)
        start, width = float(x[place]) + 0.012, 0.013 * len(text)
        if all(start + width < left or start > right or abs(y[place] - low) > 0.035 for left, right, low in taken):
            taken.append((start, start + width, float(y[place])))
            ax.annotate(
                text, (raw[place], y[place]), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7
            )


def robustness_map(sweep: Sweep, *, most: int = 60, ax: Axes | None = None) -> Axes:
    """Draw where the models stay the same as cut-offs move, and how many of the initial terms are kept where not.

    Parameters
    ----------
    sweep : Sweep
        As `expertsys.qca.sweep`, `sweep_anchors` or `leave_one_out` give it. Over one or two cut-offs a grid, else a
        list.
    most : int
        Rows of a list; with more, those that change most, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A dark cell: the same models. A light one: the figure says how many terms of the initial model some model keeps.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys import qca
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1], "B": [0.8, 0.2, 0.9, 0.1], "Y": [0.9, 0.6, 0.4, 0.2]})
    >>> truth = qca.truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    >>> found = qca.sweep(qca.minimise(truth, solution="conservative"), consistency_cutoff=[0.75, 0.8, 0.95])
    >>> robustness_map(found).get_xlabel()
    'consistency cut-off'
    """
    check_positive("most", most)
    table, size = sweep.table, sweep.initial.count(" + ") + 1
    names = {
        "consistency_cutoff": "consistency cut-off",
        "pri_cutoff": "PRI cut-off",
        "frequency_cutoff": "frequency cut-off",
    }
    drawn = f"{shorten(sweep.initial, 60)} ({sweep.which[2:]})" if sweep.which else shorten(sweep.initial, 60)
    told = f"Same models as {drawn} in {int(table['same'].sum())} of {len(table)}"
    told += "; else how many of its terms are kept"
    grid = len(sweep.varied) <= 2 and set(sweep.varied) <= set(names)
    if grid:
        across = sorted(table[sweep.varied[0]].unique())
        down = sorted(table[sweep.varied[1]].unique(), reverse=True) if len(sweep.varied) > 1 else [""]
        cells = {
            (row[sweep.varied[0]], row[sweep.varied[1]] if len(sweep.varied) > 1 else ""): row
            for _, row in table.iterrows()
        }
        ax = axes(ax, width=max(5.2, 2.2 + 0.7 * len(across)), height=1.9 + 0.45 * len(down))
        _cells(ax, [[cells.get((column, row)) for column in across] for row in down], size)
        ax.set_xticks(range(len(across)), [f"{value:g}" for value in across], fontsize=9)
        ax.set_yticks(range(len(down)), [f"{value:g}" if value != "" else "" for value in down], fontsize=9)
        ax.set_xlabel(names[sweep.varied[0]])
        ax.set_ylabel(names[sweep.varied[1]] if len(sweep.varied) > 1 else "")
    else:
        labels = [str(key) for key in table.index]
        if "anchors" in table or len(sweep.varied) > 1:
            labels = [" / ".join(map(str, row)) for row in table[list(sweep.varied)].to_numpy()]
        ordered = np.argsort(table["kept"].to_numpy() + 1000 * table["same"].to_numpy(), kind="stable")[:most]
        ordered = np.sort(ordered)
        if len(ordered) < len(table):
            told += f"; the {len(ordered)} that change most"
        ax = axes(ax, width=7.4, height=1.3 + 0.25 * len(ordered))
        _cells(ax, [[table.iloc[place]] for place in ordered], size)
        ax.set_aspect("auto")
        for row, place in enumerate(ordered):
            text = str(table["expression"].iloc[place]) or "no model"
            ax.text(0.6, row, shorten(text, 70), va="center", fontsize=8)
        ax.set_yticks(range(len(ordered)), [shorten(labels[place], 30) for place in ordered], fontsize=8)
        ax.set_xticks([])
        ax.set_xlim(-0.5, 8)
    title(ax, told, wrap=True)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    return ax


def _cells(ax: Axes, rows: Sequence[Sequence[pd.Series[Any] | None]], size: int) -> None:
    from matplotlib.patches import Rectangle

    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            if cell is None:
                continue
            same, none = bool(cell["same"]), not cell["models"]
            face = INK if same else "white" if none else TINT if cell["kept"] else PALE
            edge: Any = {"facecolor": face, "edgecolor": MUTED, "linewidth": 0.6}
            ax.add_patch(Rectangle((across - 0.48, down - 0.46), 0.96, 0.92, **edge))
            text = "same" if same else "no model" if none else f"{int(cell['kept'])} of {size}"
            ax.text(across, down, text, ha="center", va="center", fontsize=8, color="white" if same else "black")
    ax.set(xlim=(-0.5, len(rows[0]) - 0.5), ylim=(len(rows) - 0.5, -0.5))
