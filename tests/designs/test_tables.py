"""From a table as researchers keep it to the number, with the options by which it is read left at their defaults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import expertsys as es
from expertsys.errors import DataError


def interviews(documents: int = 40, units: int = 20, *, share: float = 0.3, seed: int = 1) -> pd.DataFrame:
    """A row for each excerpt: its unit, its document, and whether the code applies ("policy" or "none")."""
    rng = np.random.default_rng(seed)
    rows = [(f"I{d:02}-{u:02}", f"I{d:02}") for d in range(documents) for u in range(units)]
    table = pd.DataFrame(rows, columns=["unit", "document"])
    return table.assign(code=np.where(rng.random(len(table)) < share, "policy", "none"))


def drawn(table: pd.DataFrame, share: float = 0.2, seed: int = 2) -> pd.Series[bool]:
    """A part of the rows, drawn at random and scattered over the documents."""
    return pd.Series(np.random.default_rng(seed).random(len(table)) < share, index=table.index)


def long_of(table: pd.DataFrame, coder: str, rows: pd.Series[bool] | None = None, **more: object) -> pd.DataFrame:
    """The table as one coder's rows."""
    return (table if rows is None else table[rows]).assign(coder=coder, **more)


def said(study: es.Study) -> str:
    """All remarks of reading as one text."""
    return "\n".join(map(str, study.provenance.notes))


def alpha(study: es.Study, code: str = "policy") -> tuple[float, int]:
    """Alpha of a code, rounded, and on how many units it rests."""
    row = es.reliability(study).loc[code]
    return round(float(row["estimate"]), 3), int(row["n_units"])


