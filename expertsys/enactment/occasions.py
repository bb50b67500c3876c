"""Tables of situations, reduced to distinct combinations per site and how often each occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.dates import days
from expertsys._core.errors import DataError, listing, quoted
from expertsys._core.frames import as_text, check_columns, to_pandas
from expertsys.enactment import columns as usual
from expertsys.study import Study

Counts: TypeAlias = npt.NDArray[np.int64]
Columns: TypeAlias = str | Sequence[str]

#: So many situations must be there before descriptions are taken for free text, with such a share of distinct ones.
_MANY, _NEARLY_ALL, _HALF, _LONG = 12, 0.8, 0.5, 40
_ACTIONS = ("prescribed", "taken")
#: Columns that are looked at for who acted, if none is called so.
_MOST_TRIED = 30


@attrs.frozen(eq=False)
class Occasions:
    """Distinct combinations of what was recorded of a situation, with their counts.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per combination, a text column per role (``site``, ``local``, ...), missing where blank; rows in order
        of their roles.
    counts : ndarray of int, shape (P,)
        Situations with this combination.
    repeated : int
        Rows of a situation that another row had already described, as where several coders did; or of a visit, a
        patient or the like that another row is of, too.
    grouped : str
        The column that says what these rows share; empty where it is the situation.
    remarks : tuple of str
        How cells and columns were read, where that is not obvious.
    person : str
        The column that says who acted; empty where none is known, or no person has several situations.
    dated : str
        The columns that say when.
    known_after : str
        Why the local description can have been known only after the action; empty where it need not.
    unnumbered : bool
        Whether several coders described situations of one site, and no column says which of their rows are of one.
    """

    table: pd.DataFrame
    counts: Counts
    repeated: int = 0
    grouped: str = ""
    remarks: tuple[str, ...] = ()
    person: str = ""
    dated: str = ""
    known_after: str = ""
    unnumbered: bool = False

    @classmethod
    def of(
        cls,
        situations: Any,
        roles: Mapping[str, Columns],
        *,
        optional: Mapping[str, str | None] | None = None,
        site: str = "site",
    ) -> Occasions:
        """Reduce a table, on whatever engine holds it, or the situations of a study.

        Parameters
        ----------
        situations : dataframe or Study
            One row per situation.
        roles : mapping
            Role to the column that has it, or to several that combine. Several that make up a local description are
            missing where all are; any others, such as case and site, where one is. Where there is no column ``site``,
            the column ``case`` takes its place.
        optional : mapping
            Further roles; one that bears its own name is left out where there is no such column, but usual names, such
            as ``situation_id`` and ``rater``, are looked for first. ``weight`` (how many situations a row stands
            for) and ``situation`` (what it is called) do not become columns; ``date`` becomes ``month``.
        site : str
            The keyword by which the caller is given the column of the site, for errors.
        """
        frame = of_study(situations) if isinstance(situations, Study) else situations
        if isinstance(situations, Study) and not len(frame):
            raise DataError("the study has no situations", place="study.situations", remedy="Give it a table of them.")
        try:
            native: Any = nw.from_native(frame)
        except TypeError:
            raise DataError(
                f"expected a table of situations or a Study, not {type(frame).__name__}",
                place="situations",
                remedy="Read the file first, for instance pandas.read_csv(path, dtype=str).",
            ) from None
        remarks: list[str] = []
        names = native.collect_schema().names()
        given = dict(optional or {})
        wanted = _columns(native, roles, given, remarks)
        said = {"site": site}
        check_columns(
            names,
            {
                said.get(role, role) + (f", {column}" if len(group) > 1 else ""): column
                for role, group in wanted.items()
                for column in group
            },
            place="situations",
        )
        weight, name = (wanted.pop(role, [None])[0] for role in ("weight", "situation"))
        identity = [column for role in ("case", "site", "person") for column in wanted.get(role, [])]
        identity = [*dict.fromkeys(identity)]
        repeated, grouped = 0 if name is None else _repeated(native, identity, name), ""
        free = _free(names, wanted)
        if not repeated and (column := _group(native, wanted["site"], free)):
            repeated = _repeated(native, identity, column)
            grouped = column if repeated else ""
        if grouped and "person" not in wanted:
            wanted["group"] = [grouped]
        if not repeated and given.get("person") == "person" and "person" not in wanted:
            others = [column for column in free if column not in (weight, name)]
            remarks += _unnamed(native, wanted["site"], others)
        counted = _counted(native, [column for group in wanted.values() for column in group], weight)
        if not len(counted):
            raise DataError("there is no situation in the table", place="situations", remedy="Check what was selected.")
        size = counted["situations"].to_numpy(dtype=np.int64)
        cells = {
            role: [usual.read_cells(counted[column], size, column, role, remarks) for column in group]
            for role, group in wanted.items()
        }
        if actions := [(role, column) for role in _ACTIONS for column in wanted.get(role, [])]:
            read = [column for role in _ACTIONS for column in cells.get(role, [])]
            worded = iter(usual.one_wording(read, size, [column for _, column in actions], remarks))
            cells |= {role: [next(worded) for _ in wanted[role]] for role in _ACTIONS if role in wanted}
        for role in ("local", "category"):
            for place, column in enumerate(wanted.get(role, [])):
                cells[role][place] = usual.one_wording([cells[role][place]], size, [column], remarks, actions=False)[0]
        after = _known_after(wanted, cells, size)
        columns = {role: usual.combined(group, role) for role, group in cells.items()}
        if "case" in columns and not set(wanted["case"]) & set(wanted["site"]):
            columns["site"] = _within_cases(columns["site"], columns["case"], remarks)
        if "date" in columns:
            dates = usual.plain(wanted["date"][-1]) not in usual.PERIODS
            columns["month"] = months(columns.pop("date"), wanted["date"][0], remarks if dates else None)
        if "period" in columns:
            columns["period"] = months(columns["period"], wanted["period"][0], None)
        table = pd.DataFrame(columns)
        if "person" in table and not _several(table["person"], size):
            table = table.drop(columns="person")
        kept = list(table.columns)
        table["situations"] = size
        table = table.groupby(kept, dropna=False, sort=True)[["situations"]].sum().reset_index()
        person = wanted["person"][0] if "person" in kept else ""
        counts = table["situations"].to_numpy(dtype=np.int64)
        unnumbered = False
        if "coder" in table and name is None:
            pairs = table.dropna(subset=["coder"])[["site", "coder"]].drop_duplicates()
            unnumbered = bool(pairs["site"].duplicated().any())
        when = " and ".join(map(repr, wanted.get("period", wanted.get("date", []))))
        return cls(
            table[kept].astype("str"), counts, repeated, grouped, tuple(remarks), person, when, after, unnumbered
        )

    @property
    def n(self) -> int:
        """Situations in all."""
        return int(self.counts.sum())

    @property
    def strata(self) -> list[str]:
        """The roles within which labels are exchangeable, as far as they are known."""
        return [role for role in ("case", "system", "site", "person", "period") if role in self.table]

    @property
    def cluster(self) -> str:
        """The role within which situations depend on each other: the person, else the visit or the like; or none."""
        return next((role for role in ("person", "group") if role in self.table), "")

    @property
    def group(self) -> str:
        """What the rows of `grouped` belong to, such as a visit."""
        return next((name for name in usual.GROUPS if name in usual.plain(self.grouped)), "situation")

    def where(self, rows: npt.NDArray[np.bool_]) -> Occasions:
        """Some of the combinations."""
        return attrs.evolve(self, table=self.table[rows].reset_index(drop=True), counts=self.counts[rows])

    def known(self, *roles: str) -> npt.NDArray[np.bool_]:
        """Which combinations have all of these roles."""
        return np.asarray(self.table[list(roles)].notna().all(axis=1).to_numpy(dtype=bool))

    def usable(self, *roles: str) -> Occasions:
        """The combinations that have all of these roles; an error where none has, or where one is free text."""
        used = self.where(self.known(*roles))
        if not used.n:
            raise DataError(
                f"no situation has all of {listing(roles)}", place="situations", remedy="Fill them, or name others."
            )
        for role in roles:
            if role != "site":
                _refuse_free_text(used.table[role], used.counts, role)
        return used

    def numbered(self, *roles: str) -> tuple[Counts, tuple[str, ...]]:
        """A role as numbers from 0, in alphabetical order of the names that they stand for.

        Several roles are numbered by their combinations, and a missing one is a value of its own.
        """
        if len(roles) == 1:
            numbers, names = pd.factorize(self.table[roles[0]], sort=True)
            return numbers.astype(np.int64), tuple(map(str, names))
        grouped = self.table.groupby(list(roles), dropna=False, sort=True)
        return np.asarray(grouped.ngroup(), dtype=np.int64), tuple(map(str, grouped.size().index))

    def missing(self, *roles: str) -> pd.DataFrame:
        """How many situations, and which share, lack each role."""
        rows = [(role, int(self.counts[self.table[role].isna()].sum())) for role in roles]
        table = pd.DataFrame(rows, columns=["role", "situations"]).set_index("role")
        return table.assign(share=table["situations"] / self.n).rename_axis(columns="column")

    def share(self, rows: pd.Series[bool]) -> float:
        """Share of all situations that some combinations make up."""
        return float(self.counts[rows.to_numpy(dtype=bool)].sum() / self.n)

    def to_frame(self) -> pd.DataFrame:
        """The combinations, the most frequent first, with their number."""
        table = self.table.assign(situations=self.counts)
        ranked = table.sort_values("situations", ascending=False, kind="stable", ignore_index=True)
        return ranked.rename_axis(index="combination", columns="column")


def systems_of(situations: Any) -> list[list[str]]:
    """The cases of a table of situations, grouped by the system that they have in common.

    Parameters
    ----------
    situations : dataframe or Study
        With a column ``case``. A column ``system`` says which system each case has. Without one, cases share a system
        where at least half of the categories, and of the prescribed actions, of the one with fewer occur in the other.

    Returns
    -------
    list of list of str
        Names of cases, in order of their first row.

    Examples
    --------
    >>> seen = pd.DataFrame({"case": ["a", "b", "c"], "category": ["urgent", "Urgent", "diabetes"]})
    >>> systems_of(seen)
    [['a', 'b'], ['c']]

    Two sites of one system, and one of another.
    """
    table = to_pandas(situations.situations if isinstance(situations, Study) else situations)
    check_columns(list(table.columns), {"case": "case"}, place="situations", keywords=False)
    cases = [str(case) for case in as_text(table["case"]).dropna().unique()]

    def words_of(role: str) -> dict[str, set[str]]:
        rows = pd.DataFrame({"case": as_text(table["case"]), role: as_text(table[role]).str.casefold()}).dropna()
        return {str(case): set(values) for case, values in rows.groupby("case")[role]}

    named = words_of("system") if "system" in table else {}
    words = [named] if named else [words_of(role) for role in ("category", "prescribed") if role in table]
    groups: list[list[str]] = []
    for case in cases:
        joined = [group for group in groups if any(_alike(case, other, words) for other in group)]
        groups = [group for group in groups if group not in joined] + [
            [*(other for group in joined for other in group), case]
        ]
    return sorted(groups, key=lambda group: cases.index(group[0]))


def _alike(one: str, other: str, words: Sequence[Mapping[str, set[Any]]]) -> bool:
    """Whether two cases share at least half of the words of the one with fewer, in each role that both have."""
    pairs = [(own[one], own[other]) for own in words if own.get(one) and own.get(other)]
    return all(2 * len(first & second) >= min(len(first), len(second)) for first, second in pairs)


def _eager(frame: Any) -> pd.DataFrame:
    table: pd.DataFrame = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_pandas()
    return table


def _free(names: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns that have no role."""
    used = {column for group in wanted.values() for column in group}
    return [column for column in names if column not in used]


