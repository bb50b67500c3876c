"""Qualitative Comparative Analysis: calibration, necessity, truth tables, minimisation, expressions."""

from expertsys.qca.algebra import evaluate, factor, intersection, negate, parse, simplify
from expertsys.qca.calibrate import calibrate, find_thresholds
from expertsys.qca.expression import Expression, Literal, Term
from expertsys.qca.minimise import minimise
from expertsys.qca.necessity import Necessity, necessity
from expertsys.qca.solution import Model, Solution, TermFit
from expertsys.qca.truth import TruthTable, truth_table

__all__ = [
    "Expression",
    "Literal",
    "Model",
    "Necessity",
    "Solution",
    "Term",
    "TermFit",
    "TruthTable",
    "calibrate",
    "evaluate",
    "factor",
    "find_thresholds",
    "intersection",
    "minimise",
    "necessity",
    "negate",
    "parse",
    "simplify",
    "truth_table",
]