def refusal(source: object, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        es.read(source, **options)
    return str(caught.value)


# Readings


@pytest.mark.parametrize("form", ["wide", "long", "blank"])
def test_a_second_coder_of_a_scattered_fifth(tmp_path: Path, form: str) -> None:
    """Ben reads a fifth of 800 excerpts in 40 interviews and agrees on each: alpha is 1 on the number that he read."""
    table = interviews()
    part = drawn(table)
    path = tmp_path / "codings.csv"
    if form == "wide":
        wide = table.rename(columns={"code": "ann"})
        wide.assign(ben=wide["ann"].where(part)).to_csv(path, index=False)
        study = es.read(path, layout="wide")
    else:
        rows = pd.concat([long_of(table, "ann"), long_of(table, "ben", part)])
        if form == "blank":
            rows["code"] = rows["code"].replace("none", "")
        rows.to_csv(path, index=False)
        study = es.read(path)
    assert alpha(study) == (1.0, int(part.sum()))
    assert study.codes == ("policy",)
    assert study.reading_note == ""
    if form != "blank":
        assert "took 'none' in" in said(study)
        assert "read(..., no_code=None)" in said(study)
        options = {"layout": "wide"} if form == "wide" else {}
        assert "none" in es.read(path, no_code=None, **options).codes


@pytest.mark.parametrize("form", ["wide", "long"])
def test_one_code_for_each_excerpt_and_no_word_for_none(tmp_path: Path, form: str) -> None:
    """Each excerpt has one of two codes, so that no row says "none"; a fifth is double-coded: alpha 1 on that fifth."""
    table = interviews()
    table["code"] = table["code"].replace("none", "practice")
    part = drawn(table)
    wide = table.rename(columns={"code": "ann"})
    if form == "wide":
        study = es.read(wide.assign(ben=wide["ann"].where(part)), layout="wide")
    else:
        study = es.read(pd.concat([long_of(table, "ann"), long_of(table, "ben", part)]))
    assert alpha(study) == (1.0, int(part.sum()))
    assert "assumed" in es.reliability(study).loc["policy", "note"]


def test_a_model_that_gives_only_its_codes(tmp_path: Path) -> None:
    """Two people read 400 answers and write "none"; the model read all, too, and lists only what it coded.

    The model flips 10 % of the answers, so that alpha with a person is that of 400 pairs, not of those it coded.
    """
    table = interviews(400, 1).drop(columns="document")
    flips = np.random.default_rng(5).random(len(table)) < 0.1
    model = table.assign(code=np.where(flips, np.where(table["code"] == "none", "policy", "none"), table["code"]))
    rows = [long_of(table, "ann"), long_of(table, "ben"), long_of(model, "gpt", model["code"] == "policy")]
    pd.concat(rows).to_csv(tmp_path / "x.csv", index=False)
    full = pd.concat([long_of(table, "ann"), long_of(table, "ben"), long_of(model, "gpt")])
    expected = alpha(es.read(full))
    for seen in ("coded", "listed"):
        study = es.read(tmp_path / "x.csv", seen=seen)
        assert alpha(study) == expected
        assert study.seen["coder"].value_counts().to_dict() == {"ann": 400, "ben": 400, "gpt": 400}
        assert "assumed for 'gpt' (every unit that anyone read)" in study.reading_note
        assert "coder gpt" in said(study)


def test_a_coder_who_read_everything_and_applied_nothing() -> None:
    """Zoe read all five units and applied no code: she is a coder, and her readings are in."""
    table = pd.DataFrame({"unit": list("abcde"), "coder": "ann", "code": ["x", "x", "y", "x", "y"]})
    study = es.read(table, seen={"ann": list("abcde"), "zoe": list("abcde")})
    assert study.seen["coder"].value_counts().to_dict() == {"ann": 5, "zoe": 5}
    assert alpha(study, "x") == (-0.286, 5)  # by hand: 3 of 10 values are "yes", 1 - 9 * 3 / (3 * 7)
    assert "Did you mean 'ann'?" in refusal(table, seen={"anna": ["a"]})


def test_seen_takes_units_and_rounds() -> None:
    """Who read what as a table of coder, unit and round, for units within documents."""
    table = interviews(3, 4, share=0.5)
    rows = pd.concat([long_of(table, coder, table["code"] == "policy", round="1") for coder in ("ann", "ben")])
    places = table[["unit", "document"]]
    given = pd.concat([places.assign(coder="ann", round="1"), places[:5].assign(coder="ben")])
    study = es.read(rows, seen=given)
    seen = study.seen.groupby("coder")["unit"].nunique()
    coded_later = rows.loc[(rows["coder"] == "ben"), "unit"].isin(table["unit"][5:]).sum()
    assert seen.to_dict() == {"ann": 12, "ben": 5 + coded_later}
    assert study.reading_note == ""


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
@pytest.mark.parametrize("design", ["part", "rounds", "all coded", "assumed", "wide"])
def test_what_was_written_is_read_back_with_the_same_readings(tmp_path: Path, design: str, suffix: str) -> None:
    """Who read which unit in which round survives a table, also where a coder found a code in all that they read."""
    table = interviews(6, 10)
    part = drawn(table, 0.4)
    if design == "rounds":
        rows = [long_of(table, c, round=r) for c, r in (("ann", "1"), ("ben", "1"))] + [
            long_of(table, "ann", part, round="2")
        ]
    elif design == "all coded":
        rows = [long_of(table, "ann"), long_of(table, "ben", table["code"] == "policy")]
    else:
        rows = [long_of(table, "ann"), long_of(table, "ben", part)]
    frame = pd.concat(rows)
    if design == "assumed":
        study = es.read(frame[frame["code"] == "policy"])
    elif design == "wide":
        wide = table.rename(columns={"code": "ann"}).replace("none", None)
        study = es.read(wide.assign(ben=wide["ann"].where(part)), layout="wide")
    elif design == "all coded":
        study = es.read(frame, seen=frame[["coder", "unit"]])
        assert set(study.seen.groupby("coder")["unit"].nunique()) == {60, int((table["code"] == "policy").sum())}
    else:
        study = es.read(frame)
    back = es.read(es.write(study, tmp_path / f"x{suffix}"))
    keys = ["unit", "coder", "round"]
    assert sorted(map(str, back.seen[keys].to_numpy().tolist())) == sorted(
        map(str, study.seen[keys].to_numpy().tolist())
    )
    assert bool(back.reading_note) == bool(study.reading_note)


# Identity


def test_interview_1_in_each_of_two_sites(tmp_path: Path) -> None:
    """Two sites have an "Interview 1" each of 32 excerpts; Ben reads North only and agrees: alpha 1 on 32 units."""
    rng = np.random.default_rng(4)
    rows = [
        (site, "Interview 1", str(number), "policy" if rng.random() < 0.4 else "none")
        for site in ("North", "South")
        for number in range(32)
    ]
    table = pd.DataFrame(rows, columns=["case", "document", "unit", "code"])
    ben = table["case"] == "North"
    pd.concat([long_of(table, "ann"), long_of(table, "ben", ben)]).to_csv(tmp_path / "x.csv", index=False)
    study = es.read(tmp_path / "x.csv")
    assert alpha(study) == (1.0, 32)
    assert list(study.documents.index) == ["North/Interview 1", "South/Interview 1"]
    assert study.units["case"].value_counts().to_dict() == {"North": 32, "South": 32}
    assert "read(..., shared_documents=True)" in said(study)
    coded = table["code"] == "policy"  # without rows for "none", readings are assumed within documents: North alone
    study = es.read(pd.concat([long_of(table, "ann", coded), long_of(table, "ben", ben & coded)]))
    assert set(study.seen.loc[study.seen["coder"] == "ben", "case"]) == {"North"}
    texts = pd.DataFrame({"document": ["Interview 1"] * 2, "case": ["North", "South"], "text": ["One", "Two"]})
    study = es.read(tmp_path / "x.csv", documents=texts)
    assert study.documents["text"].to_dict() == {"North/Interview 1": "One", "South/Interview 1": "Two"}
    assert "Give the table a column case" in refusal(tmp_path / "x.csv", documents=texts[["document", "text"]][:1])


def test_a_group_interview_whose_parts_are_cases() -> None:
    """One group interview, two cases in it: with `shared_documents` it stays one document."""
    rows = [("I1", f"u{n}", "A" if n < 5 else "B", "policy" if n % 2 else "none") for n in range(10)]
    table = pd.DataFrame(rows, columns=["document", "unit", "case", "code"])
    study = es.read(pd.concat([long_of(table, "ann"), long_of(table, "ben")]), shared_documents=True)
    assert list(study.documents.index) == ["I1"]
    assert study.units["case"].tolist() == ["A"] * 5 + ["B"] * 5
    assert alpha(study) == (1.0, 10)


@pytest.mark.parametrize("form", ["Interview {n} - {coder}", "P0{n} {coder}", "P0{n}-{coder}", "{coder}_P0{n}"])
def test_names_of_files_say_who_coded(tmp_path: Path, form: str) -> None:
    """Two coders agree on three interviews of ten excerpts, one file each: 2 coders, alpha 1 on 30 units."""
    for number in (1, 2, 3):
        for coder in ("ann", "ben"):
            rows = [f"{n},{'policy' if n % 3 == 0 else 'none'}" for n in range(10)]
            path = tmp_path / (form.format(n=number, coder=coder) + ".csv")
            path.write_text("Excerpt,Code 1\n" + "\n".join(rows) + "\n")
    study = es.read(tmp_path)
    assert list(study.coders.index) == ["ann", "ben"]
    assert len(study.cases) == 3
    assert alpha(study) == (1.0, 30)


def test_names_of_files_that_can_be_read_in_two_ways(tmp_path: Path) -> None:
    """Two sites and two coders without any sign of which is which: the error shows both readings; texts decide."""
    for site in ("North", "South"):
        for coder in ("Kim", "Lee"):
            (tmp_path / f"{site} {coder}.csv").write_text("Excerpt,Code 1\n1,a\n2,b\n")
    message = refusal(tmp_path)
    assert "pattern='{case} {coder}' (case: 'North', 'South'; coder: 'Kim', 'Lee')" in message
    assert "pattern='{coder} {case}' (case: 'Kim', 'Lee'; coder: 'North', 'South')" in message
    assert list(es.read(tmp_path, pattern="{case} {coder}").coders.index) == ["Kim", "Lee"]
    for site in ("North", "South"):
        for coder in ("Kim", "Lee"):
            text = f"What they said in the {site}"
            (tmp_path / f"{site} {coder}.csv").write_text(f"Excerpt,Text,Code 1\n1,{text} first,a\n2,{text} then,b\n")
    assert list(es.read(tmp_path).coders.index) == ["Kim", "Lee"]


def test_a_wide_table_with_attributes(tmp_path: Path) -> None:
    """Columns `site`, `notes` and `Question` beside two coders: 2 coders, alpha 1 on 60 units, 3 attributes."""
    table = interviews(60, 1)
    wide = pd.DataFrame(
        {
            "site": ["North", "South"] * 30,
            "id": table["unit"],
            "Question": ["Q1", "Q2", "Q3"] * 20,
            "ann": table["code"],
            "notes": [f"Asked again, {n}" if n % 7 == 0 else None for n in range(60)],
            "ben": table["code"],
        }
    )
    wide.to_csv(tmp_path / "x.csv", index=False)
    study = es.read(tmp_path / "x.csv", layout="wide")
    assert list(study.coders.index) == ["ann", "ben"]
    assert alpha(study) == (1.0, 60)
    assert study.documents["Question"].tolist()[:3] == ["Q1", "Q2", "Q3"]
    assert {"site", "notes"} <= set(study.documents.columns)
    assert "'site', 'Question', 'notes' are kept as attributes" in said(study)
    assert "columns 'nope'" in refusal(tmp_path / "x.csv", layout="wide", unit="nope") or "'nope'" in refusal(
        tmp_path / "x.csv", layout="wide", unit="nope"
    )


def test_a_wide_table_that_leaves_open_who_is_a_coder() -> None:
    """Two columns of certainty share values as the two coders do: asked, with the call for each."""
    wide = pd.DataFrame(
        {
            "unit": [f"u{n}" for n in range(8)],
            "ann": list("ababbaab"),
            "ben": list("abababab"),
            "ann sure": list("32132132"),
            "ben sure": list("33221133"),
        }
    )
    message = refusal(wide, layout="wide")
    assert "coders=['ann', 'ben']" in message
    assert "coders=['ann sure', 'ben sure']" in message
    study = es.read(wide, layout="wide", coders=["ann", "ben"])
    assert list(study.coders.index) == ["ann", "ben"]
    assert study.documents["ann sure"].tolist() == list("32132132")
    same = es.read(wide, layout="wide", attributes=["ann sure", "ben sure"])
    assert same.codings.equals(study.codings)


def test_an_identifier_that_is_not_called_unit_and_not_first() -> None:
    """The column `item` names the rows, though the coders stand before it: alpha 1 on 12 units."""
    codes = ["a", "b", "c"] * 4
    wide = pd.DataFrame({"ann": codes, "ben": codes, "item": range(101, 113)})
    study = es.read(wide, layout="wide")
    assert list(study.coders.index) == ["ann", "ben"]
    assert list(study.units.index)[:2] == ["101", "102"]
    assert alpha(study, "a") == (1.0, 12)
    assert "no column of units" in refusal(wide[["ann", "ben"]], layout="wide")


@pytest.mark.parametrize("merged", [False, True])
def test_a_case_named_once_for_each_block(tmp_path: Path, merged: bool) -> None:
    """Two cases of 20 excerpts each, named in the first row of their block: shares .05 and .50 are 1 and 10 of 20."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["case", "unit", "coder", "code"])
    for case, times in (("Elm", 1), ("Oak", 10)):
        for n in range(20):
            code = "policy" if n < times else "none"
            sheet.append([case if n == 0 else None, f"{case}{n}", "ann", code])
    if merged:
        sheet.merge_cells("A2:A21")
        sheet.merge_cells("A22:A41")
    book.save(tmp_path / "x.xlsx")
    study = es.read(tmp_path / "x.xlsx")
    shares = study.codings["case"].value_counts() / study.seen["case"].value_counts()
    assert shares.to_dict() == {"Elm": 0.05, "Oak": 0.5}
    assert "filled 38 " in said(study)


def test_blank_cells_that_are_no_blocks_are_not_filled() -> None:
    """Three rows lack their case among cases named in every row: they stay without one, and it is said."""
    table = interviews(4, 5).rename(columns={"document": "case"})
    table["case"] = table["case"].mask(table.index.isin([3, 9, 14]))
    study = es.read(table.assign(coder="ann"))
    assert study.units["case"].isna().sum() == 3
    assert "is blank in 3 rows, which belong to no case: rows 4, 10, 15." in said(study)


def test_a_focus_group() -> None:
    """Three speakers in each of two groups: each excerpt is its speaker's, and roles come from a table of them."""
    speakers = [f"P{group}{n}" for group in (1, 2) for n in (1, 2, 3)]
    rows = [
        (f"u{at}-{n}", f"Group {speaker[1]}", speaker, "policy" if speaker[2] == "1" else "none")
        for at, speaker in enumerate(speakers)
        for n in range(5)
    ]
    table = pd.DataFrame(rows, columns=["unit", "document", "participant", "code"])
    study = es.read(table.assign(coder="ann"))
    assert study.units["participant"].value_counts().to_dict() == dict.fromkeys(speakers, 5)
    assert study.documents.get("participant", pd.Series(dtype="str")).isna().all()
    coded = study.units.loc[study.codings["unit"], "participant"].value_counts()
    assert coded.to_dict() == {"P11": 5, "P21": 5}
    assert set(study.participants.index) == set(speakers)


def test_a_question_within_interviews() -> None:
    """Each interview answers three questions: the question is an attribute of the units."""
    table = interviews(5, 6).assign(question=["Q1", "Q1", "Q2", "Q2", "Q3", "Q3"] * 5)
    study = es.read(pd.concat([long_of(table, "ann"), long_of(table, "ben")]))
    assert study.units["question"].value_counts().to_dict() == {"Q1": 10, "Q2": 10, "Q3": 10}
    assert "not kept" not in said(study)


# Dates


def test_dates_with_the_day_first_are_parsed() -> None:
    """31/12/2023 comes before 02/01/2024; as text it would come after."""
    table = interviews(4, 1).assign(date=["31/12/2023", "02/01/2024", "15/01/2024", "03/02/2024"])
    study = es.read(table.assign(coder="ann", code="policy"))
    assert study.codings["date"].tolist() == ["2023-12-31", "2024-01-02", "2024-01-15", "2024-02-03"]
    assert study.documents["date"].tolist() == study.codings["date"].tolist()
    assert "day first" in said(study)


def test_dates_that_fit_two_readings_are_asked_about() -> None:
    """03/04/2024 may be in March or in April, and no other date decides."""
    table = interviews(2, 1).assign(date=["03/04/2024", "05/06/2024"], coder="ann", code="policy")
    assert "dates='day first'" in refusal(table)
    assert es.read(table, dates="day first").codings["date"].tolist() == ["2024-04-03", "2024-06-05"]
    assert es.read(table, dates="month first").codings["date"].tolist() == ["2024-03-04", "2024-05-06"]
    american = table.assign(date=["03/14/2024", "05/06/2024"])
    assert es.read(american).codings["date"].tolist() == ["2024-03-14", "2024-05-06"]
    assert "cannot be read as a date" in refusal(table.assign(date=["2024-03-14", "later"]))
    assert "not a date of the calendar" in refusal(table.assign(date=["2024-02-30", "2024-03-01"]))


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("31.12.2023", "2023-12-31"),
        ("1.2.24", "2024-02-01"),
        ("2023/12/31", "2023-12-31"),
        ("31 Dec 2023", "2023-12-31"),
        ("December 31, 2023", "2023-12-31"),
        ("31/12/2023 14:05", "2023-12-31T14:05"),
        ("12/31/2023 2:05 PM", "2023-12-31T14:05"),
        ("2023-12-31T14:05:00Z", "2023-12-31T14:05:00Z"),
        ("2023-12", "2023-12"),
    ],
)
def test_forms_of_dates(written: str, iso: str) -> None:
    table = pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["a"], "date": [written]})
    assert es.read(table).codings["date"].tolist() == [iso]


