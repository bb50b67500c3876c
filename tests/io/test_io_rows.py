"""A folder of files, one per coder and question, a row per unit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from iofiles import file, refusal, rows, survey, told

from expertsys.io import read, reading
from expertsys.io.log import Log


def test_one_call_reads_a_survey(tmp_path: Path) -> None:
    study = read(survey(tmp_path))
    assert study.title == "a survey"
    assert list(study.cases.index) == ["Q2", "Q10"]
    assert study.cases["question"].tolist() == ["Why did you?", "Which, then?"]
    assert list(study.coders.index) == ["ann", "ben"]
    assert list(study.units.index) == ["Q2/r1", "Q2/r2", "Q2/r3", "Q10/r1", "Q10/r4"]
    assert rows(study, "unit", "coder", "code", "case") == [
        ("Q2/r1", "ann", "fear", "Q2"),
        ("Q2/r1", "ann", "fear->exam", "Q2"),
        ("Q2/r2", "ann", "nan", "Q2"),
        ("Q2/r1", "ben", "fear", "Q2"),
        ("Q10/r1", "ann", "fear", "Q10"),
        ("Q10/r1", "ann", "trust", "Q10"),
        ("Q10/r1", "ben", "trust", "Q10"),
    ]
    assert study.codebook["fear->exam"].parent == "fear"
    assert study.documents["participant"].tolist() == ["r1", "r2", "r3", "r1", "r4"]
    assert study.documents["text"].fillna("").tolist() == ["One", "Two", "", "First\n\nSecond", "Four"]
    assert study.assignments[["coder", "document"]].to_numpy().tolist() == [
        ["ann", "Q2/r1"],
        ["ann", "Q2/r2"],
        ["ben", "Q2/r1"],
        ["ann", "Q10/r1"],
        ["ben", "Q10/r1"],
    ]
    assert study.assumed_seen


def test_what_was_assumed_is_told(tmp_path: Path) -> None:
    study = read(survey(tmp_path))
    remarks = told(study)
    assert remarks == [
        "file names: were read by the pattern '{*} - {case} ({coder})': case: 'Q2', 'Q10'; coder: 'ann', 'ben'. "
        "Another: read(..., pattern='...').",
        "units: named units with their case, such as 'Q2/r1'. Names repeated in another case: 1.",
        "Open answers - Q10 (ann).csv: took 1 unit with several rows (row 3) as one each, its codes together and its "
        "texts joined: 'Q10/r1'. If they are different units, give them different names.",
        "Open answers - Q10 (ben).csv: took 1 unit with several rows (row 3) as one each, its codes together and its "
        "texts joined: 'Q10/r1'. If they are different units, give them different names.",
        "Open answers - Q10 (ann).csv, row 2: counted 1 code once that the same coder gave the same unit again.",
        *(
            f"case {case!r}, coder {coder!r}: took {silent} of {size} listed units, without a code{bare}, as not "
            "read by this coder. If they read them and nothing applied, agreement is overstated: say so with "
            "read(..., seen='listed')."
            for case, coder, silent, size, bare in [
                ("Q2", "ann", 1, 3, " (1 of them without a text)"),
                ("Q2", "ben", 2, 3, " (1 of them without a text)"),
                ("Q10", "ann", 1, 2, ""),
                ("Q10", "ben", 1, 2, ""),
            ]
        ),
    ]
    assert dict(study.provenance.choices) == {
        "file names": "read by the pattern '{*} - {case} ({coder})', the first usual one that fits",
        "units": "named by the first column, 'ResponseId'",
        "layout": "rows: one row per unit, codes in 'Code 1', 'Code 2'",
        "unit names": "case/unit",
        "sub-codes": "a code 'a->b' is below the code 'a'",
        "who saw what": "assumed: a coder read the units at which the table has a code of theirs, and no other",
    }
    assert [source.rows for source in study.provenance.sources] == [3, 3, 3, 3]
    assert {len(source.sha256) for source in study.provenance.sources} == {64}
    assert str(tmp_path) not in repr(study.provenance)


def test_listed_takes_a_row_without_code_as_read(tmp_path: Path) -> None:
    study = read(survey(tmp_path), seen="listed")
    assert len(study.assignments) == 8  # five documents, two coders, less the one without a text
    assert "Q2/r3" not in set(study.assignments["document"])
    assert study.provenance.choice("who saw what") == "listed: a coder read every unit that their table lists"
    assert not study.assumed_seen
    assert [text for text in told(study) if text.startswith("case")] == [
        f"case 'Q2', coder {coder!r}: took 1 of 3 listed units, without a code and without a text, as not read: there "
        "is nothing to read. If coders did read them, give who read what as a table: read(..., seen=...)."
        for coder in ("ann", "ben")
    ]


def test_all_and_given(tmp_path: Path) -> None:
    folder = survey(tmp_path)
    assert len(read(folder, seen="all").assignments) == 2 * 5
    given = read(folder, seen={"ann": ["Q2/r1", "Q2/r3"], "ben": ["Q2/r1"]})
    assert given.assignments[["coder", "document"]].to_numpy().tolist() == [
        ["ann", "Q2/r1"],
        ["ann", "Q2/r3"],
        ["ben", "Q2/r1"],
    ]
    assert given.provenance.choice("who saw what") == "given"
    again = read(folder, seen=given.assignments)
    assert again.assignments.equals(given.assignments)


def test_given_names_must_exist(tmp_path: Path) -> None:
    folder = survey(tmp_path)
    assert str(refusal(folder, seen={"anna": ["Q2/r1"]})) == (
        "seen: no coder 'anna'; there are: 'ann', 'ben'. Did you mean 'ann'?"
    )
    assert "no document 'Q2/r9'" in str(refusal(folder, seen={"ann": ["Q2/r9"]}))


def test_a_list_of_files_and_a_pattern(tmp_path: Path) -> None:
    files = sorted(survey(tmp_path).glob("*Q2*"))
    study = read(files, pattern="{*} - {case} ({coder}).csv", title="mine")
    assert study.title == "mine"
    assert list(study.units.index) == ["r1", "r2", "r3"]
    assert study.documents["participant"].isna().all()
    assert study.provenance.choice("file names") == "read by the pattern '{*} - {case} ({coder}).csv'"
    regex = re.compile(r".* (?P<case>Q\d+) \((?P<coder>\w+)\)")
    assert read(files, pattern=regex, title="mine").codings.equals(study.codings)


def test_code_columns_in_any_spelling(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "ID,coder,code_1,Code2,CODE-3\nu1,ann,a,,b\n")
    assert rows(read(path), "unit", "coder", "code") == [("u1", "ann", "a"), ("u1", "ann", "b")]
    path = file(tmp_path, "y.csv", "ID,coder,Tag 1,Tag 2\nu1,ann,a,b\n")
    assert rows(read(path, code="Tag"), "code") == [("a",), ("b",)]


def test_further_columns_are_kept(tmp_path: Path) -> None:
    file(tmp_path, "ann.csv", "unit,site,answer,doubt,Code 1\nu1,north,Yes,low,a\nu2,south,No,high,b\n")
    file(tmp_path, "ben.csv", "unit,site,answer,doubt,Code 1\nu1,north,Yes,high,a\nu2,south,No,,b\n")
    study = read(tmp_path)
    assert study.documents["site"].tolist() == ["north", "south"]
    assert study.documents["answer"].tolist() == ["Yes", "No"]
    assert study.documents["doubt (ann)"].tolist() == ["low", "high"]
    assert study.documents["doubt (ben)"].fillna("").tolist() == ["high", ""]
    assert study.documents["text"].isna().all()
    assert "column 'doubt': differs between coders; it is kept as one attribute of documents for each." in told(study)
    named = read(tmp_path, text="answer")
    assert named.documents["text"].tolist() == ["Yes", "No"]
    assert named.provenance.choice("question") == "answer"


def test_a_column_that_fits_nowhere_is_told(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit,coder,code,certainty\nu1,ann,a,1\nu1,ann,b,2\n")
    assert "column 'certainty': differs between rows of the same unit and is not kept." in "\n".join(told(read(path)))


def test_texts_that_differ_are_told(tmp_path: Path) -> None:
    file(tmp_path, "Q1 (ann).csv", "id,Why?,Code 1\nu1,Because,a\n")
    file(tmp_path, "Q1 (ben).csv", "id,Why not?,Code 1\nu1,Because!,a\n")
    study = read(tmp_path)
    assert study.documents["text"].tolist() == ["Because"]
    assert study.cases["question"].tolist() == ["Why?"]
    remarks = "\n".join(told(study))
    assert "texts: kept the first table's text of 1 unit that tables differ on: 'u1'." in remarks
    assert "Q1 (ben).csv: the texts of case 'Q1' have another header than in an earlier file" in remarks
    assert "Because" not in remarks


@pytest.mark.parametrize(
    ("names", "coders", "cases"),
    [
        (["x - Q1 (ann).csv", "x - Q1 (ben).csv"], ["ann", "ben"], ["Q1"]),
        (["Q1 (ann).csv", "Q1 (ben).csv"], ["ann", "ben"], ["Q1"]),
        (["Q1_ann.csv", "Q1_ben.csv"], ["ann", "ben"], ["Q1"]),
        (["Ann Ö.csv", "Ben.csv"], ["Ann Ö", "Ben"], []),
        (["x - Q1 (ann).csv", "Q1_ben.csv"], ["Q1_ben", "x - Q1 (ann)"], []),
    ],
)
def test_usual_patterns(tmp_path: Path, names: list[str], coders: list[str], cases: list[str]) -> None:
    for name in names:
        file(tmp_path, name, "id,Code 1\nu1,a\n")
    study = read(tmp_path)
    assert list(study.coders.index) == coders
    assert list(study.cases.index) == cases


def test_decomposed_names_of_files_are_composed(tmp_path: Path) -> None:
    path = file(tmp_path, "Zoe\u0308.csv", "id,Code 1\nu1,a\n")
    assert list(read(path, pattern="{coder}").coders.index) == ["Zoë"]


def test_a_folder_of_long_tables(tmp_path: Path) -> None:
    file(tmp_path, "Q1_ann.csv", "unit,code\nu1,a\nu2,\n")
    file(tmp_path, "Q2_ann.csv", "unit,code\nu1,b\n")
    study = read(tmp_path, seen="listed")
    assert rows(study, "unit", "coder", "code", "case") == [("Q1/u1", "ann", "a", "Q1"), ("Q2/u1", "ann", "b", "Q2")]
    assert len(study.assignments) == 3


def test_a_file_that_no_one_signed_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "ann.csv", "id,Code 1\nu1,a\n")
    assert str(refusal(path)) == (
        "ann.csv: nothing says who coded: no column 'coder', and no pattern for the file's name. "
        "Give pattern=, such as '{case} ({coder})', or name the column: coder='...'."
    )
    assert list(read(path, pattern="{coder}").coders.index) == ["ann"]


def test_only_some_files_signed(tmp_path: Path) -> None:
    file(tmp_path, "a.csv", "unit,coder,code\nu1,ann,a\n")
    file(tmp_path, "b.csv", "unit,code\nu1,a\n")
    assert "no column 'coder' in 1 of 2 tables: 'b.csv'" in str(refusal(tmp_path))


def test_name_and_column_contradict(tmp_path: Path) -> None:
    path = file(tmp_path, "Q1 (ann).csv", "unit,coder,case,code\nu1,ann,Q1,a\nu2,ben,Q2,a\nu3,ben,,a\n")
    error = refusal(path, pattern="{case} ({coder})")
    assert [str(fault) for fault in error.faults] == [
        "Q1 (ann).csv, rows 3, 4: the file's name says coder 'ann', column 'coder' says 'ben'. "
        "Correct one; or give a pattern without {coder}.",
        "Q1 (ann).csv, row 3: the file's name says case 'Q1', column 'case' says 'Q2'. "
        "Correct one; or give a pattern without {case}.",
    ]


def test_two_files_of_one_coder(tmp_path: Path) -> None:
    for name in ("Q1 (ann) old.csv", "Q1 (ann) new.csv"):
        file(tmp_path, name, "id,Code 1\nu1,a\n")
    error = refusal(tmp_path, pattern="{case} ({coder}) {*}")
    assert str(error) == (
        "Q1 (ann) old.csv: has the same case 'Q1', coder 'ann' as 'Q1 (ann) new.csv'. Keep one; or change the pattern."
    )


def test_files_that_cannot_be_told_apart(tmp_path: Path) -> None:
    file(tmp_path, "ann.csv", "id,Code 1\nu1,a\n")
    file(tmp_path, "ann.tsv", "id\tCode 1\nu1\ta\n")
    assert "cannot tell coders from the file names 'ann.csv', 'ann.tsv'" in str(refusal(tmp_path))


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (
            "{case} ({koder})",
            "no field 'koder'; there are: 'case', 'coder', 'document', 'round', '*'. Did you mean 'coder'",
        ),
        ("{coder} {coder}", "the field 'coder' stands twice"),
        ("data", "'data' names no field"),
        (re.compile("(?P<rater>.+)"), "no field 'rater'"),
        (7, "pattern must be text or a compiled regular expression, not int"),
        ("{case} - {coder}", "the pattern '{case} - {coder}' does not fit 1 of 1 file name"),
    ],
)
def test_patterns_that_are_refused(tmp_path: Path, pattern: object, what: str) -> None:
    path = file(tmp_path, "Q1 (ann).csv", "id,Code 1\nu1,a\n")
    assert what in str(refusal(path, pattern=pattern))


def test_rows_need_units_and_codes(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "id,coder,Code 1\n,ann,a\nu2,,b\n")
    assert [str(fault) for fault in refusal(path).faults] == [
        "x.csv, row 2: names no unit. Fill the cell, or drop the row.",
        "x.csv, row 3: has a code and no coder. Fill the cell, or drop the row.",
    ]
    path = file(tmp_path, "y.csv", "Code 1,coder\na,ann\n")
    assert "no column of units; the columns are 'Code 1', 'coder'" in str(refusal(path))
    path = file(tmp_path, "z.csv", "id,coder,label\nu1,ann,a\n")
    assert "no column 'code 1'" in str(refusal(path, layout="rows"))


def test_folder_without_data(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    error = str(refusal(tmp_path))
    assert "the folder holds no table of codings; it holds 'inner'" in error
    file(tmp_path, "notes.pdf", b"%PDF-1")
    assert "'inner', 'notes.pdf'" in str(refusal(tmp_path))


def test_other_files_in_the_folder_are_told(tmp_path: Path) -> None:
    folder = survey(tmp_path)
    file(folder, "README.txt", "read me")
    file(folder, ".DS_Store", b"\x00")
    (folder / "old").mkdir()
    assert "a survey: not read: 'README.txt', 'old'. Name files by a list to read others." in told(read(folder))


def test_a_file_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = reading._files_in

    def vanishing(folder: Path, log: Log) -> list[Path]:
        files = listed(folder, log)
        files[1].unlink()
        return files

    monkeypatch.setattr(reading, "_files_in", vanishing)
    assert str(refusal(survey(tmp_path))) == (
        "Open answers - Q2 (ben).csv: there is no such file; it vanished, or the name is wrong. "
        "Look for it, and repeat."
    )


def test_lists_that_are_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", "unit,coder,code\nu1,ann,a\n")
    (tmp_path / "b").mkdir()
    twin = file(tmp_path / "b", "a.csv", "unit,coder,code\nu1,ann,a\n")
    assert "the list of files is empty" in str(refusal([]))
    assert "the list holds int" in str(refusal([path, 3]))
    assert "is a folder within a list of files" in str(refusal([path, tmp_path / "b"]))
    assert "files of the same name: 'a.csv'" in str(refusal([path, twin]))
    assert "there is no such file or folder. Did you mean 'a.csv'?" in str(refusal([tmp_path / "a.cvs"]))


def test_many_pairs_are_summed_up(tmp_path: Path) -> None:
    for n in range(50):
        file(tmp_path, f"Q (c{n}).csv", f"id,Code 1\nu{n},a\nv{n},\n")
    assert (
        "who read what: took 50 listed units without a code as not read by this coder, over 50 pairs of case and coder."
        in ("\n".join(told(read(tmp_path))))
    )


def test_more_than_two_columns_of_codes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "ann.csv").write_text("unit,coder,Code 1,Code 2,Code 3\nu1,ann,a,b,c\nu2,ann,a,,\n", encoding="utf-8")
    study = read(tmp_path / "ann.csv", layout="rows")
    assert study.provenance.choice("layout") == "rows: one row per unit, codes in 3 columns, 'Code 1' to 'Code 3'"
