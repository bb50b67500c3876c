"""What differs between cases: tables of cases by codes or concepts, and codes that occur together."""

from expertsys.comparison.case_matrix import CaseMatrix, case_matrix
from expertsys.comparison.cooccurrence import Cooccurrence, cooccurrence

__all__ = ["CaseMatrix", "Cooccurrence", "case_matrix", "cooccurrence"]