# Indicators


def indicators(table: pd.DataFrame, yes: object, no: object) -> pd.DataFrame:
    """A column for each of two codes; the second applies to every third row."""
    second = np.arange(len(table)) % 3 == 0
    first = (table["code"] == "policy").to_numpy()
    return table[["unit"]].assign(
        policy=np.where(first, yes, no), workload=np.where(second, yes, no), weather=np.array([no] * len(table))
    )


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("TRUE", "FALSE"), ("x", ""), ("yes", "no")])
@pytest.mark.parametrize("files", [1, 2])
def test_a_column_of_0_and_1_for_each_code(tmp_path: Path, yes: str, no: str, files: int) -> None:
    """Two coders agree on 50 units, in one file with a column of coders or in one file each: codes are codes."""
    table = indicators(interviews(50, 1), yes, no)
    if files == 1:
        rows = pd.concat([table.assign(coder="ann"), table.assign(coder="ben")])
        rows.to_csv(tmp_path / "x.csv", index=False)
    else:
        for coder in ("ann", "ben"):
            table.to_csv(tmp_path / f"{coder}.csv", index=False)
    options = {"seen": "listed"} if files == 2 and not no else {}
    study = es.read(tmp_path, **options)
    assert list(study.coders.index) == ["ann", "ben"]
    assert set(study.codes) == {"policy", "workload", "weather"}
    assert alpha(study) == (1.0, 50)
    assert study.reading_note == ""


