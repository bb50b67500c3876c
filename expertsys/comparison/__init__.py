"""What differs between cases: tables of cases by codes or concepts, codes that occur together, systems side by side."""

from expertsys.comparison.association import Association, association
from expertsys.comparison.candidates import Candidates
from expertsys.comparison.case_matrix import CaseMatrix, case_matrix
from expertsys.comparison.clustering import Clustering
from expertsys.comparison.contrast import Contrast, contrast
from expertsys.comparison.cooccurrence import Cooccurrence, cooccurrence
from expertsys.comparison.designs import CasePairs, most_different, most_similar
from expertsys.comparison.framework_matrix import Cell, FrameworkMatrix, framework_matrix
from expertsys.comparison.mill import joint_method, method_of_agreement, method_of_difference
from expertsys.comparison.replication import Replication, replication
from expertsys.comparison.similarity import Similarity, similarity
from expertsys.comparison.systems import Systems, systems
from expertsys.comparison.variation import concomitant_variation

__all__ = [
    "Association",
    "Candidates",
    "CaseMatrix",
    "CasePairs",
    "Cell",
    "Clustering",
    "Contrast",
    "Cooccurrence",
    "FrameworkMatrix",
    "Replication",
    "Similarity",
    "Systems",
    "association",
    "case_matrix",
    "concomitant_variation",
    "contrast",
    "cooccurrence",
    "framework_matrix",
    "joint_method",
    "method_of_agreement",
    "method_of_difference",
    "most_different",
    "most_similar",
    "replication",
    "similarity",
    "systems",
]
