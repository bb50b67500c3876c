"""What is refused at the door of the room, and that nothing is read as something else than it says."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys import qca
from expertsys._core.errors import DataError

TABLE = pd.DataFrame({"A": [1, 1, 0, 0, 1], "B": [1, 0, 1, 0, 1], "Y": [1, 1, 0, 0, 1]}, index=list("vwxyz"))
#: The third condition does not apply where the first or second is absent, as in a table on order in time.
TEMPORAL = TABLE.assign(C=["1", "-", "-", "-", "0"], Y=[1, 0, 0, 0, 0])


def solved(table: pd.DataFrame = TABLE, *, conditions: Any = ("A", "B"), outcome: Any = "Y", **options: Any) -> Any:
    truth = qca.truth_table(table, outcome=outcome, conditions=conditions, consistency_cutoff=0.8, **options)
    return qca.minimise(truth, solution="parsimonious")


SOLUTION = solved()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: solved(conditions="AB"), r"conditions= is a list, not the text 'AB'.* Write \['AB'\]"),
        (lambda: qca.necessity(TABLE, outcome="Y", conditions="AB"), "conditions= is a list"),
        (lambda: qca.necessity(TABLE, outcome="Y", conditions=[]), "no conditions"),
        (lambda: qca.necessity(TABLE, outcome="Y", conditions=["A"], depth=0), "depth must be a whole number above 0"),
        (lambda: qca.necessity(TABLE, outcome="Y", conditions=["A"], ron_cutoff=7), r"ron_cutoff must lie in \[0, 1\]"),
        (lambda: qca.untenable(SOLUTION.truth, necessary="AB"), "necessary= is a list"),
        (lambda: qca.untenable(SOLUTION.truth, impossible="A*B"), "impossible= is a list"),
        (lambda: qca.untenable(SOLUTION.truth, solutions=SOLUTION), "solutions= takes two"),
        (lambda: qca.untenable(SOLUTION.truth, solutions=(SOLUTION,)), "solutions= takes two"),  # type: ignore[arg-type]
        (lambda: qca.minimise(SOLUTION.truth, solution="conservative", exclude="A*B"), "exclude= is a list"),  # type: ignore[arg-type]
        (lambda: qca.robustness(SOLUTION, SOLUTION), r"tests= is a list\. Give tests=\[solution, \.\.\.\]"),
        (lambda: qca.robustness(SOLUTION, [SOLUTION.truth]), "alternative 1 is a TruthTable, no solution"),  # type: ignore[list-item]
        (lambda: qca.sweep(SOLUTION, consistency_cutoff=0.8), r"consistency_cutoff= is a list, not 0\.8"),  # type: ignore[arg-type]
        (lambda: qca.evaluate_theory("A*B", SOLUTION, TABLE, outcome="Y"), r"a Solution is no expression"),
        (lambda: qca.calibrate([1, 2, 3], method="crisp", anchors=2), r"anchors= is a list, not 2\. Write \[2\]"),  # type: ignore[arg-type]
        (lambda: qca.calibrate([1, 2, 3], anchors="123"), "anchors= is a list, not '123'"),  # type: ignore[arg-type]
        (lambda: qca.calibrate(TABLE, anchors=(0, 0.4, 1)), r"one column, not a table\. Give table\['A'\]"),
        (lambda: qca.find_thresholds(TABLE, n=1), "one column, not a table"),
        (lambda: solved(TABLE.assign(A=[np.inf, 1, 0, 0, 1])), r"case 'v', A: is inf"),
        (lambda: solved(pd.concat([TABLE, TABLE[["A"]]], axis=1)), "truth_table: more than one column 'A'"),
        (lambda: solved(outcome=None), "no column 'None'"),
        (lambda: solved(frequency_cutoff=1.5), r"frequency_cutoff must be a whole number above 0, not 1\.5"),
        (lambda: qca.parse("(" * 5000 + "A" + ")" * 5000), "nested too deeply"),
        (lambda: qca.parse(None), "an expression is a text, not NoneType"),  # type: ignore[arg-type]
        (lambda: qca.rows_of(SOLUTION.truth, "A*Q"), "no column 'Q'; the columns are 'A', 'B'"),
    ],
)
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        call()


@pytest.mark.parametrize("name", ["A*B", "A+B", "~A", "A!", "A|B", "A&B", "A(x)", "A[1]", "A{1}", "(", "", " A", "1"])
def test_a_condition_whose_name_reads_as_an_expression_is_refused(name: str) -> None:
    renamed = TABLE.rename(columns={"A": name})
    with pytest.raises(DataError, match="in an expression it would say something else"):
        solved(renamed, conditions=[name, "B"])


@pytest.mark.parametrize("name", ["case", "out", "n", "consistency", "pri", "cases", "deviant", "model", "terms"])
def test_a_condition_named_like_a_column_of_the_truth_table_is_refused(name: str) -> None:
    other = "kind_of_case" if name == "case" else name.upper()
    with pytest.raises(DataError, match=f"Rename the column, for example '{other}'"):
        solved(TABLE.rename(columns={"A": name}), conditions=[name, "B"])


def test_names_with_blanks_go_all_the_way() -> None:
    """From the truth table through the expression that it gives to every call that takes an expression."""
    table = pd.DataFrame(
        {
            "job security": [0.9, 0.8, 0.3, 0.1, 0.7],
            "job": [0.2, 0.9, 0.8, 0.3, 0.6],
            "did it work": [0.9, 0.3, 0.2, 0.2, 0.4],
        },
        index=pd.Index(list("pqrst"), name="case"),
    )
    truth = qca.truth_table(table, outcome="did it work", conditions=["job security", "job"], consistency_cutoff=0.85)
    solution = qca.minimise(truth, solution="conservative")
    text = solution.models[0].expression
    assert text == "job security*~job"
    held = np.minimum(table["job security"], 1 - table["job"])
    assert qca.evaluate(text, table).tolist() == pytest.approx(held.tolist())
    fit = qca.parameters_of_fit([text], table, outcome="did it work")
    assert fit["consistency"].iloc[0] == pytest.approx(solution.models[0].consistency)
    assert qca.rows_of(truth, "job security + job") == (2, 3, 4)
    theory = qca.evaluate_theory("job security", text, table, outcome="did it work").table["expression"]
    assert theory["theory*~solution"] == "job security*job"
    with pytest.raises(DataError, match="holds the outcome 'did it work' itself"):
        qca.parameters_of_fit(["did it work*job"], table, outcome="did it work")
    with pytest.raises(DataError, match="'security' is out of place"):
        qca.parse(text)
    assert str(qca.parse(text, names=table.columns)) == "job security*~job"


def test_a_level_of_the_outcome() -> None:
    """Of a fuzzy outcome level 1 is the outcome, and level 0 its absence, as in any expression."""
    table = pd.DataFrame({"A": [0.9, 0.8, 0.2, 0.1], "Y": [0.95, 0.7, 0.4, 0.1]})
    for text, plain in (("Y[1]", "Y"), ("Y{1}", "Y"), ("Y[0]", "~Y"), ("~Y[0]", "Y")):
        one, other = (
            qca.truth_table(table, outcome=name, conditions=["A"], consistency_cutoff=0.8) for name in (text, plain)
        )
        assert one.membership.tolist() == pytest.approx(other.membership.tolist())
    with pytest.raises(DataError, match="'A' holds fuzzy scores, which have no level 2"):
        qca.evaluate("A[2]", table)
    with pytest.raises(DataError, match=r"the outcome 'Y' has no level 2\. Its levels are 0 to 1"):
        qca.truth_table(table, outcome="Y[2]", conditions=["A"], consistency_cutoff=0.8)


def test_what_is_always_true_or_never_can_be_read_again() -> None:
    for text, value in (("A + ~A", 1.0), ("A*~A", 0.0)):
        written = str(qca.parse(text))
        assert str(qca.parse(written)) == written
        assert qca.evaluate(qca.parse(text), TABLE).tolist() == [value] * 5
        assert str(qca.negate(written)) == str(int(1 - value))
    assert qca.evaluate("~1 + A*1", TABLE).tolist() == TABLE["A"].tolist()


def test_a_frequency_that_no_row_reaches_is_told() -> None:
    assert solved(frequency_cutoff=9).note == (
        "no row has as many cases as the frequency cut-off asks for (9); the largest has 2"
    )


def test_where_a_condition_does_not_apply_a_case_is_in_neither_side() -> None:
    """Memberships by hand, and rows and necessity from them."""
    literal = {
        "C": [1, 0, 0, 0, 0],
        "~C": [0, 0, 0, 0, 1],
        "A": TEMPORAL["A"].tolist(),
        "~A": (1 - TEMPORAL["A"]).tolist(),
    }
    for one, other in itertools.product(literal, repeat=2):
        both = np.minimum(literal[one], literal[other]).tolist()
        assert qca.evaluate(f"{one}*{other}", TEMPORAL, not_applicable="-").tolist() == both
    either = np.maximum(literal["~A"], literal["~C"]).tolist()
    assert qca.evaluate("~(A*C)", TEMPORAL, not_applicable="-").tolist() == either
    fit = qca.parameters_of_fit(["~C"], TEMPORAL, outcome="~Y", not_applicable="-")
    assert fit["consistency"].iloc[0] == 1
    assert fit["coverage"].iloc[0] == 1 / 4
    halves = TEMPORAL.assign(half=[1, 1, 1, 2, 2])
    inside = qca.cluster_fit("~C", halves, outcome="~Y", cluster="half", not_applicable="-").between
    alone = [
        qca.parameters_of_fit(["~C"], rows.drop(columns="half"), outcome="~Y", not_applicable="-")["consistency"].iloc[
            0
        ]
        for _, rows in halves.groupby("half")
    ]
    assert inside["consistency"].tolist() == pytest.approx(alone, nan_ok=True)
    need = qca.necessity(TEMPORAL, outcome="~Y", conditions=["A", "C"], not_applicable="-").single
    assert need.index.tolist() == ["A", "~A", "C", "~C"]
    assert need.loc["~C", "consistency"] == 1 / 4


def test_rows_where_a_condition_does_not_apply() -> None:
    truth = qca.truth_table(TEMPORAL, outcome="Y", conditions=["A", "B", "C"], consistency_cutoff=1, not_applicable="-")
    shown = truth.to_frame(remainders=True)
    for text, wanted in (("A*C", (1, 1)), ("A*~C", (1, 0)), ("~A*C[1]", (0, 1))):
        rows = shown.index[(shown["A"] == wanted[0]) & (shown["C"].astype(str) == str(wanted[1]))]
        assert qca.rows_of(truth, text) == tuple(rows)
    found = qca.untenable(truth, impossible=["~A*C"])
    assert found.remainders == qca.rows_of(truth, "~A*C")