def test_columns_of_0_and_1_without_a_coder_are_asked_about(tmp_path: Path) -> None:
    """One file of 0 and 1 without a coder: codes of one coder, or coders of one code."""
    path = tmp_path / "codes.csv"
    indicators(interviews(10, 1), "1", "0").to_csv(path, index=False)
    message = refusal(path)
    assert "layout='indicators', pattern='{coder}'" in message
    assert "layout='wide'" in message
    assert set(es.read(path, layout="indicators", pattern="{coder}").codes) == {"policy", "workload", "weather"}


# Rows beside each other


@pytest.mark.parametrize("unit", ["Nr", "text alone", "neither"])
def test_a_sheet_one_row_short_beside_the_other(tmp_path: Path, unit: str) -> None:
    """Ben's sheet lacks the third row, so that his numbers are one less from there: refused, or matched by the text."""
    rng = np.random.default_rng(3)
    rows = [(f"This is what person {n} said about it", "policy" if rng.random() < 0.5 else "none") for n in range(30)]
    for coder, kept in (("ann", rows), ("ben", rows[:2] + rows[3:])):
        table = pd.DataFrame(kept, columns=["Excerpt", "Code 1"])
        if unit == "Nr":
            table.insert(0, "Nr", range(1, len(table) + 1))
        if unit == "neither":
            table = table.drop(columns="Excerpt")
        table.to_csv(tmp_path / f"{coder}.csv", index=False)
    if unit == "text alone":
        assert alpha(es.read(tmp_path)) == (1.0, 29)
        return
    message = refusal(tmp_path)
    if unit == "Nr":
        assert "27 texts stand under different units" in message
        assert alpha(es.read(tmp_path, unit="Excerpt")) == (1.0, 29)
    else:
        assert "Rows are not matched by their position" in message


# Values


@pytest.mark.parametrize("word", ["none", "No code", "n/a", "-", "0"])
def test_words_for_no_code_are_no_codes(word: str) -> None:
    """A word for "no code" is no code; under another word the user says so."""
    table = interviews(30, 1)
    table["code"] = table["code"].replace("none", word)
    study = es.read(pd.concat([long_of(table, "ann"), long_of(table, "ben")]))
    assert study.codes == ("policy",)
    assert alpha(study) == (1.0, 30)
    table["code"] = table["code"].replace(word, "leer")
    study = es.read(pd.concat([long_of(table, "ann"), long_of(table, "ben")]), no_code="leer")
    assert study.codes == ("policy",)
    book = es.Codebook.of(["policy", "none"])
    kept = es.read(interviews(30, 1).assign(coder="ann"), codebook=book)
    assert set(kept.codings["code"]) == {"policy", "none"}


def test_scores_are_warned_of() -> None:
    """Scores of 0 to 4 keep their 0, and the remark gives the call that takes their order into account."""
    rng = np.random.default_rng(6)
    scores = rng.integers(0, 5, 40)
    table = pd.DataFrame({"unit": range(40), "ann": scores, "ben": np.clip(scores + rng.integers(-1, 2, 40), 0, 4)})
    study = es.read(table, layout="wide")
    assert sorted(study.codes) == ["0", "1", "2", "3", "4"]
    assert "es.reliability(study, level='ordinal')" in said(study)
    assert "expertsys agreement --level ordinal" in said(study)


# Ordinary designs


