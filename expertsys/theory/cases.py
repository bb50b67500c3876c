"""The three systems of the study, as far as their public facts go: what is not stated there stays unknown."""

from __future__ import annotations

import functools

from expertsys.theory.expert_system import ExpertSystem
from expertsys.theory.facts import Fact, Finding
from expertsys.theory.parts import Infrastructure, Mandate, Technology

_REFERRALS = "GP referrals"
_MONTHLY = (52, 53, 53, 53, 52, 51, 54, 51, 52, 51, 52, 51)
_NOTE = (
    "A component or capability that is unknown here is one that the public facts used do not single out; the study "
    "itself treats the system as an expert system."
)


def _monthly() -> tuple[Fact, ...]:
    months = [f"2013-{month:02d}" for month in range(7, 13)] + [f"2014-{month:02d}" for month in range(1, 7)]
    return tuple(
        Fact("utilisation", share, "parliament2014", unit="%", denominator=_REFERRALS, period=month)
        for month, share in zip(months, _MONTHLY, strict=True)
    )


@functools.cache
def choose_and_book() -> ExpertSystem:
    """Choose and Book: remote booking of outpatient appointments by GP and patient.

    Returns
    -------
    ExpertSystem
        Every field with its source; what is not published stays unknown.

    References
    ----------
    Keys ``greenhalgh2014cab``, ``ehi2006``, ``ehi2007a``, ``ehi2007b``, ``parliament2014``, ``hsj2014``, ``pulse2013``.

    Examples
    --------
    >>> for fact in choose_and_book().series("utilisation")[:2]:
    ...     print(fact)
    utilisation: 27 % of GP referrals (2006-10) [ehi2006]
    utilisation: about 40 % of GP referrals (2007-03) [ehi2007a]
    """
    study = "greenhalgh2014cab"
    return ExpertSystem(
        key="choose-and-book",
        name="Choose and Book",
        purpose="Remote booking of outpatient appointments by GP and patient.",
        mandate=Mandate(
            level="national",
            body="Department of Health",
            since="2004",
            policy="patient choice",
            sources={"level": "greenhalgh2014hsdr", "body": study, "since": study, "policy": study},
        ),
        infrastructure=Infrastructure(
            rewards="financial incentives",
            targets=[
                Fact(
                    "target",
                    90,
                    ("ehi2006", "ehi2007a"),
                    unit="%",
                    denominator="GP referrals to first outpatient appointments",
                    period="2007-03",
                )
            ],
            sources={"rewards": study},
        ),
        documented_use=(
            Fact("utilisation", 27, "ehi2006", unit="%", denominator=_REFERRALS, period="2006-10"),
            Fact("utilisation", 40, "ehi2007a", unit="%", denominator=_REFERRALS, period="2007-03", approximate=True),
            Fact("utilisation", 40, "ehi2007b", unit="%", denominator=_REFERRALS, period="2007-07", approximate=True),
            Fact(
                "utilisation between primary care trusts",
                15,
                ("ehi2007a", "ehi2007b"),
                to=80,
                unit="%",
                denominator=_REFERRALS,
                scope="primary care trusts of one region",
                period="2007",
            ),
            *_monthly(),
        ),
        findings=(
            Finding(
                "It had the characteristics of an expert system.",
                study,
                concepts="expert-system",
                setting="four general practices",
            ),
            Finding(
                "It emptied out the content of the consultation.",
                study,
                concepts="emptying-out",
                setting="four general practices",
            ),
            Finding(
                "Patients who were ill were wrongly assumed to be rational choosers.",
                study,
                concepts=("emptying-out", "focus-of-resistance.policy"),
                setting="four general practices",
            ),
            Finding(
                "Resistance had four foci: the policy, sociomaterial constraints, interference with contextual "
                "judgement, and altered social relations.",
                study,
                concepts=(
                    "focus-of-resistance.policy",
                    "focus-of-resistance.sociomaterial",
                    "focus-of-resistance.judgement",
                    "focus-of-resistance.relations",
                ),
                setting="four general practices",
            ),
        ),
        facts=(
            Fact("pressure for use", "political pressure", study),
            Fact(
                "reported cost", 356, "hsj2014", unit="million pounds", period="since 2004", scope="quoting a newspaper"
            ),
            Fact("successor", "NHS e-Referral Service", "pulse2013"),
            Fact("general practices studied", 4, study),
            Fact("data collection of the study", "2007–10", "greenhalgh2014hsdr", scope="all three systems"),
        ),
        note=_NOTE,
        sources={"purpose": study},
    )


