"""From a truth table to solutions: conservative, parsimonious, intermediate; all models that tie."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from operator import attrgetter
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, check_list, check_positive
from expertsys._core.progress import stage, track
from expertsys.qca import primes
from expertsys.qca.cover import Covers, irredundant, minimum
from expertsys.qca.enhanced import rows_of
from expertsys.qca.expectations import Expectation, read_expectations
from expertsys.qca.expression import Expression, texts_of
from expertsys.qca.fitter import Fitter
from expertsys.qca.primes import Ints, late
from expertsys.qca.solution import Model, Origin, Solution
from expertsys.qca.truth import TruthTable, renumbered

Kind = Literal["conservative", "parsimonious", "intermediate"]
KINDS: tuple[Kind, ...] = ("conservative", "parsimonious", "intermediate")
#: Configurations up to which remainders are listed one by one, as simplifying assumptions.
MOST_LISTED = 1 << 20


@attrs.frozen(eq=False)
class _Found:
    """Prime implicants, the chart over the positive rows, and the covers of it."""

    cubes: Ints
    chart: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    covers: Covers


def minimise(
    truth: TruthTable,
    *,
    solution: Kind,
    expectations: Sequence[str] = (),
    exclude: Iterable[int | str | Expression] | None = None,
    contradictions: Literal["negative", "remainders"] = "negative",
    models: Literal["minimum", "irredundant"] = "minimum",
    max_models: int = 1000,
    time_limit: float | None = None,
) -> Solution:
    """Reduce the positive rows of a truth table to the shortest expressions that cover them and no negative row.

    Parameters
    ----------
    truth : TruthTable
        As `truth_table` gives it.
    solution : {"conservative", "parsimonious", "intermediate"}
        Without assumptions about remainders; with any that simplifies; with those that agree with `expectations`.
    expectations : sequence of str
        For the intermediate solution: how conditions are expected to contribute, such as ``("A", "~B")``; ``"C[2]"``
        for a level; ``"~A*B"`` for a conjunction. Each of them counts, see Notes. Two for the same condition (or the
        same conditions) are alternatives; where they name all its levels, no direction is expected, and the solution's
        note says so.
    exclude : iterable of int or str, optional
        Rows that no assumption may be made about, such as the untenable ones of an enhanced standard analysis, see
        `untenable`: their numbers, or expressions such as ``"~A*B"``, which stand for all rows in them that are not
        positive.
    contradictions : {"negative", "remainders"}
        What rows marked "C" count as; as remainders they may be assumed positive in any solution.
    models : {"minimum", "irredundant"}
        All with the fewest terms, or all from which no term can be dropped.
    max_models : int
        No more models than this are listed, and the solution says so where there are more.
    time_limit : float, optional
        Seconds for the whole; what is known by then is given, with its proven bound.

    Returns
    -------
    Solution
        Without a model, and with a note, where no row is positive.

    Raises
    ------
    DataError
        Where expectations are given for another kind of solution, or none for an intermediate one; where an excluded
        row is positive or does not exist; where a condition does not apply in a positive row, and a row that says
        otherwise differs from it in that condition only.

    Notes
    -----
    "Minimum" counts terms, as in R: ``QCA::minimize(tt, include="?", dir.exp=..., details=TRUE)``; all models that tie
    are listed, whatever their number of literals. A small cover is found by exchanging terms, and branching under the
    bounds of the linear relaxation proves that none is smaller, or how small one could be when the time was up.

    For an intermediate solution each conservative term K is compared with each parsimonious term P that holds it. At
    issue are the literals of K that P does not have. A single expectation drops the one that it contradicts. A
    conjunction is compared with those of its conditions that are at issue: where one of them contradicts it, all of
    them are dropped, and else none; conditions that K does not name, or shares with P, do not matter. A conjunction
    that holds another expectation adds nothing to it: ``A`` and ``A*B`` are ``A``. Assumptions of the parsimonious
    model that a shortened K covers are the easy counterfactuals. For one conjunction this is what R does; of several
    expectations with a conjunction among them R 3.25.1 applies the last conjunction only, and this function all.

    References
    ----------
    Ragin CC. Redesigning Social Inquiry. University of Chicago Press, 2008, ch. 8–9. Duşa A. QCA with R. Springer,
    2019, ch. 8. doi:10.1007/978-3-319-75668-4

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import truth_table
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> minimise(truth, solution="conservative").models[0].expression
    'A'

    Where A is present the outcome is; B makes no difference.
    """
    check_choice("solution", solution, KINDS)
    check_choice("models", models, ("minimum", "irredundant"))
    check_choice("contradictions", contradictions, ("negative", "remainders"))
    check_positive("max_models", max_models)
    check_list("exclude", exclude)
    wanted = read_expectations(expectations, truth)
    if bool(wanted) != (solution == "intermediate"):
        raise DataError(
            "expectations belong to the intermediate solution, and it needs them"
            if solution == "intermediate"
            else f"the {solution} solution takes no expectations",
            place="minimise",
            remedy="Say solution='intermediate', expectations=('A', '~B'), or leave them out.",
        )
    how: dict[str, Any] = {
        "expectations": tuple(expectations),
        "exclude": tuple(dict.fromkeys(exclude or ())),
        "contradictions": contradictions,
        "models": models,
        "max_models": max_models,
        "time_limit": time_limit,
    }
    with track(3 if solution == "intermediate" else 1, f"{solution} solution") as step:
        return attrs.evolve(_minimised(truth, solution, wanted, step=step, **how), how=how)


def repeated(solution: Solution, truth: TruthTable) -> Solution:
    """The same minimisation of another truth table.

    Rows that were excluded are the same configurations there, whatever their numbers; what is positive there is not
    excluded.
    """
    positive = set(truth.rows.index[truth.rows["out"] == "1"].tolist())
    kind: Any = solution.kind
    given = solution.how["exclude"]
    numbers = renumbered(solution.truth, truth, [row for row in given if not isinstance(row, str | Expression)])
    exclude: list[int | str | Expression] = [row for row in given if isinstance(row, str | Expression)]
    exclude += [row for row in numbers.values() if row not in positive]
    return minimise(truth, solution=kind, **{**solution.how, "exclude": exclude})


def _minimised(
    truth: TruthTable,
    solution: Kind,
    wanted: Sequence[Expectation],
    *,
    exclude: Iterable[int | str | Expression],
    contradictions: str,
    models: str,
    max_models: int,
    time_limit: float | None,
    step: Callable[[], object],
    **_: Any,
) -> Solution:
    end = None if time_limit is None else time.monotonic() + time_limit
    positive = truth.configurations("1")
    negative = truth.configurations("0", *(("C",) if contradictions == "negative" else ()))
    forbidden = np.vstack([negative, _excluded(truth, exclude)])
    if not len(positive) or (solution != "conservative" and not len(forbidden)):
        return _nothing(truth, solution)

    def covered(cubes: Ints, *, whole: bool = True) -> _Found:
        stage(f"{len(cubes):,} prime implicants")
        chart = primes.covers(cubes, positive)
        if not chart.any(axis=0).all():
            raise _unspoken(truth, positive[~chart.any(axis=0)], forbidden)
        search = minimum if models == "minimum" else irredundant
        covers = search(chart, most=max_models, end=end)
        step()
        return _Found(cubes, chart, covers if whole else Covers(covers.found, 1, complete=False))

    def shortest() -> _Found:
        cubes, whole = primes.apart(positive, forbidden, truth.levels, applicable=truth.applicable, end=end)
        return covered(cubes, whole=whole)

    if solution == "parsimonious":
        return _solution(truth, solution, shortest(), _remainders(truth, positive, forbidden))
    allowed = positive if contradictions == "negative" else truth.configurations("1", "C")
    alike = primes.stand_ins(positive, truth.applicable)
    assumed = alike[~np.isin(truth.number(alike), truth.number(np.vstack([positive, forbidden])))]

    def spared(more: Ints) -> Ints:
        rows = primes.closed(np.vstack([allowed, assumed, more]), forbidden, truth.levels, truth.applicable)
        return primes.within(positive, rows, truth.levels, applicable=truth.applicable)

    conservative = covered(spared(positive[:0]))
    if solution == "conservative":
        return _solution(truth, solution, conservative, assumed)
    parsimonious, remainders = shortest(), _remainders(truth, positive, forbidden)
    return _intermediate(truth, wanted, conservative, parsimonious, spared, positive, remainders, max_models, end)


def _excluded(truth: TruthTable, exclude: Iterable[int | str | Expression]) -> Ints:
    numbers: set[int] = set()
    named: set[int] = set()
    for one in exclude:
        if isinstance(one, str | Expression):
            named |= set(rows_of(truth, one))
        else:
            numbers.add(one)
    positive = set(truth.rows.index[truth.rows["out"] == "1"].tolist())
    rows = np.array(sorted(numbers | (named - positive)), dtype=np.int64)
    found = truth.configuration(rows) if len(rows) else np.empty((0, len(truth.levels)), dtype=np.int64)
    clash = sorted(positive & numbers)
    if clash:
        raise DataError(
            f"row {clash[0]} is positive and cannot be excluded",
            place="exclude",
            remedy="Exclude remainders; raise a cut-off to change what is positive.",
        )
    return found


def _remainders(truth: TruthTable, positive: Ints, forbidden: Ints) -> Ints:
    """Configurations about which an assumption may be made; none listed where there are too many."""
    total = int(np.prod(truth.levels, dtype=np.float64))
    if total > MOST_LISTED:
        return positive[:0]
    known = np.concatenate([truth.number(positive), truth.number(forbidden)])
    left = truth.configuration(np.setdiff1d(np.arange(1, total + 1), known))
    return np.asarray(left[(left < np.array(truth.applicable)).all(axis=1)])


def _unspoken(truth: TruthTable, rows: Ints, forbidden: Ints) -> DataError:
    """What to say of a positive row in which a condition does not apply, where no term without it will do."""
    own = int(truth.number(rows[:1])[0])
    alike = truth.number(primes.stand_ins(rows[:1], truth.applicable))
    clash = alike[np.isin(alike, truth.number(forbidden))]
    other = f": row {int(clash[0])}, where it applies, has no outcome or is excluded" if len(clash) else ""
    return DataError(
        f"row {own} is positive, a condition does not apply in it, and no term without that condition covers it{other}",
        place="minimise",
        remedy="Make 'does not apply' a level of the condition: 2 beside 0 and 1.",
    )


def _nothing(truth: TruthTable, kind: str) -> Solution:
    if (truth.rows["out"] == "1").any():
        note = "no row is negative, so nothing can be told apart: compare with cases that lack the outcome"
    elif len(truth.rows) and (truth.rows["out"] == "?").all():
        most, cut = int(truth.rows["n"].max()), truth.settings["frequency_cutoff"]
        note = f"no row has as many cases as the frequency cut-off asks for ({cut:g}); the largest has {most}"
    else:
        most = truth.rows["consistency"].max()
        note = f"no row is positive; the most consistent has {most:.3f}"
    return Solution(kind, (), pd.DataFrame(), (), 0, complete=True, truth=truth, note=note)


def _solution(truth: TruthTable, kind: Kind, found: _Found, remainders: Ints) -> Solution:
    used = sorted({place for cover in found.covers.found for place in cover})
    fitter = Fitter.of(truth, found.cubes[used], remainders)
    own = {place: number for number, place in enumerate(used)}
    models = sorted(
        (fitter.model([own[place] for place in cover]) for cover in found.covers.found), key=attrgetter("order")
    )
    rows = truth.rows.index[truth.rows["out"] == "1"]
    names = texts_of(found.cubes, truth.conditions, truth.applicable)
    chart = pd.DataFrame(found.chart, index=pd.Index(names, name="implicant"), columns=rows)
    alone = np.asarray(found.chart[:, found.chart.sum(axis=0) == 1].any(axis=1))
    essential = tuple(name for name, only in zip(names, alone, strict=True) if only)
    note = _ambiguity(models, found.covers)
    if kind == "conservative" and not set(truth.rows["out"]) & {"0", "C"}:
        told = "no row is negative"
        told += (
            ", and all configurations occur: the model is true everywhere, so that nothing is explained"
            if any(model.expression == "1" for model in models)
            else ": the model says which configurations occur, not what sets them apart from others"
        )
        note = f"{note}; {told}" if note else told
    if kind == "conservative" and models and models[0].assumptions:
        like = ", ".join(map(str, models[0].assumptions[:10])) + (", …" if len(models[0].assumptions) > 10 else "")
        told = f"rows in which a condition does not apply stand for those in which it does (row {like})"
        note = f"{note}; {told}" if note else told
    return Solution(kind, tuple(models), chart, essential, found.covers.bound, found.covers.complete, truth, note)


def _ambiguity(models: Sequence[Model], covers: Covers) -> str:
    notes = []
    if len(models) > 1:
        notes.append(f"{len(models):,} models fit equally well: none of them alone is the solution")
    if models and covers.bound and models[0].order[0] > covers.bound:
        fewer = f"{covers.bound} term{'s' * (covers.bound > 1)}"
        notes.append(f"a model of {fewer} is not ruled out: the search was stopped")
    elif not covers.complete:
        notes.append("more models tie than are listed")
    return "; ".join(notes)


def _intermediate(
    truth: TruthTable,
    wanted: Sequence[Expectation],
    conservative: _Found,
    parsimonious: _Found,
    spared: Callable[[Ints], Ints],
    positive: Ints,
    remainders: Ints,
    max_models: int,
    end: float | None,
) -> Solution:
    """Between each conservative and each parsimonious model; Ragin 2008, ch. 9."""
    if len(remainders) == 0 and truth.n_remainders > MOST_LISTED:
        raise DataError(
            f"{truth.n_remainders:,} remainders are too many for counterfactuals one by one",
            place="minimise",
            remedy="Use fewer conditions.",
        )
    models: dict[str, Model] = {}
    complete, bound = conservative.covers.complete and parsimonious.covers.complete, 0
    pairs = len(conservative.covers.found) * len(parsimonious.covers.found)
    for (c, complex_cover), (p, short_cover) in product(
        enumerate(conservative.covers.found, start=1), enumerate(parsimonious.covers.found, start=1)
    ):
        stage(f"pair C{c}P{p} of {pairs:,}")
        longer, shorter = conservative.cubes[list(complex_cover)], parsimonious.cubes[list(short_cover)]
        assumed = remainders[primes.covers(shorter, remainders).any(axis=0)]
        reduced = _reduced(longer, shorter, wanted)
        easy = assumed[primes.covers(reduced, assumed).any(axis=0)]
        hard = assumed[~primes.covers(reduced, assumed).any(axis=0)]
        cubes = spared(easy)
        found = minimum(primes.covers(cubes, positive), most=max_models, end=end)
        complete &= found.complete
        bound = max(bound, found.bound)
        used = sorted({place for cover in found.found for place in cover})
        fitter, places = Fitter.of(truth, cubes[used], remainders), {place: n for n, place in enumerate(used)}
        origin = Origin(
            f"C{c}P{p}", tuple(sorted(truth.number(easy).tolist())), tuple(sorted(truth.number(hard).tolist()))
        )
        for cover in found.found:
            model = fitter.model([places[place] for place in cover], (origin,))
            known = models.get(model.expression)
            if known is not None:
                models[model.expression] = attrs.evolve(known, origins=(*known.origins, origin))
            elif len(models) < max_models:
                models[model.expression] = model
            else:
                complete = False
        if late(end):
            complete = False
            break
    ordered = tuple(sorted(models.values(), key=attrgetter("order")))
    notes = []
    if len(ordered) > 1:
        notes.append(
            f"{len(ordered):,} models lie between conservative and parsimonious ones: none alone is the solution"
        )
    if not complete:
        notes.append("more models tie than are listed")
    undirected = [name for name in (expectation.undirected(truth) for expectation in wanted) if name]
    if undirected:
        notes.append(f"no direction is expected for {', '.join(undirected)}: the expectations name every level")
    return Solution("intermediate", ordered, pd.DataFrame(), (), bound, complete, truth, "; ".join(notes))


def _reduced(longer: Ints, shorter: Ints, wanted: Sequence[Expectation]) -> Ints:
    """Conservative terms without what no expectation supports, each within the parsimonious terms that hold it."""
    found = []
    for term in longer:
        for part in shorter:
            if not (((part < 0) | (part == term)).all()):
                continue
            kept = term.copy()
            for expectation in wanted:
                kept[list(expectation.contradicted(term, part))] = -1
            found.append(kept)
    return np.unique(np.array(found, dtype=np.int64).reshape(len(found), longer.shape[1]), axis=0)