def test_a_workbook_with_a_sheet_for_each_coder(tmp_path: Path) -> None:
    """Sheets "ann" and "ben" of 25 rows, a sheet of remarks beside them: 2 coders, alpha 1 on 25 units."""
    table = interviews(25, 1)
    with pd.ExcelWriter(tmp_path / "team.xlsx") as writer:
        for coder in ("ann", "ben"):
            table[["unit", "code"]].rename(columns={"code": "Code 1"}).to_excel(writer, sheet_name=coder, index=False)
        pd.DataFrame({"who": ["us"]}).to_excel(writer, sheet_name="read me", index=False)
    study = es.read(tmp_path / "team.xlsx")
    assert list(study.coders.index) == ["ann", "ben"]
    assert alpha(study) == (1.0, 25)
    assert "sheets that differ from 'ann' were not read: 'read me'" in said(study)


@pytest.mark.parametrize("unit", ["unit", "Excerpt"])
def test_a_workbook_that_begins_with_a_page_of_notes(tmp_path: Path, unit: str) -> None:
    """The codings are in the second sheet, behind a "Readme"."""
    table = interviews(2, 10)
    codings = pd.concat([long_of(table, coder) for coder in ("ann", "ben")]).rename(columns={"unit": unit})
    path = tmp_path / "codings.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"About this file": ["Coded in May", "by two coders"]}).to_excel(
            book, sheet_name="Readme", index=False
        )
        codings.to_excel(book, sheet_name="Codings", index=False)
    study = es.read(path, unit=unit)
    assert alpha(study) == (1.0, 20)
    assert "read the sheet 'Codings'" in said(study)


def test_rotating_pairs_in_one_long_file() -> None:
    """Three coders, each pair reads a third of 60 documents, and each differs once: every unit has two readers."""
    table = interviews(60, 1)
    rows = []
    for number, pair in enumerate((("ann", "ben"), ("ben", "cem"), ("cem", "ann"))):
        part = pd.Series(np.arange(60) % 3 == number)
        rows += [long_of(table, coder, part) for coder in pair]
    study = es.read(pd.concat(rows))
    assert study.seen.groupby("unit").size().eq(2).all()
    assert alpha(study) == (1.0, 60)


def test_two_rounds_in_one_file() -> None:
    """The pilot is read by both, the main round by Ann: each round has its own readings."""
    table = interviews(10, 5)
    pilot = table["document"] < "I04"
    rows = [long_of(table, "ann", pilot, round="pilot"), long_of(table, "ben", pilot, round="pilot")]
    rows.append(long_of(table, "ann", ~pilot, round="main"))
    study = es.read(pd.concat(rows))
    assert study.seen.groupby(["round", "coder"]).size().to_dict() == {
        ("main", "ann"): 30,
        ("pilot", "ann"): 20,
        ("pilot", "ben"): 20,
    }
    assert alpha(study.select(rounds=["pilot"])) == (1.0, 20)


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    """Scores such as 3,5 in a file with semicolons are numbers, written with a point."""
    lines = ["unit;ann;ben"] + [f"u{n};{n % 4},5;{n % 4},5" for n in range(20)]
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
    study = es.read(tmp_path / "x.csv", layout="wide")
    assert sorted(study.codes) == ["0.5", "1.5", "2.5", "3.5"]
    assert "decimal comma" in said(study)


def test_blanks_behind_names_of_coders(tmp_path: Path) -> None:
    """ "ann " and "ann" are one coder."""
    (tmp_path / "x.csv").write_text("unit,coder,code\nu1,ann ,a\nu2,ann,none\nu1,ben, a\nu2,ben ,none\n")
    study = es.read(tmp_path / "x.csv")
    assert list(study.coders.index) == ["ann", "ben"]
    assert alpha(study, "a") == (1.0, 2)


def test_numbered_code_columns_in_one_file_with_coders() -> None:
    """A row for each unit and coder, two code columns; a row without a code names its coder: read."""
    table = interviews(30, 1)
    rows = pd.DataFrame({"unit": table["unit"], "Code 1": table["code"].replace("none", None), "Code 2": None})
    study = es.read(pd.concat([rows.assign(coder="ann"), rows.assign(coder="ben")]))
    assert alpha(study) == (1.0, 30)
    assert study.reading_note == ""


def test_excerpts_numbered_within_interviews_in_a_file_for_each_coder(tmp_path: Path) -> None:
    """Ben codes two of four interviews, in a file of his own without the others: alpha 1 on 20 of 40 excerpts."""
    table = interviews(4, 10)
    table["unit"] = table["unit"].str[-2:]
    table.rename(columns={"code": "Code 1"}).to_csv(tmp_path / "ann.csv", index=False)
    table[:20].rename(columns={"code": "Code 1"}).to_csv(tmp_path / "ben.csv", index=False)
    study = es.read(tmp_path)
    assert alpha(study) == (1.0, 20)
    assert list(study.units.index)[:2] == ["I00/00", "I00/01"]


def test_a_round_in_the_names_of_files(tmp_path: Path) -> None:
    """`P01_ann_round1.csv` and so on: case, coder and round."""
    for person in ("P01", "P02"):
        for coder in ("ann", "ben"):
            for number in (1, 2):
                path = tmp_path / f"{person}_{coder}_round{number}.csv"
                path.write_text("Excerpt,Code 1\n1,a\n2,none\n")
    study = es.read(tmp_path)
    assert (list(study.coders.index), list(study.cases.index)) == (["ann", "ben"], ["P01", "P02"])
    assert study.rounds == ("round1", "round2")
    assert len(study.seen) == 2 * 2 * 2 * 2


def test_a_wide_table_in_which_one_coder_read_nothing() -> None:
    """Eve's column is blank throughout: she is a coder who read nothing, and others agree on all."""
    table = interviews(20, 1).drop(columns="document")
    study = es.read(table.assign(ann=table["code"], ben=table["code"], eve=None).drop(columns="code"), layout="wide")
    assert list(study.coders.index) == ["ann", "ben", "eve"]
    assert set(study.seen["coder"]) == {"ann", "ben"}
    assert alpha(study) == (1.0, 20)


# One name for one thing


def test_one_interview_1_in_each_site_whose_column_is_not_called_case() -> None:
    """Two sites with an "Interview 1" of excerpts 1 to 4 each: `site` tells them apart, and has to be said."""
    table = pd.DataFrame(
        [
            (site, "Interview 1", unit, f"{site}, words of {unit}", coder, "trust" if unit % 2 else "none")
            for coder in ("ann", "ben")
            for site in ("north", "south")
            for unit in range(1, 5)
        ],
        columns=["site", "document", "unit", "text", "coder", "code"],
    )
    for given in (table, table.drop(columns="text")):
        assert "read(..., case='site')" in refusal(given)
    study = es.read(table, case="site")
    assert len(study.units) == 8
    assert alpha(study, "trust") == (1.0, 8)