def _columns(
    native: Any, roles: Mapping[str, Columns], given: Mapping[str, str | None], remarks: list[str]
) -> dict[str, list[str]]:
    """The columns of each role, as named or, where a role bears its own name, by usual names; see `Occasions.of`."""
    schema = native.collect_schema()
    names = schema.names()

    def texts(columns: Sequence[str]) -> pd.DataFrame:
        if not columns:
            return pd.DataFrame()
        return _eager(native.select(*(nw.col(column) for column in columns))).apply(as_text)

    wanted = {
        role: [usual.match(column, names) for column in ([columns] if isinstance(columns, str) else columns)]
        for role, columns in roles.items()
    }
    case = usual.role_column("case", names)
    if case and usual.plain(case) != "case":
        cells = texts([case])[case]
        if 2 * cells.nunique() > cells.count():
            case = None  # such as the number of a client's case
    if wanted.get("site") == ["site"] and (where := usual.role_column("site", names)):
        wanted["site"] = [where]
    elif wanted.get("site") == ["site"] and case:
        wanted["site"] = [case]
        remarks.append("there is no column 'site', so that each case counts as one site")
    for role, name in given.items():
        if name is not None and ((column := usual.match(name, names)) in names or name != role):
            wanted[role] = [column]
    if case and given.get("case") == "case":
        wanted["case"] = [case]
    by_default = {role for role, name in given.items() if name == role}
    for role in ("situation", "coder", "system"):
        if role in by_default - set(wanted) and (named := usual.role_column(role, _free(names, wanted))):
            wanted[role] = [named]
    if "coder" in by_default & set(wanted) and not usual.plain(wanted["coder"][0]).startswith("coder"):
        remarks.append(f"the column {wanted['coder'][0]!r} says who coded")
    if "person" in by_default - set(wanted) and (named := usual.person_column(_free(names, wanted))):
        wanted["person"] = [named]
    if "weight" in by_default - set(wanted):
        rows = int(_eager(native.select(nw.len().alias("rows")))["rows"].iloc[0])
        if named := usual.weight_column(_free(names, wanted), names, rows, texts, remarks):
            wanted["weight"] = [named]
    if "period" in wanted or given.get("period", "period") is None:
        wanted.pop("date", None)
    elif "date" in given and "date" not in wanted:
        free, kinds = _free(names, wanted), (nw.String, nw.Categorical, nw.Object, nw.Date, nw.Datetime)
        dated = usual.date_columns(free) or usual.unnamed_dates(
            [column for column in free if schema[column] in kinds], texts, remarks
        )
        if dated:
            wanted["date"] = dated
    return wanted


