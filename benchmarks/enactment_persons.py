"""How often measures of enactment have p <= .05 where what is done depends neither on rule nor on local situation.

Run ``python benchmarks/enactment_persons.py [replicates]``. An alert log: persons at four sites have habits of their
own (how often they continue, reduce or stop a drug) and patients of their own (which of four kinds they see, on which
the alert depends). Given the person, what is done is independent of the kind of patient and of the alert, so that a
test at .05 should reject in 5% of the tables.

The columns: the default, which finds the column ``prescriber`` and shuffles within persons; the same without persons;
and the power of the default where for frail patients the drug is continued, whatever the habit, in 30% of alerts
(contingency sensitivity), or where the alert is followed in 20% (action at a distance).
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from expertsys.enactment import action_at_a_distance, contingency_sensitivity

MEASURES = {"contingency sensitivity": contingency_sensitivity, "action at a distance": action_at_a_distance}
DESIGNS = ((12, 20), (12, 60), (40, 10), (40, 30))


def alert_log(
    persons: int, alerts: int, rng: np.random.Generator, *, answers: float = 0.0, follows: float = 0.0
) -> pd.DataFrame:
    """A table of alerts, in shares of which a person answers to a frail patient, or follows the alert."""
    person = np.repeat(np.arange(persons), alerts)
    n = len(person)
    habit = np.cumsum(rng.dirichlet(np.ones(3), persons), axis=1)[person]
    mix = np.cumsum(rng.dirichlet(np.ones(4), persons), axis=1)[person]
    kind = (rng.random(n)[:, None] >= mix[:, :-1]).sum(axis=1)
    alert = (rng.random(n) < np.array([0.2, 0.4, 0.6, 0.8])[kind]).astype(int)
    done = (rng.random(n)[:, None] >= habit[:, :-1]).sum(axis=1)
    done = np.where((kind == 0) & (rng.random(n) < answers), 2, done)
    done = np.where(rng.random(n) < follows, alert, done)
    names = np.array(["stop", "reduce", "continue"])
    return pd.DataFrame(
        {
            "site": [f"site {number % 4 + 1}" for number in person],
            "prescriber": [f"prescriber {number:02d}" for number in person],
            "local": np.array(["frail", "well", "in pain", "dying"])[kind],
            "prescribed": names[alert],
            "taken": names[done],
        }
    )


def rejected(name: str, persons: int, alerts: int, replicates: int, *, power: bool = False, **options: None) -> float:
    """Share of tables with p <= .05."""
    effect = {"answers": 0.3} if name.startswith("contingency") else {"follows": 0.2}
    hits = 0
    for replicate in range(replicates):
        rng = np.random.default_rng([persons, alerts, replicate])
        table = alert_log(persons, alerts, rng, **(effect if power else {}))
        null = MEASURES[name](table, shuffles=99, rng=replicate, **options).null
        hits += null is not None and null.p_value <= 0.05
    return hits / replicates


def main() -> None:
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"{replicates} tables each; standard error at 5%: {np.sqrt(0.0475 / replicates):.1%}")
    print("| measure | persons | alerts each | default | person=None | power of the default |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in MEASURES:
        for persons, alerts in DESIGNS:
            shares = (
                rejected(name, persons, alerts, replicates),
                rejected(name, persons, alerts, replicates, person=None),
                rejected(name, persons, alerts, replicates // 2, power=True),
            )
            print(
                f"| {name} | {persons} | {alerts} | {shares[0]:.1%} | {shares[1]:.1%} | {shares[2]:.0%} |", flush=True
            )


if __name__ == "__main__":
    main()
