"""Files into a Study and out of it: one module per format, one registry."""

from expertsys.io.codebooks import read_codebook, write_codebook
from expertsys.io.formats import formats, survives
from expertsys.io.limits import Limits
from expertsys.io.reading import read
from expertsys.io.writing import write

__all__ = ["Limits", "formats", "read", "read_codebook", "survives", "write", "write_codebook"]