def test_a_grade_of_each_code_is_no_site() -> None:
    """A column that differs between the codes of one unit and coder describes codings, and is no reason to refuse."""
    table = pd.DataFrame(
        {"unit": ["u1", "u1", "u2"], "coder": "ann", "code": ["a", "b", "a"], "sure": ["yes", "no", "yes"]}
    )
    assert len(es.read(table).units) == 2


def speakers(labels: tuple[str, ...], groups: int = 4) -> pd.DataFrame:
    """Focus groups of as many speakers as there are labels, with three excerpts each."""
    rows = [
        (f"group {g}", f"g{g}-{s}-{n}", label, "ann", "trust" if n else "none")
        for g in range(groups)
        for s, label in enumerate(labels)
        for n in range(3)
    ]
    return pd.DataFrame(rows, columns=["document", "unit", "participant", "coder", "code"])


@pytest.mark.parametrize("labels", [("S1", "S2", "S3"), ("Speaker 1", "Speaker 2"), ("A", "B"), ("male", "female")])
def test_speakers_numbered_anew_in_each_focus_group(labels: tuple[str, ...]) -> None:
    """Four groups of speakers S1, S2, ...: as many people as there are speakers in all, in four clusters."""
    study = es.read(speakers(labels))
    assert len(study.participants) == 4 * len(labels)
    assert study.cluster_level() == "document"
    assert "read as different people" in said(study)
    same = es.read(speakers(labels), shared_participants=True)
    assert len(same.participants) == len(labels)


def test_people_who_were_interviewed_and_sat_in_groups_are_the_same() -> None:
    """P1 and P2 have an interview each, and sit together in two groups: two people."""
    alone = pd.DataFrame({"document": ["i1", "i2"], "unit": ["i1-1", "i2-1"], "participant": ["P1", "P2"]})
    study = es.read(pd.concat([speakers(("P1", "P2"), 2), alone.assign(coder="ann", code="trust")]))
    assert list(study.participants.index) == ["P1", "P2"]
    named = es.read(speakers(("Amina", "Bo")))
    assert list(named.participants.index) == ["Amina", "Bo"]


def test_units_that_only_the_readings_name_need_a_document() -> None:
    """Four interviews; the units without a code stand in `seen` only. With their document there are four clusters."""
    table = interviews(4, 10)
    coded = pd.concat([long_of(table, coder, table["code"] == "policy") for coder in ("ann", "ben")])
    everything = pd.concat([table[["unit", "document"]].assign(coder=coder) for coder in ("ann", "ben")])
    assert "a column 'document'" in refusal(coded, seen=everything[["coder", "unit"]])
    study = es.read(coded, seen=everything)
    assert study.clusters("document").nunique() == 4
    assert alpha(study) == (1.0, 40)


@pytest.mark.parametrize("form", ["1", "01", "Unit 1", "UNIT 01", "unit  1"])
def test_units_that_two_coders_spell_differently(form: str) -> None:
    """Ben's table spells the units otherwise than Ann's ("1", "01"): twelve units, on which both agree."""
    rows = [(f"unit {n}" if "u" in form.casefold() else str(n), "trust" if n % 2 else "none") for n in range(1, 13)]
    ann = pd.DataFrame(rows, columns=["unit", "code"]).assign(coder="Ann")
    spelt = [form.replace("1", f"{n:02}" if "0" in form else str(n)).replace("00", "0") for n in range(1, 13)]
    study = es.read(pd.concat([ann, ann.assign(coder="ben", unit=spelt)]))
    assert alpha(study, "trust") == (1.0, 12)
    own = pd.DataFrame({"unit": ["1", "01"], "coder": "ann", "code": "trust"})
    assert len(es.read(own).units) == 2


def test_codes_and_coders_with_other_capitals_are_the_same() -> None:
    """Ann is "ann" in the second interview, where Ben writes "trust": two coders, one code, full agreement."""
    table = pd.DataFrame(
        {
            "unit": ["u1", "u2", "u1", "u2", "u3", "u4", "u3", "u4"],
            "coder": ["Ann", "Ann", "Ben", "Ben", "ann", "ann", "Ben", "Ben"],
            "code": ["Trust", "none", "Trust", "none", "Trust", "none", "trust ", "none"],
        }
    )
    study = es.read(table)
    assert (list(study.coders.index), study.codes) == (["Ann", "Ben"], ("Trust",))
    assert alpha(study, "Trust") == (1.0, 4)
    assert "'ann' as 'Ann'" in said(study)
    both = es.read(table, codebook=es.Codebook.of(["Trust", "trust"]))
    assert set(both.codings["code"]) == {"Trust", "trust"}


# Several codes in a cell, and words and numbers for none


@pytest.mark.parametrize("mark", [", ", "; ", " | "])
def test_several_codes_in_one_cell(mark: str) -> None:
    """Cells such as "trust, time" are two codes where both stand alone elsewhere; "care, not cure" is one."""
    cells = ["trust", "time", f"trust{mark}time", "none", f"time{mark}trust"]
    table = pd.DataFrame({"unit": list("abcde"), "ann": cells, "ben": [*cells[:4], f"trust{mark}time"]})
    study = es.read(table, layout="wide")
    assert study.codes == ("trust", "time")
    assert alpha(study, "trust") == (1.0, 5)
    assert "as several codes each" in said(study)
    one = es.read(pd.DataFrame({"unit": ["a", "b"], "coder": "ann", "code": [f"care{mark}not cure", "trust"]}))
    assert len(one.codes) == 2
    partly = es.read(pd.DataFrame({"unit": ["a", "b"], "coder": "ann", "code": [f"care{mark}trust", "trust"]}))
    assert "'trust' is a code by itself" in said(partly)