def _several(persons: pd.Series[str], counts: Counts) -> bool:
    """Whether a person has several situations."""
    return bool(pd.Series(counts).groupby(persons.to_numpy()).sum().gt(1).any())


def of_study(study: Study) -> pd.DataFrame:
    """The situations of a study, with the system of each case where only the table of cases says it."""
    table, system = study.situations, usual.role_column("system", list(study.cases.columns))
    case = usual.role_column("case", list(table.columns))
    if case is None or system is None or usual.role_column("system", list(table.columns)):
        return table
    return table.assign(system=table[case].map(study.cases[system]))


def _within_cases(sites: pd.Series[str], cases: pd.Series[str], remarks: list[str]) -> pd.Series[str]:
    """Sites with their case where sites of several cases have one name, with a remark."""
    pairs = pd.DataFrame({"site": sites, "case": cases}).dropna().drop_duplicates()
    shared = pairs.loc[pairs["site"].duplicated(), "site"].drop_duplicates()
    if shared.empty:
        return sites
    remarks.append(
        f"sites of one name in several cases, such as {str(shared.iloc[0])!r}, count as different sites: leave out "
        "the column of cases if they are one"
    )
    return usual.combined([cases, sites], "local").where(sites.notna())


def _pairs(native: Any, sites: Sequence[str], column: str) -> pd.DataFrame:
    """How often each value of a column occurs at each site: columns ``site, value, rows``."""
    keys = {name: f"k{place}" for place, name in enumerate([*sites, column])}
    rows = native.select(*(nw.col(name).alias(key) for name, key in keys.items()))
    found = _eager(rows.group_by(*keys.values(), drop_null_keys=True).agg(nw.len().alias("rows")))
    *places, value = [as_text(found[key]) for key in keys.values()]
    return pd.DataFrame({"site": usual.combined(places, "site"), "value": value, "rows": found["rows"]}).dropna()


