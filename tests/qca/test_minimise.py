"""Solutions, against R's QCA and against brute force."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.qca import Solution, evaluate, minimise, truth_table

from . import oracle

KINDS: tuple[Any, ...] = ("conservative", "parsimonious")
VARIANTS: dict[str, dict[str, Any]] = {
    "": {},
    "_all_irredundant": {"models": "irredundant"},
    "_include_C": {"contradictions": "remainders"},
}


def expected(entry: Any) -> set[frozenset[frozenset[str]]]:
    models = entry["models"] if isinstance(entry, dict) else entry
    return {oracle.terms(model["expression"] if isinstance(model, dict) else " + ".join(model)) for model in models}


def found(solution: Solution) -> set[frozenset[frozenset[str]]]:
    return {oracle.terms(model.expression) for model in solution.models}


@pytest.mark.parametrize("name", oracle.CASES)
def test_models_as_in_r(name: str) -> None:
    case = oracle.CASES[name]
    truth = oracle.truth(case)
    for kind, (suffix, options) in product(KINDS, VARIANTS.items()):
        entry = case.get(kind + suffix)
        if entry:
            solution = minimise(truth, solution=kind, **options)
            assert found(solution) == expected(entry), kind + suffix
            assert solution.complete


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in oracle.CASES for kind in KINDS if kind in oracle.CASES[name]]
)
def test_fit_cases_and_assumptions_as_in_r(name: str, kind: Any) -> None:
    case = oracle.CASES[name]
    solution = minimise(oracle.truth(case), solution=kind)
    ours = {oracle.terms(model.expression): model for model in solution.models}
    for theirs in case[kind]["models"]:
        model = ours[oracle.terms(theirs["expression"])]
        fits = {frozenset(fit.expression.split("*")): fit for fit in model.terms}
        for term in theirs["terms"]:
            fit = fits[frozenset(term["term"].split("*"))]
            assert oracle.near(fit.consistency, term["inclS"])
            assert oracle.near(fit.pri, term["PRI"])
            assert oracle.near(fit.raw_coverage, term["covS"])
            assert oracle.near(fit.unique_coverage, term["covU"])
            if term["cases"] is not None:
                assert set(fit.cases) == {name.strip() for name in term["cases"].replace(";", ",").split(",")}
        assert oracle.near(model.consistency, theirs["solution"]["inclS"])
        assert oracle.near(model.pri, theirs["solution"]["PRI"])
        assert oracle.near(model.coverage, theirs["solution"]["covS"])
        assumed = (case[kind]["simplifying_assumptions"] or {}).get(theirs["model"])
        if assumed is not None:
            assert sorted(assumed) == sorted(oracle.numbers(solution.truth, model.assumptions))


INTERMEDIATE = [
    (name, place) for name in oracle.CASES for place in range(len(oracle.CASES[name].get("intermediate") or []))
]


@pytest.mark.parametrize(("name", "place"), INTERMEDIATE)
def test_intermediate_solutions_and_counterfactuals_as_in_r(name: str, place: int) -> None:
    case = oracle.CASES[name]
    entry = case["intermediate"][place]
    solution = minimise(oracle.truth(case), solution="intermediate", expectations=entry["dir.exp"])
    theirs = [(part, model) for part in entry["solutions"].values() for model in part["models"]]
    assert found(solution) == {oracle.terms(model["expression"]) for _, model in theirs}
    for own in solution.models:
        same = [
            (part, model) for part, model in theirs if oracle.terms(model["expression"]) == oracle.terms(own.expression)
        ]
        told = [
            (sorted(part["easy_counterfactual_rows"]), sorted(part["difficult_counterfactual_rows"]))
            for part, _ in same
        ]
        assert (list(own.easy), list(own.difficult)) in told
        assert oracle.near(own.coverage, same[0][1]["solution"]["covS"])


ENHANCED = [(name, place) for name in oracle.CASES for place in range(len(oracle.CASES[name].get("esa") or []))]


@pytest.mark.parametrize(("name", "place"), ENHANCED)
def test_enhanced_standard_analysis_as_in_r(name: str, place: int) -> None:
    case = oracle.CASES[name]
    entry = case["esa"][place]
    truth, rows = oracle.truth(case), entry["excluded_rows"]
    assert found(minimise(truth, solution="parsimonious", exclude=rows)) == expected(entry["enhanced_parsimonious"])
    for part in entry["enhanced_intermediate"]:
        solution = minimise(truth, solution="intermediate", expectations=part["dir.exp"], exclude=rows)
        theirs = [model for own in part["solutions"].values() for model in own["models"]]
        assert found(solution) == {oracle.terms(model["expression"]) for model in theirs}


def brute_force(positive: set[Any], allowed: set[Any], levels: tuple[int, ...]) -> set[frozenset[Any]]:
    """All covers of least size by prime cubes, by trying everything."""
    cubes = list(product(*[[*range(size), None] for size in levels]))

    def held(cube: Any) -> set[Any]:
        return {
            row for row in product(*map(range, levels)) if all(c in (None, r) for c, r in zip(cube, row, strict=True))
        }

    valid = {cube: held(cube) for cube in cubes if held(cube) <= allowed and held(cube) & positive}
    prime = [cube for cube in valid if not any(valid[cube] < valid[other] for other in valid)]
    for size in range(1, len(positive) + 1):
        covers = {
            frozenset(chosen)
            for chosen in combinations(prime, size)
            if positive <= set(chain.from_iterable(valid[cube] for cube in chosen))
        }
        if covers:
            return covers
    return set()


@st.composite
def crisp(draw: st.DrawFn) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Cases × conditions with an outcome that depends on the configuration alone; up to 5 conditions or 3 levels."""
    levels = tuple(draw(st.lists(st.sampled_from([2, 2, 2, 3]), min_size=1, max_size=3)))
    every = list(product(*map(range, levels)))
    outcome = draw(st.lists(st.sampled_from([0, 1, None]), min_size=len(every), max_size=len(every)))
    rows = [(*row, out) for row, out in zip(every, outcome, strict=True) if out is not None]
    names = [f"C{place}" for place in range(len(levels))]
    return pd.DataFrame(rows, columns=[*names, "Y"], index=[f"case{n}" for n in range(len(rows))]), levels


