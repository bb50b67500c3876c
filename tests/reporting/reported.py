"""Small studies to report on, and quick reports of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

import expertsys as es
from expertsys import Study
from expertsys.agreement import Bootstrap
from expertsys.reporting import Report, build
from expertsys.theory import choose_and_book, summary_care_record

QUICK = Bootstrap(replicates=30, rng=0)


@cache
def usual() -> Study:
    return small(title="Usual")


def small(**tables: Any) -> Study:
    rows = [
        ("u1", "ann", "policy", "A"),
        ("u1", "ben", "policy", "A"),
        ("u2", "ann", "policy", "A"),
        ("u2", "ben", "workload", "A"),
        ("u3", "ann", "workload", "B"),
        ("u3", "ben", "workload", "B"),
        ("u4", "ann", "judgement", "B"),
    ]
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "case"]), **tables)


@cache
def whole() -> Report:
    """The report of the synthetic study and of two systems, built once."""
    study = es.datasets.load("synthetic-three-systems").study()
    return build(study, method=QUICK, systems=[choose_and_book(), summary_care_record()])


def made(study: Study, **options: Any) -> Report:
    return build(study, method=QUICK, **options)
