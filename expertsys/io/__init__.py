"""Files into a Study and out of it: one module per format, one registry."""

from expertsys.io.codebooks import read_codebook, write_codebook
from expertsys.io.formats import formats, survives
from expertsys.io.limits import Limits
from expertsys.io.nvivo import NVivoComparison, nvivo_comparison
from expertsys.io.reading import read
from expertsys.io.reports import report_map
from expertsys.io.writing import write

__all__ = [
    "Limits",
    "NVivoComparison",
    "formats",
    "nvivo_comparison",
    "read",
    "read_codebook",
    "report_map",
    "survives",
    "write",
    "write_codebook",
]
