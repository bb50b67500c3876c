"""The framework as code: concepts as records and as typed classes, propositions, rival frames, and the three systems.

`FRAMEWORK` holds the records, each with its standing (source, companion, background, proposed) and its sources; the
classes make instances for analysis. Nothing here knows of tables.

Examples
--------
>>> from expertsys.theory import FRAMEWORK
>>> print(FRAMEWORK.proposition("P4").wording)
Expert systems tend to empty out social situations: their rules and categories are insensitive to local contingency and
unfolding detail.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expertsys.theory.cases import choose_and_book, qof_templates, summary_care_record
    from expertsys.theory.completeness import Completeness, Status
    from expertsys.theory.conditions import Compare, Condition, Every, Not, Some, condition
    from expertsys.theory.evidence_rules import EVIDENCE_FEATURES, Bearing, EvidenceRule, EvidenceUnit
    from expertsys.theory.expert_system import ExpertSystem, Prescription, Recording
    from expertsys.theory.facts import Fact, Finding
    from expertsys.theory.framework import Framework
    from expertsys.theory.modernity import AccessPoint, Commitment, Disembedding, Mechanism, Reembedding, Trust
    from expertsys.theory.parts import ABSENT, CAPABILITIES, Absent, Extent, Infrastructure, Level, Mandate, Technology
    from expertsys.theory.practice import (
        ActionAtADistance,
        ExplanatoryFrame,
        FocusOfResistance,
        ProfessionalPractice,
        Resistance,
    )
    from expertsys.theory.records import (
        Coding,
        Concept,
        Frame,
        Measure,
        Part,
        Proposition,
        PropositionKind,
        Relation,
        RelationKind,
    )
    from expertsys.theory.scheme import Category, Classification, Rule
    from expertsys.theory.shipped import standings
    from expertsys.theory.situations import (
        SITUATION_COLUMNS,
        ContingencyKind,
        EmptyingOut,
        LocalContingency,
        ModeOfUse,
        Situation,
    )
    from expertsys.theory.standing import Citation, Standing
    from expertsys.theory.structuration import (
        ActiveAgency,
        ExternalStructure,
        InternalStructure,
        Outcome,
        PositionPractice,
        Step,
        Structuration,
    )

    FRAMEWORK: Framework
    """The framework of the study, as shipped: concepts, relations, propositions, frames, measures and sources."""

__all__ = [
    "ABSENT",
    "CAPABILITIES",
    "EVIDENCE_FEATURES",
    "FRAMEWORK",
    "SITUATION_COLUMNS",
    "Absent",
    "AccessPoint",
    "ActionAtADistance",
    "ActiveAgency",
    "Bearing",
    "Category",
    "Citation",
    "Classification",
    "Coding",
    "Commitment",
    "Compare",
    "Completeness",
    "Concept",
    "Condition",
    "ContingencyKind",
    "Disembedding",
    "EmptyingOut",
    "Every",
    "EvidenceRule",
    "EvidenceUnit",
    "ExpertSystem",
    "ExplanatoryFrame",
    "Extent",
    "ExternalStructure",
    "Fact",
    "Finding",
    "FocusOfResistance",
    "Frame",
    "Framework",
    "Infrastructure",
    "InternalStructure",
    "Level",
    "LocalContingency",
    "Mandate",
    "Measure",
    "Mechanism",
    "ModeOfUse",
    "Not",
    "Outcome",
    "Part",
    "PositionPractice",
    "Prescription",
    "ProfessionalPractice",
    "Proposition",
    "PropositionKind",
    "Recording",
    "Reembedding",
    "Relation",
    "RelationKind",
    "Resistance",
    "Rule",
    "Situation",
    "Some",
    "Standing",
    "Status",
    "Step",
    "Structuration",
    "Technology",
    "Trust",
    "choose_and_book",
    "condition",
    "qof_templates",
    "standings",
    "summary_care_record",
]

_NAMES = {
    "cases": "choose_and_book qof_templates summary_care_record",
    "completeness": "Completeness Status",
    "conditions": "Compare Condition Every Not Some condition",
    "evidence_rules": "EVIDENCE_FEATURES Bearing EvidenceRule EvidenceUnit",
    "expert_system": "ExpertSystem Prescription Recording",
    "facts": "Fact Finding",
    "framework": "Framework",
    "modernity": "AccessPoint Commitment Disembedding Mechanism Reembedding Trust",
    "parts": "ABSENT CAPABILITIES Absent Extent Infrastructure Level Mandate Technology",
    "practice": "ActionAtADistance ExplanatoryFrame FocusOfResistance ProfessionalPractice Resistance",
    "records": "Coding Concept Frame Measure Part Proposition PropositionKind Relation RelationKind",
    "scheme": "Category Classification Rule",
    "shipped": "standings",
    "situations": "SITUATION_COLUMNS ContingencyKind EmptyingOut LocalContingency ModeOfUse Situation",
    "standing": "Citation Standing",
    "structuration": "ActiveAgency ExternalStructure InternalStructure Outcome PositionPractice Step Structuration",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name's module, or read the framework, when it is first asked for."""
        if name == "FRAMEWORK":
            value = importlib.import_module("expertsys.theory.shipped").shipped_framework()
        elif name in _HOME:
            value = getattr(importlib.import_module(f"expertsys.theory.{_HOME[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
