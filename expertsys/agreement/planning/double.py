"""Which units to double-code: a seeded draw, stratified by case."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_positive, listing
from expertsys._core.frames import as_text, check_columns, to_pandas
from expertsys._core.results import TableResult
from expertsys._core.rng import RNG, generator
from expertsys.agreement.planning import formulas
from expertsys.agreement.planning.result import Plan
from expertsys.agreement.ratings.profiles import Ints
from expertsys.study import Study

if TYPE_CHECKING:
    import numpy.typing as npt

#: How units without a case are called.
NO_CASE = "(no case)"


@attrs.frozen(eq=False, repr=False)
class DoubleCoding(TableResult):
    """The units that a second coder codes too, drawn at random within cases.

    Attributes
    ----------
    units : int
        How many were drawn.
    population : int
        How many there are.
    drawn : tuple of str
        Their names, in the order of the data.
    least : int
        Units drawn from every case at least, or all of a smaller one.
    seed : str
        What the draw can be repeated with.
    """

    units: int
    population: int
    drawn: tuple[str, ...]
    least: int
    seed: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Every unit in the order of the data, to hand out: index ``unit``, columns ``case``, ``document``, ``drawn``.

        `Study.with_assignments` takes it, or the result itself, to say that a second coder read the units drawn.
        """
        return self._table.copy()

    @property
    def by_case(self) -> pd.DataFrame:
        """Index ``case``: ``units`` that it has, ``drawn`` from it, and ``share``."""
        table = self._table.groupby("case", sort=False)["drawn"].agg(units="size", drawn="sum")
        made: pd.DataFrame = table.assign(share=table["drawn"] / table["units"]).rename_axis(columns="column")
        return made

    def methods_text(self) -> str:
        """A sentence or two for a methods section, with the figures."""
        cases = self.by_case
        text = (
            f"{self.units:,} of {self.population:,} units ({self.units / self.population:.0%}) were drawn at random "
            "for double coding"
        )
        if len(cases) > 1:
            text += (
                f", from each of {len(cases)} cases in proportion to its units, at least {self.least} from each "
                f"({int(cases['drawn'].min())} to {int(cases['drawn'].max())})"
            )
        return f"{text} ({self.seed})."

    def cite(self) -> tuple[str, ...]:
        """The references behind the draw."""
        return references.cite(("cochran1977",))

    def _title(self) -> str:
        return f"{self.units:,} of {self.population:,} units drawn for double coding ({self.seed})"


def double_code(
    data: Any,
    *,
    units: int | float | Plan,
    least: int = 1,
    rng: RNG,
    unit: str = "unit",
    case: str | None = "case",
    document: str = "document",
) -> DoubleCoding:
    """Draw the units that a second coder codes too: at random, in proportion from every case.

    Parameters
    ----------
    data : Study or dataframe
        A study with units, or a table with a row per unit.
    units : int, float or Plan
        How many units; which share of them, such as ``0.2``; or a plan. Of a plan for an endless population fewer are
        drawn, as these N units allow: n / (1 + n / N), rounded up.
    least : int
        Units from every case at least; all of a case that has no more. With one from each, no case is left unchecked;
        it takes two to see any disagreement vary within a case.
    rng : None, int or numpy.random.Generator
        There is no default: write down the number that you choose, and anyone can repeat the draw. It does not depend
        on the order of the rows.
    unit, case, document : str
        Names of a table's columns; ``case=None`` draws from all units alike. Units that have the same name in several
        documents (or cases) are named ``document/unit``, as `expertsys.read` names them. A table without documents will
        do.

    Returns
    -------
    DoubleCoding
        `to_frame()` is the list to hand out, `by_case` what was drawn from where.

    Raises
    ------
    DataError
        For more units than there are, fewer than `least` from every case takes, a unit twice, a missing column.

    Notes
    -----
    Shares are rounded by largest remainders, so that they add up (Cochran 1977, sec. 5.5, proportional allocation).
    Draw before anybody codes: units chosen for being easy or disputed say nothing of the rest. Intervals for
    a sample of N units are narrower by √(1 − n / N): ``Analytic(population=N)``.

    References
    ----------
    Cochran WG. Sampling Techniques. 3rd ed. Wiley, 1977.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"unit": [f"u{n:02}" for n in range(30)], "case": ["north"] * 24 + ["south"] * 6})
    >>> found = double_code(table, units=10, rng=7)
    >>> found.by_case["drawn"].to_dict()
    {'north': 8, 'south': 2}
    >>> found.drawn[:3]
    ('u05', 'u11', 'u12')
    """
    table = _units(data, unit, case, document)
    size = len(table)
    check_positive("least", least)
    wanted = _wanted(units, size)
    label = table["case"].to_numpy(dtype=object)
    codes, names = pd.factorize(label)
    sizes = np.bincount(codes, minlength=len(names)).astype(np.int64)
    numbers = _allocated(sizes, wanted, least, [str(name) for name in names])
    draw = generator(rng)
    chosen = np.zeros(size, dtype=np.bool_)
    order = np.argsort(table.index.to_numpy(dtype=object).astype(str), kind="stable")  # whatever the order of the rows
    for stratum in np.argsort(np.array(names, dtype=object).astype(str), kind="stable"):
        members = order[codes[order] == stratum]
        chosen[draw.choice(members, size=int(numbers[stratum]), replace=False)] = True
    made = table.assign(drawn=chosen).rename_axis(columns="column")
    seed = f"seed {rng}" if isinstance(rng, int) else "no seed was given" if rng is None else "by a generator"
    drawn = tuple(table.index[chosen])
    return DoubleCoding(int(chosen.sum()), size, drawn, least, seed, made)