@given(crisp(), st.sampled_from(KINDS))
def test_every_least_cover_and_no_other(made: tuple[pd.DataFrame, tuple[int, ...]], kind: Any) -> None:
    table, levels = made
    names = [name for name in table.columns if name != "Y"]
    if not len(table):
        return
    sizes = dict(zip(names, levels, strict=True))
    truth = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1, levels=sizes)
    solution = minimise(truth, solution=kind)
    positive = {tuple(row) for row in table.loc[table["Y"] == 1, names].to_numpy().tolist()}
    negative = {tuple(row) for row in table.loc[table["Y"] == 0, names].to_numpy().tolist()}
    if not positive or (kind == "parsimonious" and not negative):
        assert solution.models == ()
        assert solution.note
        return
    every = set(product(*map(range, levels)))
    best = brute_force(positive, positive if kind == "conservative" else every - negative, levels)

    def as_cube(fit: Any) -> tuple[Any, ...]:
        own = {literal.condition: literal.value for literal in fit.term.literals}
        return tuple(own.get(name) for name in names)

    assert {frozenset(map(as_cube, model.terms)) for model in solution.models} == best
    for model in solution.models:
        membership = model.membership(truth)
        assert membership[(table["Y"] == 1).to_numpy()].all()
        assert not membership[(table["Y"] == 0).to_numpy()].any()


