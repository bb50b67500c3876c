"""Systems side by side: what sources document, with denominators and sources, and unknown where they do not."""

import pytest

from expertsys.comparison import systems
from expertsys.errors import DataError
from expertsys.theory import ABSENT, ExpertSystem, Technology, choose_and_book, qof_templates, summary_care_record


def test_both_denominators_of_the_summary_care_record_are_shown() -> None:
    cell = systems(summary_care_record()).to_frame().loc[("use", "accessed"), "Summary Care Record"]
    first, second = cell.splitlines()
    assert first.startswith("4 % of all encounters")
    assert second.startswith("21 % of encounters in which a record was available")
    assert "[greenhalgh2010scr]" in first


def test_three_systems_have_a_column_each_and_unknown_stays_unknown() -> None:
    made = systems(choose_and_book(), qof_templates(), summary_care_record())
    table = made.to_frame()
    assert len(table.columns) == 3
    assert table.loc[("mandate", "local ownership")].eq("unknown").all()
    assert table.loc[("incentives", "targets"), "Choose and Book"].startswith("90 % of GP referrals")
    assert table.loc[("component", "rules")].eq("unknown").all()
    assert any("BMJ 2010" in one for one in made.cite())
    assert "left unknown" in made.methods_text()


def test_absent_is_not_unknown() -> None:
    bare = ExpertSystem(key="bare", name="Bare", technology=Technology(store=True, code=False), infrastructure=ABSENT)
    table = systems(bare).to_frame()["Bare"]
    assert table[("component", "infrastructure")] == "absent"
    assert table[("capability", "store")] == "documented"
    assert table[("capability", "code")] == "absent"
    assert table[("capability", "classify")] == "unknown"
    assert table[("incentives", "rewards")] == "absent"


def test_without_systems_and_with_one_name_twice_it_is_refused() -> None:
    with pytest.raises(DataError, match="at least one"):
        systems()
    with pytest.raises(DataError, match="one name"):
        systems(choose_and_book(), choose_and_book())