def _group(native: Any, sites: Sequence[str], names: Sequence[str]) -> str:
    """The column that says which situations belong together, by its name and if its values are identifiers."""
    found = usual.group_columns(names)
    return next((name for name in found if usual.is_identifier(_pairs(native, sites, name))), "")


def _unnamed(native: Any, sites: Sequence[str], names: Sequence[str]) -> list[str]:
    """A remark where a column may say who acted, although its name does not."""
    schema = native.collect_schema()
    fixed = {"mode", "distance", "local", "category", *_ACTIONS, *usual.DATES, "period", "coder", "system", "case"}
    for name in [name for name in names if usual.plain(name) not in fixed][:_MOST_TRIED]:
        kind = schema[name]
        if not kind.is_integer() and kind not in (nw.String, nw.Categorical, nw.Object):
            continue
        if usual.is_like_persons(_pairs(native, sites, name), name):
            return [
                f"values of the column {name!r} recur within sites, as the names of people do: if they say who acted, "
                f"pass person={name!r}; otherwise p-values and intervals take the situations of a site as independent"
            ]
    return []


def _counted(native: Any, names: Sequence[str], weight: str | None) -> pd.DataFrame:
    """Distinct combinations of columns, as text, and the situations behind each: one pass of the engine."""
    short = {column: f"c{place}" for place, column in enumerate(dict.fromkeys(names))}
    columns = [nw.col(column).alias(alias) for column, alias in short.items()]
    if weight is None:
        grouped = native.select(*columns).group_by(*short.values(), drop_null_keys=False)
        counted = _eager(grouped.agg(nw.len().alias("situations")))
    else:
        kind = native.collect_schema()[weight]
        if not kind.is_numeric():
            native = _with_numbers(native, weight, kind)
        chosen = native.select(*columns, nw.col(weight).cast(nw.Float64).fill_null(0).alias("weight"))
        bad = ~((nw.col("weight") >= 1) & (nw.col("weight") % 1 == 0))
        grouped = chosen.with_columns(bad.cast(nw.Int64).alias("bad")).group_by(*short.values(), drop_null_keys=False)
        counted = _eager(grouped.agg(nw.col("weight").sum().alias("situations"), nw.col("bad").sum()))
        if wrong := int(counted["bad"].sum()):
            raise _bad_weight(weight, f"{wrong} rows have none, or another number")
    texts = {column: as_text(counted[alias]) for column, alias in short.items()}
    return pd.DataFrame(texts).assign(situations=counted["situations"].to_numpy(dtype=np.int64))


