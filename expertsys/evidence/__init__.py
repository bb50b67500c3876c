"""What coded data say for and against the theory: evidence is sorted and shown; there is no verdict and no score."""

from expertsys.evidence.coverage import Coverage, coverage
from expertsys.evidence.frames import FrameEvidence, frame_evidence
from expertsys.evidence.negative import NegativeCases, negative_cases
from expertsys.evidence.propositions import PropositionEvidence, evaluate_propositions
from expertsys.evidence.resistance import ResistanceProfile, resistance_profile
from expertsys.evidence.subsets import Relation, SubsetRelations, subset_relations

__all__ = [
    "Coverage",
    "FrameEvidence",
    "NegativeCases",
    "PropositionEvidence",
    "Relation",
    "ResistanceProfile",
    "SubsetRelations",
    "coverage",
    "evaluate_propositions",
    "frame_evidence",
    "negative_cases",
    "resistance_profile",
    "subset_relations",
]