@st.composite
def with_gaps(draw: st.DrawFn) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Cases × up to three conditions, some of which do not apply to some cases ("-")."""
    levels = tuple(draw(st.lists(st.sampled_from([2, 2, 3]), min_size=2, max_size=3)))
    gaps = draw(st.lists(st.booleans(), min_size=len(levels), max_size=len(levels)))
    every = list(product(*([*map(str, range(size)), *["-"] * gap] for size, gap in zip(levels, gaps, strict=True))))
    outcome = draw(st.lists(st.sampled_from([0, 1, None]), min_size=len(every), max_size=len(every)))
    rows = [(*row, out) for row, out in zip(every, outcome, strict=True) if out is not None]
    names = [f"C{place}" for place in range(len(levels))]
    return pd.DataFrame(rows, columns=[*names, "Y"], index=[f"case{n}" for n in range(len(rows))]), levels


@given(with_gaps(), st.sampled_from(KINDS))
def test_every_least_cover_where_conditions_do_not_apply_to_some_cases(
    made: tuple[pd.DataFrame, tuple[int, ...]], kind: Any
) -> None:
    """A term names levels that apply; it holds a case in which other conditions do not, and the rows it stands for."""
    table, levels = made
    names = [name for name in table.columns if name != "Y"]
    positive = [tuple(row) for row in table.loc[table["Y"] == 1, names].to_numpy().tolist()]
    negative = [tuple(row) for row in table.loc[table["Y"] == 0, names].to_numpy().tolist()]
    if not positive or not negative:
        return
    sizes = dict(zip(names, levels, strict=True))
    truth = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1, levels=sizes, not_applicable="-")
    whole = [list(map(str, range(size))) for size in levels]

    def inside(row: Any, cube: Any) -> bool:
        return all(own in (None, value) for own, value in zip(cube, row, strict=True))

    like = {
        made
        for row in positive
        for made in product(*([own] if own != "-" else w for own, w in zip(row, whole, strict=True)))
    }

    def valid(cube: Any) -> bool:
        if any(inside(row, cube) for row in negative) or not any(inside(row, cube) for row in positive):
            return False
        return kind == "parsimonious" or all(row in like for row in product(*whole) if inside(row, cube))

    cubes = [cube for cube in product(*[[*own, None] for own in whole]) if valid(cube)]
    prime = [
        c for c in cubes if not any(c != d and all(b in (None, a) for a, b in zip(c, d, strict=True)) for d in cubes)
    ]
    best: set[frozenset[Any]] = set()
    for size in range(1, len(positive) + 1):
        best = {
            frozenset(chosen)
            for chosen in combinations(prime, size)
            if all(any(inside(row, cube) for cube in chosen) for row in positive)
        }
        if best:
            break
    if not best:
        with pytest.raises(DataError, match="no term without that condition covers it"):
            minimise(truth, solution=kind)
        return

    def as_cube(fit: Any) -> tuple[Any, ...]:
        own = {literal.condition: str(literal.value) for literal in fit.term.literals}
        return tuple(own.get(name) for name in names)

    solution = minimise(truth, solution=kind)
    assert {frozenset(map(as_cube, model.terms)) for model in solution.models} == best
    for model in solution.models:
        held = model.membership(truth)
        assert held[(table["Y"] == 1).to_numpy()].all()
        assert not held[(table["Y"] == 0).to_numpy()].any()


@st.composite
def wide(draw: st.DrawFn) -> pd.DataFrame:
    """Four or five crisp conditions, each configuration positive, negative or without a case."""
    k = draw(st.integers(4, 5))
    every = list(product([0, 1], repeat=k))
    outcome = draw(st.lists(st.sampled_from([0, 1, None]), min_size=len(every), max_size=len(every)))
    rows = [(*row, out) for row, out in zip(every, outcome, strict=True) if out is not None]
    return pd.DataFrame(rows, columns=[*"ABCDE"[:k], "Y"], index=[f"case{n}" for n in range(len(rows))])


@given(wide(), st.sampled_from(KINDS))
def test_models_of_wider_tables_cover_what_they_must_and_no_term_can_go(table: pd.DataFrame, kind: Any) -> None:
    if table["Y"].nunique() < 2:
        return
    names = [name for name in table.columns if name != "Y"]
    truth = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1)
    positive, negative = (table["Y"] == 1).to_numpy(), (table["Y"] == 0).to_numpy()
    solution = minimise(truth, solution=kind, max_models=30)
    assert {len(model.terms) for model in solution.models} == {solution.bound}
    every = pd.DataFrame(list(product([0, 1], repeat=len(names))), columns=names)
    observed = set(map(tuple, table.loc[positive, names].to_numpy().tolist()))
    for model in solution.models[:5]:
        held = np.array([fit.term.membership(table) > 0.5 for fit in model.terms])
        assert held.any(axis=0)[positive].all()
        assert not held.any(axis=0)[negative].any()
        for place in range(len(held)):  # without any one term some positive row is lost
            assert not np.delete(held, place, axis=0).any(axis=0)[positive].all()
        if kind == "conservative":  # and nothing is assumed
            inside = every[np.any([fit.term.membership(every) > 0.5 for fit in model.terms], axis=0)]
            assert set(map(tuple, inside.to_numpy().tolist())) <= observed


@given(wide())
def test_fuzzy_scores_of_0_and_1_are_crisp_and_levels_0_and_1_too(table: pd.DataFrame) -> None:
    if table["Y"].nunique() < 2:
        return
    names = [name for name in table.columns if name != "Y"]
    crisp_one = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1)
    fuzzy = truth_table(table.astype(float), outcome="Y[1]", conditions=names, consistency_cutoff=1)
    pd.testing.assert_frame_equal(crisp_one.rows, fuzzy.rows)
    third = table.assign(
        Z=[2, *[0] * (len(table) - 1)]
    )  # one multi-value condition: all literals are written as levels
    multi = truth_table(third, outcome="Y", conditions=[*names, "Z"], consistency_cutoff=1)
    own = minimise(multi, solution="conservative", max_models=1).models[0]
    assert own.membership(multi)[(table["Y"] == 1).to_numpy()].all()
    assert "[" in own.expression
    for row in crisp_one.rows.index[:3]:
        term = str(crisp_one.term(row))
        levels = "*".join(f"{part[1:]}[0]" if part.startswith("~") else f"{part}{{1}}" for part in term.split("*"))
        assert evaluate(levels, table).tolist() == evaluate(term, table).tolist()


@given(crisp(), st.randoms(use_true_random=False))
def test_order_of_cases_and_conditions_does_not_matter(made: tuple[pd.DataFrame, tuple[int, ...]], rng: Any) -> None:
    table, levels = made
    if not len(table):
        return
    names = [name for name in table.columns if name != "Y"]
    sizes = dict(zip(names, levels, strict=True))
    rows, columns = list(table.index), list(names)
    rng.shuffle(rows)
    rng.shuffle(columns)
    one = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1, levels=sizes)
    other = truth_table(
        table.loc[rows],
        outcome="Y",
        conditions=columns,
        consistency_cutoff=1,
        levels={name: sizes[name] for name in columns},
    )
    for kind in KINDS:
        assert found(minimise(one, solution=kind)) == found(minimise(other, solution=kind))


def example(**options: Any) -> Solution:
    return minimise(oracle.truth(oracle.CASES["CVF_PROTEST"]), **{"solution": "parsimonious", **options})


def test_model_ambiguity_is_said_and_bounded() -> None:
    everything = example()
    assert len(everything.models) > 1
    assert "models fit equally well: none of them alone is the solution" in everything.note
    bounded = example(max_models=1)
    assert len(bounded.models) == 1
    assert not bounded.complete
    assert "more models tie than are listed" in bounded.note
    assert len(bounded.models[0].terms) == bounded.bound == len(everything.models[0].terms)


def test_tables_and_words() -> None:
    solution = example()
    frame = solution.to_frame()
    assert frame.index.names == ["model", "term"]
    assert (solution.chart.any(axis=0)).all()
    text = solution.methods_text()
    assert f"The parsimonious solution is {solution.models[0].expression}" in text
    assert "simplifying assumptions about configurations that were not observed" in text
    assert "M1:" in repr(solution)
    assert any("Ragin" in line for line in solution.cite())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"solution": "complex"}, "solution must be one of 'conservative'"),
        ({"solution": "intermediate"}, "it needs them"),
        ({"expectations": ["DEMOC"]}, "takes no expectations"),
        ({"solution": "intermediate", "expectations": "DEMOC"}, "is a list, not the text"),
        ({"solution": "intermediate", "expectations": ["DEMO"]}, "no condition 'DEMO'"),
        ({"solution": "intermediate", "expectations": ["DEMOC[3]"]}, "'DEMOC' has no level 3"),
        ({"solution": "intermediate", "expectations": ["DEMOC*DEMOC"]}, "names a condition twice"),
        ({"exclude": [99]}, "there is no row 99"),
        ({"exclude": [31]}, "row 31 is positive and cannot be excluded"),
        ({"max_models": 0}, "max_models"),
    ],
)
def test_what_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        example(**options)


def test_single_and_conjunctural_expectations_together() -> None:
    """R's QCA loses the single ones (a trap of the reference): both must count here."""
    trap = oracle.R["traps"]["mixed_directional_expectations"]
    case = next(case for case in oracle.CASES.values() if case["dataset"] == trap["dataset"])
    truth = oracle.truth(case)

    def easy(expectations: list[str]) -> set[int]:
        models = minimise(truth, solution="intermediate", expectations=expectations).models
        return {row for model in models for row in model.easy}

    assert easy(trap["both"]["dir.exp"]) >= easy(trap["only_individual"]["dir.exp"])
    assert easy(trap["both"]["dir.exp"]) >= easy(trap["only_conjunctural"]["dir.exp"])


