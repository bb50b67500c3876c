"""Theory held against coded data: evidence is sorted and shown; there is no verdict and no score."""

from expertsys.evidence.coverage import Coverage, coverage

__all__ = ["Coverage", "coverage"]