def _units(data: Any, unit: str, case: str | None, document: str) -> pd.DataFrame:
    """Index ``unit``, columns ``case`` and, where it is known, ``document``."""
    if isinstance(data, Study):
        table = data.units
        if table.empty:
            data.require_units("double coding")
        cases = NO_CASE if case is None else table["case"].astype(object).fillna(NO_CASE)
        return table[["document"]].assign(case=cases)[["case", "document"]]
    frame = to_pandas(data)
    if frame.index.name == unit:
        frame = frame.reset_index()
    check_columns(list(frame.columns), {"unit": unit} | ({} if case is None else {"case": case}), place="double_code")
    names = as_text(frame[unit])
    if names.isna().any():
        raise DataError(f"{int(names.isna().sum())} units have no name", place=f"double_code, column {unit!r}")
    columns = {"case": pd.Series(NO_CASE, index=frame.index) if case is None else as_text(frame[case])}
    if document in frame:
        columns["document"] = as_text(frame[document])
    for field in ("document", "case"):
        if field in columns and names.duplicated().any():
            names = (columns[field] + "/" + names).where(columns[field].notna(), names)
    twice = names[names.duplicated()].unique()
    if len(twice):
        raise DataError(
            f"units that occur more than once: {listing(twice)}",
            place=f"double_code, column {unit!r}",
            remedy="Give a table with one row per unit.",
        )
    table = pd.DataFrame({name: cells.to_numpy(dtype=object) for name, cells in columns.items()})
    table["case"] = table["case"].fillna(NO_CASE)
    return table.set_index(pd.Index(names.to_numpy(), name="unit"))


def _wanted(units: int | float | Plan, size: int) -> int:
    if isinstance(units, Plan):
        endless = units.units if units.population is None else None
        wanted = units.units if endless is None else math.ceil(formulas.of_population(endless, size) - 1e-9)
    elif isinstance(units, float) and units == 1:
        raise DataError(
            "units=1.0 may be one unit or all of them",
            place="double_code(units=...)",
            remedy=f"Say units=1 or units={size}.",
        )
    elif isinstance(units, float) and 0 < units < 1:
        wanted = math.ceil(units * size - 1e-9)
    else:
        wanted = int(units) if isinstance(units, float) and units.is_integer() else units  # type: ignore[assignment]
        check_positive("units", wanted)
    if wanted > size:
        raise DataError(
            f"{wanted:,} units are wanted and there are {size:,}",
            place="double_code(units=...)",
            remedy="Double-code all of them, and say so.",
        )
    return wanted


def _allocated(sizes: Ints, wanted: int, least: int, names: list[str]) -> npt.NDArray[np.int64]:
    """Units from each stratum: its share, but not below the least nor above what it has; largest remainders."""
    floor = np.minimum(sizes, least)
    if floor.sum() > wanted:
        raise DataError(
            f"{least} from each of {len(sizes)} cases ({listing(names, most=4)}) are {int(floor.sum())} units, and "
            f"{wanted} are wanted",
            place="double_code",
            remedy=f"Draw at least {int(floor.sum())} units, or lower least.",
        )
    numbers = floor.astype(np.int64)
    open_ = np.ones(len(sizes), dtype=np.bool_)
    while True:  # strata whose share is below their floor stay there; the others divide the rest by their sizes
        quota = np.where(open_, sizes * (wanted - numbers[~open_].sum()) / max(int(sizes[open_].sum()), 1), numbers)
        below = open_ & (quota < floor)
        if not below.any():
            break
        open_ &= ~below
    whole = np.where(open_, np.maximum(np.floor(quota + 1e-9), floor), numbers).astype(np.int64)
    rest = wanted - int(whole.sum())
    remainder = np.where(open_ & (whole < sizes), quota - whole, -np.inf)
    whole[np.argsort(-remainder, kind="stable")[:rest]] += 1
    return whole
