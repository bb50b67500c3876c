"""What the theory room must be able to say: the concepts, propositions and facts, listed apart from the code."""

from __future__ import annotations

# class, key, standing, references (with page where there is one)
CONCEPTS = [
    ("ExpertSystem", "expert-system", "source", ["greenhalgh2014hsdr", "giddens1990 p. 27"]),
    ("Mandate", "mandate", "source", ["greenhalgh2014hsdr"]),
    ("Infrastructure", "infrastructure", "source", ["greenhalgh2014hsdr"]),
    ("Rule", "rule", "source", ["greenhalgh2014hsdr"]),
    ("Classification", "classification", "source", ["greenhalgh2014hsdr"]),
    ("Category", "category", "source", ["greenhalgh2014hsdr"]),
    ("Technology", "technology", "source", ["greenhalgh2014hsdr"]),
    ("ActionAtADistance", "action-at-a-distance", "source", ["greenhalgh2014hsdr", "latour1987"]),
    ("EmptyingOut", "emptying-out", "source", ["greenhalgh2014hsdr"]),
    ("LocalContingency", "local-contingency", "source", ["greenhalgh2014hsdr"]),
    ("Situation", "situation", "source", ["greenhalgh2014hsdr"]),
    ("ProfessionalPractice", "professional-practice", "source", ["greenhalgh2014hsdr"]),
    ("Resistance", "resistance", "source", ["greenhalgh2014hsdr"]),
    ("Disembedding", "disembedding", "background", ["giddens1990 p. 21"]),
    ("Reembedding", "reembedding", "background", ["giddens1990 pp. 79–92"]),
    ("AccessPoint", "access-point", "background", ["giddens1990 pp. 79–92"]),
    ("Trust", "trust", "background", ["giddens1990 pp. 79–92"]),
    ("Structuration", "structuration", "background", ["stones2005", "greenhalgh2010sst", "giddens1984"]),
    ("ExternalStructure", "external-structure", "background", ["stones2005"]),
    ("InternalStructure", "internal-structure", "background", ["stones2005"]),
    ("ActiveAgency", "active-agency", "background", ["stones2005"]),
    ("Outcome", "outcome", "background", ["stones2005"]),
    ("PositionPractice", "position-practice", "background", ["stones2005"]),
    ("FocusOfResistance", "focus-of-resistance", "companion", ["greenhalgh2014cab"]),
    ("ModeOfUse", "mode-of-use", "proposed", []),
    ("ExplanatoryFrame", "explanatory-frame", "source", ["greenhalgh2014hsdr"]),
]

# class, field, standing: fields whose standing is fixed, above all where it is not that of the class
FIELDS = [
    ("ExpertSystem", "mandate", "source"),
    ("ExpertSystem", "infrastructure", "source"),
    ("ExpertSystem", "rules", "source"),
    ("ExpertSystem", "technology", "source"),
    ("ExpertSystem", "classification", "source"),
    ("ExpertSystem", "documented_use", "source"),
    ("Mandate", "local_ownership", "source"),
    ("Mandate", "local_flexibility", "source"),
    ("Infrastructure", "rewards", "source"),
    ("Infrastructure", "punishments", "source"),
    ("Infrastructure", "reporting_lines", "proposed"),
    ("Infrastructure", "targets", "proposed"),
    ("Rule", "when", "source"),
    ("Rule", "action", "source"),
    ("Rule", "id", "proposed"),
    ("Rule", "authored_at", "proposed"),
    ("Rule", "applies_at", "proposed"),
    ("Classification", "categories", "source"),
    ("Category", "residual", "background"),
    ("Technology", "store", "source"),
    ("Technology", "code", "source"),
    ("Technology", "classify", "source"),
    ("Technology", "aggregate", "source"),
    ("Technology", "constraints", "companion"),
    ("ActionAtADistance", "origin", "source"),
    ("ActionAtADistance", "destination", "source"),
    ("ActionAtADistance", "as_intended", "source"),
    ("EmptyingOut", "sensitive", "source"),
    ("EmptyingOut", "insensitive", "source"),
    ("LocalContingency", "description", "source"),
    ("LocalContingency", "site", "source"),
    ("LocalContingency", "kind", "proposed"),
    ("Situation", "situation", "proposed"),
    ("ProfessionalPractice", "roles", "source"),
    ("ProfessionalPractice", "relationships", "source"),
    ("ProfessionalPractice", "practices", "source"),
    ("ProfessionalPractice", "judgement", "companion"),
    ("ProfessionalPractice", "ethical_conduct", "companion"),
    ("Resistance", "system", "proposed"),
    ("Resistance", "focus", "companion"),
    ("Resistance", "mode", "proposed"),
    ("Disembedding", "mechanism", "background"),
    ("Reembedding", "arrangement", "background"),
    ("Trust", "commitment", "background"),
    ("FocusOfResistance", "POLICY", "companion"),
    ("FocusOfResistance", "RELATIONS", "companion"),
    ("ModeOfUse", "TOKEN", "proposed"),
    ("ContingencyKind", "COURSE", "proposed"),
    ("Mechanism", "SYMBOLIC_TOKEN", "background"),
    ("Commitment", "FACELESS", "background"),
    ("ExplanatoryFrame", "BEHAVIOURIST", "source"),
]

