"""Mill's methods of agreement and difference: which conditions survive, and why each other one is eliminated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from expertsys._core.errors import DataError, listing, unknown
from expertsys.comparison.candidates import LOGIC, Candidates, Verdict, candidates, named
from expertsys.comparison.states import States


def method_of_agreement(
    table: Any, *, outcome: str, conditions: Sequence[str] | None = None, present: object = None
) -> Candidates:
    """Conditions that are in the same state in every case with the outcome; all others cannot be necessary.

    Parameters
    ----------
    table : dataframe
        Cases × conditions; its cases are its index or a column ``case``. Scores in [0, 1] are present above 0.5, absent
        below and unknown at it; whole numbers and texts are categories; a missing cell is unknown.
    outcome : str
        A column: what is to be explained.
    conditions : sequence of str, optional
        Columns; by default all but the outcome.
    present : object, optional
        The outcome's value that counts as present, where it is a category.

    Returns
    -------
    Candidates
        The reason of a survivor names the cases without the outcome that share its state: there it is not enough.

    Raises
    ------
    DataError
        With fewer than two cases that have the outcome, or a table that `States` refuses.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"imposed": [1, 1, 0], "rewarded": [1, 0, 1], "bypassed": [1, 1, 0]}, index=["Booking", "Record", "Scheme"]
    ... )
    >>> found = method_of_agreement(table, outcome="bypassed")
    >>> found.surviving, found.eliminated
    (('imposed',), {'rewarded': 'present in Booking, absent in Record'})
    """
    states = States.of(table, outcome=outcome, conditions=conditions, present=present, place="method_of_agreement")
    positive, negative = states.having(True), states.having(False)
    if len(positive) < 2:
        raise DataError(
            f"agreement needs two cases with {outcome!r}, and there are {len(positive)}",
            place="method_of_agreement",
            remedy="Add a case, or use method_of_difference.",
        )
    rows = [_agreeing(states, name, positive, negative) for name in states.conditions]
    return candidates("method of agreement", outcome, positive, rows, _note(states))


def method_of_difference(
    table: Any,
    *,
    outcome: str,
    conditions: Sequence[str] | None = None,
    positive: str | None = None,
    negative: str | None = None,
    present: object = None,
) -> Candidates:
    """Conditions in which a case with the outcome differs from one without it; what they share makes no difference.

    Parameters
    ----------
    table, outcome, conditions, present
        As in `method_of_agreement`.
    positive, negative : str, optional
        The two cases; by default the pair that differs least, where there is one such pair.

    Returns
    -------
    Candidates
        Mill's method wants one condition to differ; the note says where there are more.

    Raises
    ------
    DataError
        Where no such pair exists, or several are equally similar and none is named.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"imposed": [1, 0], "rewarded": [1, 1], "bypassed": [1, 0]}, index=["Booking", "Scheme"])
    >>> found = method_of_difference(table, outcome="bypassed")
    >>> found.surviving, found.eliminated
    (('imposed',), {'rewarded': 'present in both'})
    """
    states = States.of(table, outcome=outcome, conditions=conditions, present=present, place="method_of_difference")
    one, other = _pair(states, positive, negative)
    rows: list[tuple[str, Verdict, str, str]] = []
    for name in states.conditions:
        first, second = states.state(one, name), states.state(other, name)
        if first is None or second is None:
            silent = " and ".join(case for case, state in ((one, first), (other, second)) if state is None)
            rows.append((name, "unknown", "", f"unknown in {silent}"))
        elif first == second:
            rows.append((name, "no", "", f"{first} in both"))
        else:
            rows.append((name, "yes", first, f"{first} in {one}, {second} in {other}"))
    differing = sum(verdict == "yes" for _, verdict, _, _ in rows)
    note = _note(states)
    if differing != 1:
        note = f"The two cases differ in {differing} conditions: the method cannot tell them apart. {note}"
    return candidates("method of difference", outcome, [one, other], rows, note)


def joint_method(
    table: Any, *, outcome: str, conditions: Sequence[str] | None = None, present: object = None
) -> Candidates:
    """Conditions in one state in every case with the outcome, and in another in every case without it.

    Parameters
    ----------
    table, outcome, conditions, present
        As in `method_of_agreement`.

    Returns
    -------
    Candidates
        The reason names the cases by which a condition is eliminated, on either side.

    Raises
    ------
    DataError
        Where all cases have the outcome, or none.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"imposed": [1, 1, 0], "rewarded": [1, 1, 1], "bypassed": [1, 1, 0]}, index=["Booking", "Record", "Scheme"]
    ... )
    >>> joint_method(table, outcome="bypassed").eliminated
    {'rewarded': 'present in Scheme too, without the outcome'}
    """
    states = States.of(table, outcome=outcome, conditions=conditions, present=present, place="joint_method")
    positive, negative = states.having(True), states.having(False)
    if not positive or not negative:
        raise DataError(
            f"the joint method needs cases with {outcome!r} and cases without it; there are {len(positive)} and "
            f"{len(negative)}",
            place="joint_method",
            remedy="Add cases, or use method_of_agreement.",
        )
    rows: list[tuple[str, Verdict, str, str]] = []
    for name in states.conditions:
        _, verdict, state, reason = _agreeing(states, name, positive, [])
        known = [there for case in positive if (there := states.state(case, name)) is not None]
        if verdict != "no" and known:  # a case of which nothing is known cannot undo what the others say
            same = [case for case in negative if states.state(case, name) == known[0]]
            silent = [case for case in negative if states.state(case, name) is None]
            if same:
                rows.append((name, "no", "", f"{known[0]} in {named(same)} too, without the outcome"))
                continue
            if silent and verdict == "yes":
                rows.append((name, "unknown", "", f"unknown in {named(silent)}"))
                continue
        if verdict == "yes":
            reason = f"in all {len(positive)} cases with the outcome, and in none of the {len(negative)} without it"
        rows.append((name, verdict, state, reason))
    return candidates("joint method of agreement and difference", outcome, [*positive, *negative], rows, _note(states))


def _note(states: States) -> str:
    return " ".join(filter(None, [states.note, LOGIC]))


def _agreeing(
    states: States, name: str, positive: Sequence[str], negative: Sequence[str]
) -> tuple[str, Verdict, str, str]:
    found = {case: states.state(case, name) for case in positive}
    kinds = list(dict.fromkeys(state for state in found.values() if state is not None))
    silent = [case for case, state in found.items() if state is None]
    if len(kinds) > 1:
        told = [f"{kind} in {named(case for case, state in found.items() if state == kind)}" for kind in kinds]
        return name, "no", "", ", ".join(told)
    if silent:
        return name, "unknown", "", f"unknown in {named(silent)}"
    same = [case for case in negative if states.state(case, name) == kinds[0]]
    elsewhere = f"; also in {named(same)}, without the outcome" if same else ""
    return name, "yes", kinds[0], f"in all {len(positive)} cases with the outcome{elsewhere}"


def _pair(states: States, positive: str | None, negative: str | None) -> tuple[str, str]:
    for case, there in ((positive, True), (negative, False)):
        if case is not None and case not in states.having(there):
            raise unknown(
                f"case {'with' if there else 'without'} the outcome", case, states.having(there), place="difference"
            )
    ones = [positive] if positive is not None else states.having(True)
    others = [negative] if negative is not None else states.having(False)
    apart = {
        (one, other): sum(states.state(one, name) != states.state(other, name) for name in states.conditions)
        for one in ones
        for other in others
    }
    if not apart:
        raise DataError(
            "there is no case with the outcome beside one without it", place="method_of_difference", remedy="Add one."
        )
    least = [pair for pair, distance in apart.items() if distance == min(apart.values())]
    if len(least) > 1:
        told = listing(f"{one} / {other}" for one, other in least)
        raise DataError(
            f"{len(least)} pairs are equally similar: {told}",
            place="method_of_difference",
            remedy="Choose one: positive=..., negative=...; es.comparison.most_similar(...) shows them all.",
        )
    return least[0]
