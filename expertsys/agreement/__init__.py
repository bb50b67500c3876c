"""Do the coders agree, how sure are we, and where do they not.

Ratings are compressed to distinct profiles and their counts; a coefficient is a function of weights over these
profiles, so that its interval costs about the same for a thousand units and for a hundred million.
"""

from expertsys._core.results import Interval
from expertsys.agreement.coefficients.alpha import Alpha, CrossCheck, krippendorff_alpha
from expertsys.agreement.coefficients.bangdiwala import bangdiwala_b
from expertsys.agreement.coefficients.brennan import brennan_prediger
from expertsys.agreement.coefficients.cohen import cohen_kappa
from expertsys.agreement.coefficients.conger import conger_kappa
from expertsys.agreement.coefficients.fleiss import fleiss_kappa
from expertsys.agreement.coefficients.gold import gold_standard
from expertsys.agreement.coefficients.gwet import gwet_ac
from expertsys.agreement.coefficients.icc import icc, icc_table
from expertsys.agreement.coefficients.kendall import KendallW, kendall_w
from expertsys.agreement.coefficients.limits import LimitsOfAgreement, limits_of_agreement
from expertsys.agreement.coefficients.lin import lin_concordance
from expertsys.agreement.coefficients.pairwise import holsti, light_kappa
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.coefficients.scott import scott_pi
from expertsys.agreement.diagnosis.categories import categories, specific_agreement
from expertsys.agreement.diagnosis.coders import CoderMatrix, coder_matrix, without_coder
from expertsys.agreement.diagnosis.confusion import Confusion, confusion
from expertsys.agreement.diagnosis.disagreements import disagreements
from expertsys.agreement.diagnosis.drift import Drift, drift
from expertsys.agreement.diagnosis.overview import all_coefficients
from expertsys.agreement.diagnosis.reliability import methods_text, reliability
from expertsys.agreement.diagnosis.rounds import change_between_rounds, intra_coder, reading_sensitivity
from expertsys.agreement.diagnosis.scenarios import what_if
from expertsys.agreement.inference.benchmarks import Benchmark
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.comparison import Comparison, compare
from expertsys.agreement.inference.methods import Analytic, Bootstrap, Jackknife, Wilson
from expertsys.agreement.inference.permutation import PermutationTest
from expertsys.agreement.panel.against import AgainstPanel, against_panel
from expertsys.agreement.panel.alternative import AlternativeAnnotatorTest, alternative_annotator_test
from expertsys.agreement.panel.consensus import Consensus, consensus
from expertsys.agreement.panel.replication import CrossReplication, cross_replication
from expertsys.agreement.planning.double import DoubleCoding, double_code
from expertsys.agreement.planning.plan import plan
from expertsys.agreement.planning.result import Plan
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.spans.alpha import span_alpha
from expertsys.agreement.spans.disagreements import span_disagreements
from expertsys.agreement.spans.matching import segment_kappa, span_f1
from expertsys.agreement.spans.result import SpanCoefficient
from expertsys.agreement.spans.table import Spans
from expertsys.agreement.spans.tabulate import span_reliability
from expertsys.agreement.spans.text import coding_comparison, qualcoder_kappa, text_agreement, text_kappa
from expertsys.agreement.spans.unit_rules import compare_unit_rules

__all__ = [
    "AgainstPanel",
    "Alpha",
    "AlternativeAnnotatorTest",
    "Analytic",
    "Benchmark",
    "Bootstrap",
    "CoderMatrix",
    "Coefficient",
    "Comparison",
    "Confusion",
    "Consensus",
    "CrossCheck",
    "CrossReplication",
    "DoubleCoding",
    "Drift",
    "Interval",
    "Jackknife",
    "KendallW",
    "LimitsOfAgreement",
    "PermutationTest",
    "Plan",
    "Ratings",
    "SpanCoefficient",
    "Spans",
    "Wilson",
    "against_panel",
    "all_coefficients",
    "alternative_annotator_test",
    "bangdiwala_b",
    "brennan_prediger",
    "categories",
    "change_between_rounds",
    "coder_matrix",
    "coding_comparison",
    "cohen_kappa",
    "compare",
    "compare_unit_rules",
    "confusion",
    "conger_kappa",
    "consensus",
    "cross_replication",
    "disagreements",
    "double_code",
    "drift",
    "fleiss_kappa",
    "gold_standard",
    "gwet_ac",
    "holsti",
    "icc",
    "icc_table",
    "intra_coder",
    "kendall_w",
    "krippendorff_alpha",
    "light_kappa",
    "limits_of_agreement",
    "lin_concordance",
    "methods_text",
    "percent_agreement",
    "plan",
    "qualcoder_kappa",
    "reading_sensitivity",
    "reliability",
    "scott_pi",
    "segment_kappa",
    "span_alpha",
    "span_disagreements",
    "span_f1",
    "span_reliability",
    "specific_agreement",
    "text_agreement",
    "text_kappa",
    "what_if",
    "without_coder",
]