def _with_numbers(native: Any, weight: str, kind: Any) -> Any:
    """The table with its weights as numbers, which a file read as text holds as text."""
    table = _eager(native)
    numbers = pd.to_numeric(as_text(table[weight]), errors="coerce")
    if kind != nw.String or (numbers.isna() & table[weight].notna()).any():
        raise _bad_weight(weight, f"it holds {kind}")
    return nw.from_native(table.assign(**{weight: numbers.astype("float64")}))


def _bad_weight(column: str, found: str) -> DataError:
    return DataError(
        f"a weight is the number of situations that a row stands for, a whole number from 1; {found}",
        place=f"situations, column {column}",
        remedy="Give numbers of situations, or pass weight=None to count each row once. Shuffling and leaving out need "
        "whole situations, so that other weights are not supported.",
    )


def _repeated(native: Any, identity: Sequence[str], name: str) -> int:
    """Rows with the name that another row of the same case, site and person has too."""
    keys = {column: f"k{place}" for place, column in enumerate((*identity, name))}
    named = native.filter(~nw.col(name).is_null()).select(*(nw.col(column).alias(key) for column, key in keys.items()))
    rows = int(_eager(named.select(nw.len().alias("n")))["n"].iloc[0])
    groups = named.group_by(*keys.values(), drop_null_keys=False).agg(nw.len().alias("rows"))
    return rows - int(_eager(groups.select(nw.len().alias("n")))["n"].iloc[0])