@functools.cache
def qof_templates() -> ExpertSystem:
    """Computer templates for chronic disease management, linked to the Quality and Outcomes Framework.

    Returns
    -------
    ExpertSystem
        Every field with its source; what is not published stays unknown.

    References
    ----------
    Keys ``swinglehurst2012``, ``greenhalgh2014hsdr``.

    Examples
    --------
    >>> print(qof_templates().series("consultations studied")[0])
    consultations studied: 36 nurse-led consultations (two general practices) [swinglehurst2012]
    """
    study = "swinglehurst2012"
    place = "two general practices"
    return ExpertSystem(
        key="qof-templates",
        name="Templates linked to the Quality and Outcomes Framework",
        purpose="Computer templates for chronic disease management: data entry with pay for performance.",
        mandate=Mandate(level="national", sources={"level": "greenhalgh2014hsdr"}),
        infrastructure=Infrastructure(rewards="pay for performance", sources={"rewards": study}),
        technology=Technology(
            name="templates for data entry",
            classify=True,
            sources={"name": study, "classify": study},
        ),
        findings=(
            Finding(
                "Templates helped to define what chronic disease is and what it means to be patient or professional.",
                study,
                concepts=("classification", "professional-practice.role"),
                setting=place,
            ),
            Finding(
                "The particular became general; uncertainty was categorised and contained.",
                study,
                concepts=("emptying-out", "classification"),
                setting=place,
            ),
            Finding(
                "Many consultations were oriented to completing fields.",
                study,
                concepts=("emptying-out", "professional-practice.practice"),
                setting=place,
            ),
            Finding(
                "There was a tension between the patient as an individual and the patient as one of a population.",
                study,
                concepts=("emptying-out", "local-contingency.patient"),
                setting=place,
            ),
            Finding(
                "Some clinicians overcame this tension by building the prompts into a dialogue around the "
                "patient's story.",
                study,
                concepts=("reembedding", "mode-of-use.adapted"),
                setting=place,
            ),
        ),
        facts=(
            Fact("consultations studied", 36, study, unit="nurse-led consultations", scope=place),
            Fact("consultations observed", 24, study, unit="consultations", scope=place),
            Fact("consultations video-recorded with screen capture", 12, study, unit="consultations", scope=place),
            Fact("general practices studied", 2, study),
            Fact("data collection of the study", "2007–10", "greenhalgh2014hsdr", scope="all three systems"),
        ),
        note=_NOTE,
        sources={"purpose": study},
    )


@functools.cache
def summary_care_record() -> ExpertSystem:
    """The Summary Care Record: a centrally stored extract of the GP record for urgent and out-of-hours care.

    Returns
    -------
    ExpertSystem
        Every field with its source; what is not published stays unknown.

    References
    ----------
    Keys ``greenhalgh2010scr``, ``greenhalgh2014hsdr``.

    Examples
    --------
    >>> for fact in summary_care_record().series("accessed"):
    ...     print(fact.value, fact.unit, fact.denominator)
    4 % all encounters
    21 % encounters in which a record was available
    """
    study = "greenhalgh2010scr"
    place = "participating primary care out-of-hours and walk-in centres"
    return ExpertSystem(
        key="summary-care-record",
        name="Summary Care Record",
        purpose="A centrally stored extract of the GP record, for urgent and out-of-hours care.",
        mandate=Mandate(level="national", sources={"level": "greenhalgh2014hsdr"}),
        technology=Technology(
            name="centrally stored extract of the GP record",
            store=True,
            sources={"name": study, "store": study},
        ),
        documented_use=(
            Fact("records created", 1_500_000, study, unit="records", period="early 2010"),
            Fact("accessed", 4, study, unit="%", denominator="all encounters", scope=place),
            Fact(
                "accessed", 21, study, unit="%", denominator="encounters in which a record was available", scope=place
            ),
            Fact(
                "available record opened, by individual clinician",
                0,
                study,
                to=84,
                unit="%",
                denominator="encounters in which a record was available",
                scope="individual clinicians",
            ),
        ),
        findings=(
            Finding("Access was rising at some sites, though not at all of them.", study, setting=place),
            Finding(
                "The main determinant of access was who the clinician was.",
                study,
                concepts="mode-of-use",
                setting=place,
            ),
        ),
        facts=(
            Fact("programme", "part of the National Programme for IT", study),
            Fact("interviews", 140, study, unit="interviews"),
            Fact("field notes", 2_000, study, unit="pages"),
            Fact("consultations observed", 214, study, unit="consultations"),
            Fact("documents", 3_000, study, unit="pages"),
            Fact("encounters", 416_325, study, unit="encounters"),
            Fact("data collection of the study", "2007–10", "greenhalgh2014hsdr", scope="all three systems"),
        ),
        note=_NOTE,
        sources={"purpose": study},
    )
