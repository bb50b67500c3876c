"""What differs between cases: tables of cases by codes or concepts, codes that occur together, systems side by side."""

from expertsys.comparison.case_matrix import CaseMatrix, case_matrix
from expertsys.comparison.cooccurrence import Cooccurrence, cooccurrence
from expertsys.comparison.systems import Systems, systems

__all__ = ["CaseMatrix", "Cooccurrence", "Systems", "case_matrix", "cooccurrence", "systems"]