# vocabulary, its members
VOCABULARIES = [
    ("FocusOfResistance", {"policy", "sociomaterial", "judgement", "relations"}),
    ("ModeOfUse", {"as-intended", "adapted", "workaround", "token", "non-use"}),
    ("ExplanatoryFrame", {"behaviourist", "sociological"}),
    ("ContingencyKind", {"patient", "place", "timing", "relationship", "course"}),
    ("Mechanism", {"symbolic-token", "expert-system"}),
    ("Commitment", {"facework", "faceless"}),
]

# key, kind, standing, source, a phrase that its wording must hold
PROPOSITIONS = [
    ("P1", "premise", "source", "greenhalgh2014hsdr", "little local ownership or scope for local flexibility"),
    ("P2", "definition", "source", "greenhalgh2014hsdr", "store, code, classify and aggregate"),
    ("P3", "claim", "source", "greenhalgh2014hsdr", "so long as people use the technology as intended"),
    ("P4", "claim", "source", "greenhalgh2014hsdr", "tend to empty out"),
    ("P5", "finding", "source", "greenhalgh2014hsdr", "disruptive influence of expert systems"),
    ("P6", "argument", "source", "greenhalgh2014hsdr", "sociomaterial and normative components"),
    ("P7", "finding", "companion", "greenhalgh2014cab", "policy, sociomaterial constraint"),
]

SOURCES = [
    "greenhalgh2014hsdr",
    "greenhalgh2014cab",
    "swinglehurst2012",
    "greenhalgh2010scr",
    "greenhalgh2010sst",
    "giddens1984",
    "giddens1990",
    "ehi2006",
    "ehi2007a",
    "ehi2007b",
    "hsj2014",
    "parliament2014",
    "pulse2013",
    "latour1987",
    "bowkerstar1999",
    "stones2005",
]

MEASURES = [
    ("emptying_out", ["emptying-out"]),
    ("action_at_a_distance", ["action-at-a-distance"]),
    ("contingency_sensitivity", ["local-contingency"]),
    ("resistance_profile", ["focus-of-resistance"]),
    ("frame_evidence", ["explanatory-frame"]),
    ("coverage", []),
]

CAB, QOF, SCR = "choose-and-book", "qof-templates", "summary-care-record"
CENTRES = "participating primary care out-of-hours and walk-in centres"