@pytest.mark.slow
def test_a_large_table_has_a_cover_of_proven_size() -> None:
    rng = np.random.default_rng(5)
    names = [f"C{place:02}" for place in range(18)]
    table = pd.DataFrame(rng.integers(0, 2, (120, 18)), columns=names).drop_duplicates()
    truth = truth_table(
        table.assign(Y=rng.integers(0, 2, len(table))), outcome="Y", conditions=names, consistency_cutoff=1
    )
    solution = minimise(truth, solution="parsimonious", max_models=1)
    model = solution.models[0]
    assert len(model.terms) == solution.bound
    assert model.consistency == 1
    assert model.coverage == 1


def test_expectations_of_every_level_are_told_to_expect_none() -> None:
    truth = oracle.truth(oracle.CASES["LC_SURV"])

    def found(*expectations: str) -> Any:
        return minimise(truth, solution="intermediate", expectations=expectations)

    assert "no direction is expected" not in found("DEV", "URB", "DEV").note
    both = found("DEV", "URB", "~DEV")
    assert "no direction is expected for DEV: the expectations name every level" in both.note
    assert "No direction is expected for DEV" in both.methods_text()
    assert [one.expression for one in both.models] == [one.expression for one in found("URB").models]
    four = found("DEV*URB", "DEV*~URB", "~DEV*URB", "~DEV*~URB")
    assert "no direction is expected for DEV*URB" in four.note
