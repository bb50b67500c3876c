"""What differs between cases: tables of cases by codes or concepts, codes that occur together, systems side by side."""

from expertsys.comparison.association import Association, association
from expertsys.comparison.case_matrix import CaseMatrix, case_matrix
from expertsys.comparison.clustering import Clustering
from expertsys.comparison.contrast import Contrast, contrast
from expertsys.comparison.cooccurrence import Cooccurrence, cooccurrence
from expertsys.comparison.framework_matrix import Cell, FrameworkMatrix, framework_matrix
from expertsys.comparison.similarity import Similarity, similarity
from expertsys.comparison.systems import Systems, systems

__all__ = [
    "Association",
    "CaseMatrix",
    "Cell",
    "Clustering",
    "Contrast",
    "Cooccurrence",
    "FrameworkMatrix",
    "Similarity",
    "Systems",
    "association",
    "case_matrix",
    "contrast",
    "cooccurrence",
    "framework_matrix",
    "similarity",
    "systems",
]
