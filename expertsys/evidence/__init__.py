"""Theory held against coded data: evidence is sorted and shown; there is no verdict and no score."""

from expertsys.evidence.coverage import Coverage, coverage
from expertsys.evidence.frames import FrameEvidence, frame_evidence
from expertsys.evidence.propositions import Holding, hold
from expertsys.evidence.resistance import ResistanceProfile, resistance_profile

__all__ = [
    "Coverage",
    "FrameEvidence",
    "Holding",
    "ResistanceProfile",
    "coverage",
    "frame_evidence",
    "hold",
    "resistance_profile",
]
