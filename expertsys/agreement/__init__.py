"""Do the coders agree, how sure are we, and where do they not.

Ratings are compressed to distinct profiles and their counts; a coefficient is a function of weights over these
profiles, so that its interval costs about the same for a thousand units and for a hundred million.
"""

from expertsys._core.results import Interval
from expertsys.agreement.coefficients.alpha import Alpha, CrossCheck, krippendorff_alpha
from expertsys.agreement.coefficients.cohen import cohen_kappa
from expertsys.agreement.coefficients.fleiss import fleiss_kappa
from expertsys.agreement.coefficients.gwet import gwet_ac
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.diagnosis.disagreements import disagreements
from expertsys.agreement.diagnosis.reliability import methods_text, reliability
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Analytic, Bootstrap, Jackknife
from expertsys.agreement.ratings import Ratings

__all__ = [
    "Alpha",
    "Analytic",
    "Bootstrap",
    "Coefficient",
    "CrossCheck",
    "Interval",
    "Jackknife",
    "Ratings",
    "cohen_kappa",
    "disagreements",
    "fleiss_kappa",
    "gwet_ac",
    "krippendorff_alpha",
    "methods_text",
    "percent_agreement",
    "reliability",
]