# system, name of the fact, value, upper end, denominator, period, scope, sources
FACTS = [
    (CAB, "target", 90, None, "GP referrals to first outpatient appointments", "2007-03", "", ["ehi2006", "ehi2007a"]),
    (CAB, "utilisation", 27, None, "GP referrals", "2006-10", "", ["ehi2006"]),
    (CAB, "utilisation", 40, None, "GP referrals", "2007-03", "", ["ehi2007a"]),
    (CAB, "utilisation", 40, None, "GP referrals", "2007-07", "", ["ehi2007b"]),
    (
        CAB,
        "utilisation between primary care trusts",
        15,
        80,
        "GP referrals",
        "2007",
        "primary care trusts of one region",
        ["ehi2007a", "ehi2007b"],
    ),
    *(
        (CAB, "utilisation", share, None, "GP referrals", month, "", ["parliament2014"])
        for month, share in {
            "2013-07": 52,
            "2013-08": 53,
            "2013-09": 53,
            "2013-10": 53,
            "2013-11": 52,
            "2013-12": 51,
            "2014-01": 54,
            "2014-02": 51,
            "2014-03": 52,
            "2014-04": 51,
            "2014-05": 52,
            "2014-06": 51,
        }.items()
    ),
    (CAB, "reported cost", 356, None, "", "since 2004", "quoting a newspaper", ["hsj2014"]),
    (CAB, "successor", "NHS e-Referral Service", None, "", "", "", ["pulse2013"]),
    (CAB, "general practices studied", 4, None, "", "", "", ["greenhalgh2014cab"]),
    (CAB, "pressure for use", "political pressure", None, "", "", "", ["greenhalgh2014cab"]),
    (QOF, "consultations studied", 36, None, "", "", "two general practices", ["swinglehurst2012"]),
    (QOF, "consultations observed", 24, None, "", "", "two general practices", ["swinglehurst2012"]),
    (
        QOF,
        "consultations video-recorded with screen capture",
        12,
        None,
        "",
        "",
        "two general practices",
        ["swinglehurst2012"],
    ),
    (QOF, "general practices studied", 2, None, "", "", "", ["swinglehurst2012"]),
    (SCR, "records created", 1_500_000, None, "", "early 2010", "", ["greenhalgh2010scr"]),
    (SCR, "accessed", 4, None, "all encounters", "", CENTRES, ["greenhalgh2010scr"]),
    (SCR, "accessed", 21, None, "encounters in which a record was available", "", CENTRES, ["greenhalgh2010scr"]),
    (
        SCR,
        "available record opened, by individual clinician",
        0,
        84,
        "encounters in which a record was available",
        "",
        "individual clinicians",
        ["greenhalgh2010scr"],
    ),
    (SCR, "programme", "part of the National Programme for IT", None, "", "", "", ["greenhalgh2010scr"]),
    (SCR, "interviews", 140, None, "", "", "", ["greenhalgh2010scr"]),
    (SCR, "field notes", 2_000, None, "", "", "", ["greenhalgh2010scr"]),
    (SCR, "consultations observed", 214, None, "", "", "", ["greenhalgh2010scr"]),
    (SCR, "documents", 3_000, None, "", "", "", ["greenhalgh2010scr"]),
    (SCR, "encounters", 416_325, None, "", "", "", ["greenhalgh2010scr"]),
    *(
        (key, "data collection of the study", "2007–10", None, "", "", "all three systems", ["greenhalgh2014hsdr"])
        for key in (CAB, QOF, SCR)
    ),
]

# system, path of the field, value, source
PARTS = [
    (CAB, "mandate.level", "national", "greenhalgh2014hsdr"),
    (CAB, "mandate.body", "Department of Health", "greenhalgh2014cab"),
    (CAB, "mandate.since", "2004", "greenhalgh2014cab"),
    (CAB, "mandate.policy", "patient choice", "greenhalgh2014cab"),
    (CAB, "infrastructure.rewards", ("financial incentives",), "greenhalgh2014cab"),
    (QOF, "mandate.level", "national", "greenhalgh2014hsdr"),
    (QOF, "infrastructure.rewards", ("pay for performance",), "swinglehurst2012"),
    (QOF, "technology.classify", True, "swinglehurst2012"),
    (SCR, "mandate.level", "national", "greenhalgh2014hsdr"),
    (SCR, "technology.store", True, "greenhalgh2010scr"),
]

# system, path of what the public facts do not give
UNKNOWN = [
    *((key, "rules") for key in (CAB, QOF, SCR)),
    *((key, "classification") for key in (CAB, QOF, SCR)),
    *((key, f"mandate.{name}") for key in (CAB, QOF, SCR) for name in ("local_ownership", "local_flexibility")),
    (CAB, "technology"),
    (SCR, "infrastructure"),
    *((QOF, f"technology.{name}") for name in ("store", "code", "aggregate")),
    *((SCR, f"technology.{name}") for name in ("code", "classify", "aggregate")),
]

# system, a phrase of the finding, source
FINDINGS = [
    (CAB, "characteristics of an expert system", "greenhalgh2014cab"),
    (CAB, "emptied out the content of the consultation", "greenhalgh2014cab"),
    (CAB, "wrongly assumed to be rational choosers", "greenhalgh2014cab"),
    (CAB, "four foci", "greenhalgh2014cab"),
    (QOF, "define what chronic disease is", "swinglehurst2012"),
    (QOF, "particular became general", "swinglehurst2012"),
    (QOF, "completing fields", "swinglehurst2012"),
    (QOF, "tension between the patient as an individual", "swinglehurst2012"),
    (QOF, "dialogue around the patient's story", "swinglehurst2012"),
    (SCR, "main determinant of access", "greenhalgh2010scr"),
    (SCR, "rising at some sites", "greenhalgh2010scr"),
]