def test_a_number_that_marks_a_missing_score() -> None:
    """Scores 1 to 5 and 99: the remark and the row of scores say how to leave it out; without it alpha is 1."""
    scores = ["1", "2", "3", "4", "5", "99"]
    table = pd.DataFrame({"unit": list("abcdef"), "ann": scores, "ben": [*scores[:5], "1"]})
    study = es.read(table, layout="wide")
    assert "read(..., no_code='99')" in said(study)
    assert "no_code='99'" in es.reliability(study, level="interval")["note"].iloc[0]
    left_out = es.reliability(es.read(table, layout="wide", no_code="99"), level="interval")
    assert left_out["estimate"].iloc[0] == 1.0
    assert "99" not in left_out["note"].iloc[0]


def test_a_code_and_none_by_one_coder_on_one_unit_are_asked_about() -> None:
    """A revision below the first coding, or a slip; in a second column of codes, "none" is no contradiction."""
    table = pd.DataFrame({"unit": ["a", "a", "b"], "coder": "ann", "code": ["trust", "none", "none"]})
    assert "row 2: 'ann' gave 'a' a code in another row, and here a word that says that no code applies" in refusal(
        table
    )
    rounds = es.read(table.assign(round=["1", "2", "1"]))
    assert len(rounds.codings) == 1
    second = pd.DataFrame({"unit": ["a", "b"], "coder": "ann", "Code 1": ["trust", "none"], "Code 2": ["none", "none"]})
    assert len(es.read(second).codings) == 1


# Tables as they are kept by hand


@pytest.mark.parametrize("field", ["document", "case"])
def test_rows_that_look_alike_in_different_blocks(tmp_path: Path, field: str) -> None:
    """Interviews named once for each block, units from 1: six units, of which the second and fifth look alike."""
    path = tmp_path / "wide.csv"
    path.write_text(f"{field},unit,Ann,Ben\nI1,1,x,x\n,2,y,y\n,3,x,y\nI2,1,y,x\n,2,y,y\n,3,x,y\n")
    study = es.read(path, layout="wide")
    assert len(study.units) == 6
    assert es.reliability(study, level="nominal")["n_units"].iloc[0] == 6


@pytest.mark.parametrize("slip", ["?", "2", "yes?"])
@pytest.mark.parametrize("files", [1, 2])
def test_a_slip_among_0_and_1_is_named(tmp_path: Path, slip: str, files: int) -> None:
    """One cell that says neither yes nor no made the whole column an attribute, and its code one of nobody."""
    rng = np.random.default_rng(4)
    tables = {}
    for coder in ("AB", "CD"):
        cells = rng.integers(0, 2, (30, 3)).astype(str).astype(object)
        table = pd.DataFrame(cells, columns=["trust", "time", "money"]).assign(unit=[f"u{n}" for n in range(30)])
        tables[coder] = table
    tables["CD"].loc[6, "trust"] = slip
    if files == 1:
        source = tmp_path / "all.csv"
        pd.concat([table.assign(coder=coder) for coder, table in tables.items()]).to_csv(source, index=False)
    else:
        source = tmp_path
        for coder, table in tables.items():
            table.to_csv(tmp_path / f"c_{coder}.csv", index=False)
    found = refusal(source)
    assert f"column 'trust': '{slip}' says neither yes nor no" in found


def test_a_code_that_one_coder_could_not_give(tmp_path: Path) -> None:
    """Ben's sheet has no column for "money": that is no rejection of it."""
    table = pd.DataFrame({"unit": [f"u{n}" for n in range(12)], "trust": [0, 1] * 6, "money": [1, 0, 0] * 4})
    table.to_csv(tmp_path / "x_ann.csv", index=False)
    table.assign(time=[0, 1] * 6).drop(columns="money").to_csv(tmp_path / "x_ben.csv", index=False)
    found = refusal(tmp_path)
    assert "coder 'ben': has no column for 'money'" in found
    assert "coder 'ann': has no column for 'time'" in found


@pytest.mark.parametrize("label", ["Total", "Mean:", "SUM"])
def test_a_row_of_totals_is_no_unit(label: str) -> None:
    """Six units of scores and their sums: alpha of the six."""
    ann, ben = [1, 2, 3, 2, 1, 3], [2, 1, 3, 3, 1, 2]
    table = pd.DataFrame({"unit": [f"u{n}" for n in range(6)], "Ann": ann, "Ben": ben})
    totals = pd.concat([table, pd.DataFrame({"unit": [label], "Ann": [sum(ann)], "Ben": [sum(ben)]})])
    given, bare = (es.reliability(es.read(made, layout="wide"), level="interval") for made in (totals, table))
    assert given["estimate"].iloc[0] == bare["estimate"].iloc[0]
    assert "which hold totals" in said(es.read(totals, layout="wide"))


@pytest.mark.parametrize("joint", ["AB/CD", "AB, CD", "AB + CD", "CD & AB", "AB and CD"])
def test_two_coders_in_one_cell(joint: str) -> None:
    """Twenty units, of which the coders disagree on three: what they coded alike stands in one row for both."""
    rows = [("u0", "AB", "t"), ("u0", "CD", "none"), ("u1", "AB", "none"), ("u1", "CD", "t"), ("u2", "AB", "t")]
    rows += [("u2", "CD", "none"), *((f"u{n}", joint, "t" if n % 2 else "none") for n in range(3, 20))]
    table = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    apart = table.assign(coder=table["coder"].map(lambda name: ["AB", "CD"] if name == joint else [name]))
    truth = es.reliability(es.read(apart.explode("coder"))).loc["t"]
    found = es.reliability(es.read(table)).loc["t"]
    assert found[["estimate", "n_units", "n_coders"]].tolist() == truth[["estimate", "n_units", "n_coders"]].tolist()
    assert found["n_units"] == 20


@pytest.mark.parametrize("header", ["average", "M", "diff", "agree?", "AB_conf", "page"])
def test_columns_beside_the_coders_that_hold_their_values(header: str) -> None:
    """A mean, a difference, a mark of agreement, a certainty beside two coders' scores: asked about, not a coder."""
    pairs = [(1, 3), (2, 4), (3, 3), (4, 2), (5, 5), (2, 2), (1, 1), (4, 4), (3, 5), (5, 3)]
    table = pd.DataFrame(pairs, columns=["Ann", "Ben"])
    other = {"diff": abs(table["Ann"] - table["Ben"]), "agree?": (table["Ann"] == table["Ben"]).astype(int)}
    third = other.get(header, (table["Ann"] + table["Ben"]) / 2 if header in ("average", "M") else table["Ann"])
    wide = table.assign(**{header: third}, unit=[f"u{n}" for n in range(10)])
    assert "coders=['Ann', 'Ben']" in refusal(wide, layout="wide") or header == "agree?"
    study = es.read(wide, layout="wide", coders=["Ann", "Ben"])
    assert list(study.coders.index) == ["Ann", "Ben"]


