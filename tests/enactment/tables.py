"""Small tables of situations, and the same figures by brute force."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import strategies  # noqa: F401  (chooses the profile)
from hypothesis import strategies as st

ROLES = ("site", "local", "category", "prescribed", "taken")


def frame(**columns: Iterable[Any]) -> pd.DataFrame:
    """A table with one site where none is given."""
    table = pd.DataFrame({name: list(values) for name, values in columns.items()})
    return table if "site" in table else table.assign(site="here")


@st.composite
def situations(draw: st.DrawFn, *, most: int = 12, sites: int = 2, missing: bool = False) -> pd.DataFrame:
    """A few situations with two to three values in each column."""
    n = draw(st.integers(2, most))
    values = {"site": [f"s{number}" for number in range(sites)], **{role: ["a", "b", "c"] for role in ROLES[1:]}}
    cells = {
        role: draw(st.lists(st.sampled_from([*names, None] if missing else names), min_size=n, max_size=n))
        for role, names in values.items()
    }
    return pd.DataFrame(cells)


def entropy(values: Sequence[Any]) -> float:
    """Plug-in, in nats, from first principles."""
    shares = pd.Series(list(values)).value_counts(normalize=True)
    return float(-(shares * np.log(shares)).sum())


def lost(table: pd.DataFrame) -> float:
    """H(L | C) / H(L)."""
    given = sum(len(part) / len(table) * entropy(part["local"]) for _, part in table.groupby("category"))
    return given / entropy(table["local"])


def sensitivity(table: pd.DataFrame) -> float:
    """I(A; L | P) / H(A | P)."""
    open_ = sum(len(part) / len(table) * entropy(part["taken"]) for _, part in table.groupby("prescribed"))
    left = sum(len(part) / len(table) * entropy(part["taken"]) for _, part in table.groupby(["prescribed", "local"]))
    return (open_ - left) / open_


def fidelity(table: pd.DataFrame) -> float:
    return float((table["taken"] == table["prescribed"]).mean())


def every_shuffle(
    table: pd.DataFrame, column: str, strata: list[str], statistic: Callable[[pd.DataFrame], float]
) -> list[float]:
    """The statistic for every order of a column's labels within strata, each order once."""
    groups = [list(rows) for rows in table.groupby(strata).indices.values()]
    labels = table[column].to_numpy(dtype=object)
    found = []
    for orders in itertools.product(*(itertools.permutations(rows) for rows in groups)):
        moved = labels.copy()
        for rows, order in zip(groups, orders, strict=True):
            moved[rows] = labels[list(order)]
        found.append(statistic(table.assign(**{column: moved})))
    return found
