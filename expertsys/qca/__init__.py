"""Qualitative Comparative Analysis: calibration, necessity, truth tables, solutions, robustness, cases, expressions."""

from expertsys.qca.algebra import evaluate, factor, intersection, negate, parse, simplify
from expertsys.qca.bridge import FromAttribute, FromCodes, FromFigures, Membership, membership
from expertsys.qca.calibrate import calibrate, find_thresholds
from expertsys.qca.chance import FalsePositives, FitIntervals, false_positives, fit_intervals
from expertsys.qca.clusters import ClusterFit, cluster_fit
from expertsys.qca.enhanced import Untenable, rows_of, untenable
from expertsys.qca.evaluation import TheoryEvaluation, evaluate_theory
from expertsys.qca.expression import Expression, Literal, Term
from expertsys.qca.minimise import minimise
from expertsys.qca.necessity import Necessity, necessity
from expertsys.qca.parameters import parameters_of_fit
from expertsys.qca.reruns import Sweep, leave_one_out, sweep, sweep_anchors
from expertsys.qca.robustness import Robustness, robustness
from expertsys.qca.sensitivity import SensitivityRanges, sensitivity_ranges
from expertsys.qca.solution import Model, Solution, TermFit
from expertsys.qca.standards import report_tables
from expertsys.qca.truth import TruthTable, truth_table
from expertsys.qca.within import CaseTypes, case_types

__all__ = [
    "CaseTypes",
    "ClusterFit",
    "Expression",
    "FalsePositives",
    "FitIntervals",
    "FromAttribute",
    "FromCodes",
    "FromFigures",
    "Literal",
    "Membership",
    "Model",
    "Necessity",
    "Robustness",
    "SensitivityRanges",
    "Solution",
    "Sweep",
    "Term",
    "TermFit",
    "TheoryEvaluation",
    "TruthTable",
    "Untenable",
    "calibrate",
    "case_types",
    "cluster_fit",
    "evaluate",
    "evaluate_theory",
    "factor",
    "false_positives",
    "find_thresholds",
    "fit_intervals",
    "intersection",
    "leave_one_out",
    "membership",
    "minimise",
    "necessity",
    "negate",
    "parameters_of_fit",
    "parse",
    "report_tables",
    "robustness",
    "rows_of",
    "sensitivity_ranges",
    "simplify",
    "sweep",
    "sweep_anchors",
    "truth_table",
    "untenable",
]