def _refuse_free_text(cells: pd.Series[str], counts: Counts, role: str) -> None:
    """Refuse a description that is nearly unique to each situation, as free text is."""
    n, distinct = int(counts.sum()), cells.nunique()
    long = float(cells.drop_duplicates().str.len().mean()) > _LONG
    if n < _MANY or distinct < (_HALF if long else _NEARLY_ALL) * n:
        return
    raise DataError(
        f"{role} must be one of a few kinds that recur; {n:,} situations have {distinct:,} different values, such as "
        f"{quoted(str(cells.iloc[0]))}",
        place=f"situations, {role}",
        remedy="Sort free text into kinds first, and give the column of the kinds.",
    )


def months(cells: pd.Series[str], column: str, remarks: list[str] | None) -> pd.Series[str]:
    """Dates as months, such as 2021-03; other periods as they are, or missing with a remark where dates are wanted."""
    values = [str(value) for value in cells.dropna().unique()]
    month = _months_of(values)
    if month:
        return cells.map(month).astype("str")
    if remarks is None:
        return cells
    if values:
        remarks.append(
            f"the column {column!r} cannot be read as dates (such as {quoted(values[0])}), so that periods are not "
            "compared: write YYYY-MM-DD, or name a column of periods by period="
        )
    return pd.Series(np.nan, index=cells.index, dtype="str")


def _months_of(values: list[str]) -> dict[str, str]:
    """The month of each date; empty where they are no dates, or day and month cannot be told apart."""
    try:
        numbers = days(values, place="period")
    except DataError:
        return {}
    return {value: f"{date.fromordinal(day):%Y-%m}" for value, day in zip(values, numbers or (), strict=False)}


def _known_after(wanted: Mapping[str, list[str]], cells: Mapping[str, list[pd.Series[str]]], counts: Counts) -> str:
    """Why a column of the local description can have been filled only once the action was known."""
    if not {"local", *_ACTIONS} <= set(wanted):
        return ""
    taken = usual.combined(cells["taken"], "taken")
    observed = (taken.notna() & cells["prescribed"][0].notna()).to_numpy(dtype=bool)
    followed = np.logical_or.reduce([(taken == column).fillna(False).to_numpy(bool) for column in cells["prescribed"]])
    yes, no = observed & followed, observed & ~followed
    if counts[yes].sum() < _FEWEST_FOLLOWED or not no.any():
        return ""
    for column, local in zip(wanted["local"], cells["local"], strict=True):
        values = local.fillna("").to_numpy(dtype=object)
        kept = pd.Series(counts[yes]).groupby(values[yes]).sum()
        other = pd.Series(counts[no]).groupby(values[no]).sum()
        common = str(kept.idxmax())
        overridden = 1 - other.get(common, 0) / other.sum()
        reasons = other.drop(common, errors="ignore")
        if kept[common] < _ALWAYS * kept.sum() or reasons.empty:
            continue
        if common == "" and overridden >= 0.5:
            return f"{column!r} is blank wherever the action was as prescribed, and filled only where it was not"
        if common != "" and overridden >= _ALWAYS and len(reasons) > 1:
            return f"{column!r} is {common!r} wherever the action was as prescribed, and something else elsewhere"
    return ""


_FEWEST_FOLLOWED, _ALWAYS = 5, 0.98
