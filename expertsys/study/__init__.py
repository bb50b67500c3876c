"""What a researcher brings: codebook, codings, who saw what, situations, provenance."""

from expertsys.study.check import check
from expertsys.study.codebook import Code, Codebook
from expertsys.study.matching import Matching
from expertsys.study.merge import matching_of, merge
from expertsys.study.privacy import Pseudonymised
from expertsys.study.provenance import Provenance, Source
from expertsys.study.study import Study
from expertsys.study.unmapped import Unmapped

__all__ = [
    "Code",
    "Codebook",
    "Matching",
    "Provenance",
    "Pseudonymised",
    "Source",
    "Study",
    "Unmapped",
    "check",
    "matching_of",
    "merge",
]