def test_whole_numbers_that_one_column_writes_with_a_point(tmp_path: Path) -> None:
    """A column with a blank cell is saved as 1.0, 2.0 by pandas: the same categories as 1 and 2."""
    table = pd.DataFrame({"unit": list("abcdefgh"), "ann": [1, 2] * 4, "ben": [1, 2, 1, 2, 1, 2, 1, None]})
    table.to_csv(tmp_path / "f.csv", index=False)
    study = es.read(tmp_path / "f.csv", layout="wide", coders=["ann", "ben"])
    found = es.reliability(study, level="nominal")
    assert found["estimate"].iloc[0] == 1.0
    assert study.codes == ("1", "2")


@pytest.mark.parametrize("copy", ["ben (1).csv", "ben - Copy.csv", "ben_copy.csv", "ben (old).csv"])
def test_copies_of_a_file_are_no_coders(tmp_path: Path, copy: str) -> None:
    table = pd.DataFrame({"unit": list("abc"), "Code 1": ["x", "y", "x"]})
    for name in ("ann.csv", "ben.csv", copy):
        table.to_csv(tmp_path / name, index=False)
    assert f"{copy!r} looks like a copy of another file" in refusal(tmp_path)


def test_a_phase_within_units_is_a_round() -> None:
    """The same coders code the same units in a pilot and in the main phase: two rounds, which are not pooled."""
    rows = [
        (f"u{n}", coder, phase, "t" if n % 2 else "none") for n in range(6) for coder in "ab" for phase in ("p", "m")
    ]
    table = pd.DataFrame(rows, columns=["unit", "coder", "phase", "code"])
    assert "read(..., round='phase')" in refusal(table)
    assert es.read(table, round="phase").rounds == ("p", "m")


def test_one_coder_with_a_code_and_none_in_two_studies() -> None:
    """Ann recoded "policy" as "none" in a second file: merge asks, as it does of two codes."""
    own = pd.DataFrame({"unit": list("abcdef"), "coder": "ann", "code": ["policy", "policy", "none"] * 2})
    again = own.assign(code=["none", "policy", "none"] * 2)
    with pytest.raises(DataError, match="coded differently in an earlier study: 'a', 'd'"):
        es.merge(es.read(own), es.read(again))
    assert len(es.merge(es.read(own), es.read(own)).codings) == 4


def test_a_decimal_comma_is_one_number() -> None:
    table = pd.DataFrame({"unit": list("abcd"), "ann": ["3", "5", "3,5", "4"], "ben": ["3", "5", "3,5", "5"]})
    study = es.read(table, layout="wide")
    assert set(study.codes) == {"3", "5", "3.5", "4"}


def test_blank_rows_of_a_coder_who_writes_zeros() -> None:
    """One table of 0 and 1 with a column of coders: Ben has six of twelve rows blank, which he did not read."""
    ann = [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    ben = [1, 0, 1, 0, 1, 1, *[None] * 6]
    units = [f"u{n}" for n in range(12)]
    frames = [
        pd.DataFrame({"unit": units, "coder": name, "access": own, "trust": own[::-1] if name == "ann" else own})
        for name, own in (("ann", ann), ("ben", ben))
    ]
    found = es.reliability(es.read(pd.concat(frames))).loc["access"]
    assert (round(found["estimate"], 3), found["n_units"]) == (0.686, 6)
    assert es.reliability(es.read(pd.concat(frames), seen="listed")).loc["access", "n_units"] == 12
    ticks = pd.concat(frames).replace(0, None)  # who writes 1 or nothing, says "no" by a blank
    assert es.reliability(es.read(ticks)).loc["access", "n_units"] == 12


@pytest.mark.parametrize("cell", [None, "NA", "Unclear"])
@pytest.mark.parametrize("skipped", [2, 6])
def test_items_that_a_coder_skipped(cell: object, skipped: int) -> None:
    """A blank, or "NA", among Yes and No is neither: it was a no, or made the code vanish."""
    table = pd.DataFrame({"unit": [f"v{n}" for n in range(12)] * 2, "coder": ["ann"] * 12 + ["ben"] * 12})
    table["item1"], table["item2"] = ["Yes", "No"] * 12, ["No", "Yes", "Yes"] * 8
    table["item3"] = [*["Yes", "No"] * 6, *["No", "Yes"] * 6]
    table.loc[24 - skipped :, "item3"] = cell
    assert "column 'item3'" in refusal(table)


def test_a_visit_within_units_makes_units_of_its_own() -> None:
    """Two coders judge four patients at two visits each, in one column of units: eight units, alpha −.25."""
    rows = [
        (patient, f"visit {visit}", coder, code)
        for patient, visit, codes in [
            *(("v1", 1, "ab"), ("v1", 2, "ba"), ("v2", 1, "cc"), ("v2", 2, "cc")),
            *(("v3", 1, "ac"), ("v3", 2, "ca"), ("v4", 1, "bb"), ("v4", 2, "bb")),
        ]
        for coder, code in zip(("KM", "LP"), codes, strict=True)
    ]
    for header in ("visit", "domain", "Transcript"):
        table = pd.DataFrame(rows, columns=["unit", header, "coder", "code"])
        assert f"read(..., document={header!r})" in refusal(table)
        study = es.read(table, document=header)
        assert alpha(study, "a") == (-0.25, 8)


def test_names_that_totals_have_too_are_kept_where_no_numbers_follow(tmp_path: Path) -> None:
    """A last code "Overall" in the codebook, and a last unit "mean" with a code, are no rows of totals."""
    book = tmp_path / "book.csv"
    book.write_text("code,definition\ntrust,words of trust\nOverall,all in all\n")
    table = pd.DataFrame({"unit": ["a", "b", "mean"], "coder": "ann", "code": ["trust", "Overall", "trust"]})
    study = es.read(table, codebook=book)
    assert study.codebook.names == ("trust", "Overall")
    assert list(study.units.index) == ["a", "b", "mean"]
