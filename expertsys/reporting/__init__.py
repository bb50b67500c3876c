"""A study's report: everything collected in one serialisable model first, then templates that only format it."""

from expertsys.reporting.build import build, report, report_qca
from expertsys.reporting.model import Column, Figure, Report, Section, Table

__all__ = ["Column", "Figure", "Report", "Section", "Table", "build", "report", "report_qca"]
