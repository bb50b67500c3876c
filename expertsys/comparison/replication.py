"""Replication logic: where theory predicts the outcome, and where it predicts its absence for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, listing, unknown
from expertsys._core.names import folded
from expertsys._core.results import TableResult
from expertsys.comparison.states import ABSENT, PRESENT, States


@attrs.frozen(eq=False, repr=False)
class Replication(TableResult):
    """Whether each case turned out as theory predicts; see `replication`.

    Attributes
    ----------
    outcome : str
        What was predicted.
    conditions : dict
        The states under which it is predicted.
    note : str
        What a reader must know; empty where there is nothing.
    """

    outcome: str
    conditions: dict[str, str]
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Index ``case``; ``predicted, observed`` (present, absent, unknown), ``replication`` and ``reason``.

        Literal: predicted and found; theoretical: absent for a reason that theory names, and absent; else it failed.
        """
        return self._table.copy(deep=False)

    def cases(self, kind: str) -> tuple[str, ...]:
        """The cases of one kind of ``replication``, such as ``"literal"`` or ``"failed literal"``."""
        kinds = ("literal", "theoretical", "failed literal", "failed theoretical", "unknown")
        if kind not in kinds:
            raise unknown("kind of replication", kind, kinds)
        return tuple(self._table.index[self._table["replication"] == kind])

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        counts = self._table["replication"].value_counts()
        told = ", ".join(f"{int(number)} {kind}" for kind, number in counts.items())
        when = " and ".join(f"{name} {state}" for name, state in self.conditions.items())
        return (
            f"Replication logic was applied to {len(self._table)} cases: {self.outcome} was predicted where {when}, "
            f"its absence elsewhere. Replications: {told}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The reference behind the logic."""
        return references.cite(("yin2018",))

    def _title(self) -> str:
        when = " and ".join(f"{name} {state}" for name, state in self.conditions.items())
        return f"Replication: {self.outcome} is predicted where {when}" + (f"\n{self.note}" if self.note else "")


def replication(table: Any, *, outcome: str, predicted: Mapping[str, object], present: object = None) -> Replication:
    """Sort cases by whether theory predicts the outcome in them, and whether it is there.

    Parameters
    ----------
    table : dataframe
        Cases × conditions; see `method_of_agreement`.
    outcome : str
        A column.
    predicted : mapping
        Conditions and the values under which, all together, the outcome is predicted: ``{"imposed": 1,
        "ownership": "little"}``. Where one of them is otherwise, its absence is predicted, for that reason.
    present : object, optional
        The outcome's value that counts as present, where it is a category.

    Returns
    -------
    Replication
        With one literal or no theoretical replication the note says that the design shows little.

    Raises
    ------
    DataError
        For absent columns or values that do not occur.

    References
    ----------
    Yin RK. Case Study Research and Applications. 6th ed. Sage, 2018, ch. 2

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"imposed": [1, 1, 0], "bypassed": [1, 1, 0]}, index=["Booking", "Record", "Scheme"])
    >>> replication(table, outcome="bypassed", predicted={"imposed": 1}).to_frame()["replication"].to_dict()
    {'Booking': 'literal', 'Record': 'literal', 'Scheme': 'theoretical'}
    """
    if not isinstance(predicted, Mapping):
        raise DataError("predicted= is a mapping", place="predicted", remedy=f"Write {{{predicted!r}: 1}}.")
    if not predicted:
        raise DataError("theory names no condition", place="predicted", remedy="Give at least one and its value.")
    states = States.of(table, outcome=outcome, conditions=list(predicted), present=present, place="replication")
    wanted = {name: _wanted(states, name, value) for name, value in predicted.items()}
    rows = []
    for case in states.table.index:
        here = {name: states.state(case, name) for name in wanted}
        otherwise = [f"{name} is {here[name]}" for name, state in wanted.items() if here[name] not in (None, state)]
        silent = [name for name in wanted if here[name] is None]
        observed = states.outcome[case]
        if otherwise:
            kind = "failed theoretical" if observed else "theoretical"
            reason = f"{', '.join(otherwise)}" + (", and yet the outcome is there" if observed else "")
            rows.append((case, ABSENT, PRESENT if observed else ABSENT, kind, reason))
        elif silent:
            reason = f"unknown: {', '.join(silent)}"
            rows.append((case, "unknown", PRESENT if observed else ABSENT, "unknown", reason))
        else:
            reason = "as predicted" if observed else "all conditions are met, and the outcome is not there"
            kind = "literal" if observed else "failed literal"
            rows.append((case, PRESENT, PRESENT if observed else ABSENT, kind, reason))
    found = pd.DataFrame(rows, columns=["case", "predicted", "observed", "replication", "reason"]).set_index("case")
    kinds = found["replication"].value_counts()
    notes = [states.note] if states.note else []
    if kinds.get("literal", 0) < 2:
        notes.append("Fewer than two literal replications.")
    if not kinds.get("theoretical", 0):
        notes.append("No theoretical replication: no case shows the outcome absent where it should be.")
    return Replication(outcome, wanted, " ".join(notes), found.rename_axis(columns="column"))


def _wanted(states: States, name: str, value: object) -> str:
    occurring = [state for state in dict.fromkeys(states.table[name]) if isinstance(state, str)]
    if set(occurring) <= {PRESENT, ABSENT} and value in (0, 1, True, False):
        return PRESENT if value else ABSENT
    text = str(value).strip()
    for state in occurring:
        if folded(state) == folded(text):
            return state
    told = f"{name} is nowhere {value!r}; it is {listing(occurring)}"
    raise DataError(told, place="predicted", remedy="Name a value that occurs.")
