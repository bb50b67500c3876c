"""Long and wide tables, and dataframes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from iofiles import file, refusal, rows, told

from expertsys.io import read
from expertsys.study import Code, Codebook

HEAD = "unit,coder,code\n"


def test_everything_is_text(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "007,ann,nan\n007,ben,NA\n1.0,ann,None\n1.0,ben,null\nu5,ann,\n")
    study = read(path, no_code=None)
    assert study.title == "x"
    assert rows(study, "unit", "coder", "code") == [
        ("007", "ann", "nan"),
        ("007", "ben", "NA"),
        ("1.0", "ann", "None"),
        ("1.0", "ben", "null"),
    ]
    assert list(study.units.index) == ["007", "1.0", "u5"]
    assert read(path, seen="listed").assignments[["coder", "document"]].to_numpy().tolist()[-1] == ["ann", "u5"]


def test_all_columns(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "x.csv",
        "unit,coder,code,case,document,participant,start,end,text,memo,round,date,site\n"
        "u1,ann,a,north,d1,p1,3,9,quoted,why,1,2024-05-01,s1\n",
    )
    study = read(path)
    assert rows(study, *study.codings.columns) == [
        ("u1", "ann", "a", "north", "d1", 3, 9, "quoted", "why", "1", "2024-05-01", None)
    ]
    assert study.documents.loc["d1", ["case", "participant", "site"]].tolist() == ["north", "p1", "s1"]
    assert pd.isna(study.documents.loc["d1", "text"])
    assert list(study.participants.index) == ["p1"]


def test_names_of_columns(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "item,worker,label,group\ni1,w1,G,g\n")
    study = read(path, unit="item", coder="worker", code="label", case="group")
    assert rows(study, "unit", "coder", "code", "case") == [("i1", "w1", "G", "g")]


def test_capital_letters_in_names_of_columns(tmp_path: Path) -> None:
    study = read(file(tmp_path, "x.csv", "Unit,CODER,code\nu1,ann,a\n"))
    assert rows(study, "unit", "coder") == [("u1", "ann")]
    assert told(study) == ["x.csv: columns were taken without regard to capital letters: 'Unit', 'CODER'."]


def test_absent_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit,coder,label\nu1,ann,a\n")
    assert "x.csv: no column 'code'; the columns are 'unit', 'coder', 'label'." in str(refusal(path))
    path = file(tmp_path, "x.csv", "unit,by,code\nu1,ann,a\n")
    message = str(refusal(path))
    assert message.startswith("x.csv: no column 'coder'; the columns are 'unit', 'by', 'code'.")
    assert message.endswith("If the file's name says who coded, give pattern=, such as '{case} ({coder})'.")
    assert str(refusal(path, coder="bye")) == (
        "x.csv: no column 'bye'; the columns are 'unit', 'by', 'code'. Perhaps coder='by'."
    )
    assert "no column 'site'" in str(refusal(path, coder="by", case="site"))
    path = file(tmp_path, "y.csv", "response,ann,ben\nr1,a,b\n")
    assert str(refusal(path)) == (
        "y.csv: no columns 'unit', 'coder', 'code'; the columns are 'response', 'ann', 'ben'. "
        "Name them by keyword, such as unit='...'. If the first row is data, name the columns: header=[...]. "
        "If each column after the unit is one coder, say so: layout='wide'."
    )


def test_a_table_without_header(tmp_path: Path) -> None:
    path = file(tmp_path, "x.tsv", "w1\ti1\tG\nw2\ti1\tP\nw1\ti1\tG\n")
    study = read(path, header=["coder", "unit", "code"])
    assert rows(study, "unit", "coder", "code") == [("i1", "w1", "G"), ("i1", "w2", "P")]
    assert study.provenance.sources[0].rows == 3
    assert told(study) == [
        "x.tsv: dropped 1 row, each the same as an earlier one in every cell: row 3. "
        "read(..., repeated='keep') keeps them."
    ]
    assert len(read(path, header=["coder", "unit", "code"], repeated="keep").codings) == 3
    assert str(refusal(path, header=["coder", "unit"])) == (
        "x.tsv: header names 2 columns and the table has 3. Name each column, from left to right."
    )


def test_cells_that_may_not_be_empty(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,,a\n,ann,a\nu3,,\n")
    assert [str(fault) for fault in refusal(path).faults] == [
        "x.csv, row 3: names neither unit nor document. Fill the cell, or drop the row.",
        "x.csv, row 2: has a code and no coder. Fill the cell, or drop the row.",
    ]
    study = read(file(tmp_path, "y.csv", HEAD + "u1,ann,a\nu3,,\n"))
    assert list(study.units.index) == ["u1", "u3"]
    assert list(study.coders.index) == ["ann"]


def test_units_that_repeat_in_other_cases(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "case,unit,coder,code\nnorth,1,ann,a\nsouth,1,ann,b\nsouth,2,ann,b\n")
    study = read(path)
    assert list(study.units.index) == ["north/1", "south/1", "south/2"]
    assert study.documents["participant"].isna().all()
    path = file(tmp_path, "y.csv", "case,unit,coder,code\nnorth,1,ann,a\nsouth,2,ann,b\n")
    assert list(read(path).units.index) == ["1", "2"]
    path = file(tmp_path, "z.csv", "document,unit,coder,code\nd1,1,ann,a\nd2,1,ann,b\n")
    study = read(path)
    assert study.units["document"].to_dict() == {"d1/1": "d1", "d2/1": "d2"}
    assert study.provenance.choice("unit names") == "document/unit"


def test_spans(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "document,coder,code,start,end\nd1,ann,a,0,4\nd1,ben,a,2,6\nd2,ben,,,\n")
    study = read(path, seen="listed")
    assert study.units.empty
    assert rows(study, "unit", "document", "start", "end") == [(None, "d1", 0, 4), (None, "d1", 2, 6)]
    assert study.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "d1"], ["ben", "d1"], ["ben", "d2"]]


def test_documents_as_units(tmp_path: Path) -> None:
    study = read(file(tmp_path, "x.csv", "document,coder,code\nd1,ann,a\n"))
    assert list(study.units.index) == ["d1"]
    assert study.provenance.choice("unit of coding") == (
        "document, as the table has no column of units and no positions"
    )


def test_positions_are_checked(tmp_path: Path) -> None:
    path = file(
        tmp_path, "x.csv", "document,coder,code,start,end\nd1,ann,x,3,7\nd1,ann,y,7,3\nd1,ann,y,-1,3\nd1,ben,y,1,\n"
    )
    assert [str(fault) for fault in refusal(path).faults] == [
        "x.csv, row 4, column 'start': '-1' is no position. Positions are whole numbers, counted from 0.",
        "x.csv, row 5: has only one of start and end. Fill both or none.",
        "x.csv, row 3: ends at 3, before its start. Correct it.",
    ]


def test_texts_of_units_go_with_the_unit(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit,coder,code,text,memo\nu1,ann,a,One,why\nu1,ben,a,One,\nu2,ben,,Two,lost\n")
    study = read(path)
    assert study.codings["text"].tolist() == ["One", "One"]
    assert study.documents["text"].tolist() == ["One", "Two"]
    assert "x.csv: left out the memo of 1 row without a code: row 4." in told(study)
    path = file(tmp_path, "y.csv", "unit,coder,code,text\nu1,ann,a,One\nu1,ben,a,one\n")
    study = read(path)
    assert study.codings["text"].tolist() == ["One", "one"]
    assert study.documents["text"].isna().all()


def test_several_codes_in_a_cell(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,ann,a; b ;\nu2,ann,a\n")
    assert rows(read(path, separator=";"), "unit", "code") == [("u1", "a"), ("u1", "b"), ("u2", "a")]
    study = read(path)
    assert study.codes == ("a; b ;", "a")
    assert told(study) == [
        "x.csv: took 1 cell with ';' as one code each, such as 'a; b ;', of which 'a' is a code by itself. "
        "If they are several, say so: read(..., separator=';')."
    ]


def test_hierarchy(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,ann,a->b->c\nu2,ann,x/y\n")
    book = read(path).codebook
    assert [(code.name, code.parent) for code in book] == [
        ("a", None),
        ("a->b", "a"),
        ("a->b->c", "a->b"),
        ("x/y", None),
    ]
    assert read(path, hierarchy="/").codebook["x/y"].parent == "x"
    flat = read(path, hierarchy=None)
    assert flat.codebook.names == ("a->b->c", "x/y")
    assert flat.provenance.choice("sub-codes") is None


def test_names_are_trimmed_and_never_merged_by_case(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,Ann,a\nu1,ann , a\nu1, Ann,b\n")
    study = read(path)
    assert list(study.coders.index) == ["Ann", "ann"]
    assert told(study) == [
        "x.csv, column 'coder': took away white space around 2 names: rows 3, 4.",
        "x.csv, column 'code': took away white space around 1 name: row 3.",
    ]


def test_a_codebook_of_ones_own(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,ann,a\n")
    book = file(tmp_path, "book.csv", 'code;definition;concept\na;"is; a";emptying-out\nb;;\n')
    study = read(path, codebook=book)
    assert study.codebook == Codebook([Code("a", definition="is; a", concept="emptying-out"), Code("b")])
    assert [source.name for source in study.provenance.sources] == ["x.csv", "book.csv"]
    assert "codebook: book.csv: cells are separated by semicolons. read(..., delimiter='...') forces another." in told(
        study
    )
    assert read(path, codebook=Codebook([Code("a")])).codebook.names == ("a",)
    assert read(path, codebook=pd.DataFrame({"code": ["a", "z"]})).codebook.names == ("a", "z")
    assert "no such file or folder. Did you mean 'book.csv'?" in str(refusal(path, codebook=tmp_path / "bok.csv"))


def test_documents_of_ones_own(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "document,coder,code,site\nd1,ann,a,s1\nd2,ann,a,s2\n")
    extra = file(tmp_path, "docs.csv", "document,kind,text,site\nd1,interview,Hello there,\nd3,field note,,s3\n")
    study = read(path, documents=extra)
    table = study.documents[["kind", "text", "site"]].fillna("")
    assert table.to_dict("index") == {
        "d1": {"kind": "interview", "text": "Hello there", "site": "s1"},
        "d2": {"kind": "", "text": "", "site": "s2"},
        "d3": {"kind": "field note", "text": "", "site": "s3"},
    }
    assert "documents: none of 'z' occurs in the codings; there are 'd1', 'd2'" in str(
        refusal(path, documents=pd.DataFrame({"document": ["z"]}))
    )
    assert "no column 'document'; the columns are 'name'" in str(refusal(path, documents=pd.DataFrame({"name": ["z"]})))


def test_wide(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "response,ann,ben,eve\nr1,a,b,\nr2,a;b,,\n")
    study = read(path, layout="wide", separator=";")
    assert rows(study, "unit", "coder", "code") == [
        ("r1", "ann", "a"),
        ("r1", "ben", "b"),
        ("r2", "ann", "a"),
        ("r2", "ann", "b"),
    ]
    assert list(study.coders.index) == ["ann", "ben", "eve"]
    assert study.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "r1"], ["ben", "r1"], ["ann", "r2"]]
    assert [text.partition(",")[0] for text in told(study)] == [
        "coder 'ben': took 1 of 2 listed units",
        "coder 'eve': took 2 of 2 listed units",
    ]
    assert study.provenance.choice("layout") == "wide: a column for each of the coders 'ann', 'ben', 'eve'"
    assert len(read(path, layout="wide", seen="listed").assignments) == 6


def test_wide_with_case_and_text(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "case,unit,text,ann,ben\nn,u1,One,a,a\ns,u1,Two,b,\n")
    study = read(path, layout="wide")
    assert list(study.units.index) == ["n/u1", "s/u1"]
    assert study.documents["text"].tolist() == ["One", "Two"]
    assert study.documents["case"].tolist() == ["n", "s"]


def test_wide_that_is_none(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit,coder,code\nu1,ann,a\n")
    assert "in a wide table the columns are the coders, but the column 'coder' names a coder too" in str(
        refusal(path, layout="wide")
    )
    path = file(tmp_path, "y.csv", "unit,ann\nu1,a\n,b\n")
    assert "y.csv, row 3: names no unit" in str(refusal(path, layout="wide"))
    assert "the file's name names a coder too" in str(refusal(path, layout="wide", pattern="{coder}"))
    path = file(tmp_path, "z.csv", "unit,text\nu1,a\n")
    assert "a wide table needs a column for each coder" in str(refusal(path, layout="wide"))


def test_any_dataframe(make_frame: Callable[[pd.DataFrame], Any]) -> None:
    table = pd.DataFrame({"unit": [1, 1, 2], "coder": ["ann", "ben", "ann"], "code": ["nan", "x", None]})
    study = read(make_frame(table))
    assert rows(study, "unit", "coder", "code") == [("1", "ann", "nan"), ("1", "ben", "x")]
    assert study.provenance.sources[0].name == "table"
    assert study.title == ""


def test_dataframes_with_an_index() -> None:
    table = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["a"]}, index=[7])
    assert rows(read(table), "unit", "coder") == [("u1", "ann")]
    assert rows(read(table.set_index("unit")), "unit", "coder") == [("u1", "ann")]
    wide = pd.DataFrame({"ann": ["a", "b"], "ben": ["a", None]}, index=["u1", "u2"])
    assert list(read(wide, layout="wide").units.index) == ["u1", "u2"]
    assert str(refusal(table.iloc[:0])) == "table: has no rows. Is it the right table?"
    missing = pd.DataFrame({"unit": ["u1", None], "coder": ["ann", "ann"], "code": ["a", "b"]})
    assert str(refusal(missing)).startswith("table, row 2: names neither unit nor document.")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"layout": "tall"}, "layout must be one of 'long', 'wide', 'rows', 'indicators', not 'tall'"),
        ({"seen": "code"}, "seen must be one of 'coded', 'listed', 'all', not 'code'. Did you mean 'coded'?"),
        ({"repeated": "last"}, "repeated must be one of 'drop', 'keep', not 'last'"),
        ({"separator": ""}, "separator must be text or None, not ''"),
        ({"hierarchy": 3}, "hierarchy must be text or None, not 3"),
        ({"delimiter": "::"}, "delimiter must be one character, and neither quote nor line end, not '::'"),
        ({"seen": 3}, "expected a dataframe, not int"),
    ],
)
def test_options_that_are_refused(tmp_path: Path, options: dict[str, Any], what: str) -> None:
    assert what in str(refusal(file(tmp_path, "x.csv", HEAD + "u1,ann,a\n"), **options))


def test_sources_that_are_refused(tmp_path: Path) -> None:
    assert str(refusal(b"unit")) == "source: cannot read bytes. Give a path, a list of paths, or a dataframe."
    assert str(refusal(tmp_path / "x.csv")).startswith(f"{tmp_path / 'x.csv'}: there is no such file or folder.")
    path = file(tmp_path, "x.xyz", "text")
    assert "x.xyz: cannot read files named '.xyz'; it can be '.zip', '.csv'" in str(refusal(path))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("p.nvpx", "is a project of NVivo, which only NVivo opens. Export the project there as REFI-QDA (.qdpx)"),
        ("p.MX22", "is a project of MAXQDA"),
        ("p.atlproj23", "is a project of ATLAS.ti"),
        ("p.rqda", "Import it into QualCoder"),
        ("p.qde", "Read the whole .qdpx"),
        ("p.docx", "is a text, not a coded project or a table"),
        ("p.sav", "Save it as .csv or .xlsx"),
    ],
)
def test_files_of_other_programs_say_what_to_export(tmp_path: Path, name: str, what: str) -> None:
    error = str(refusal(file(tmp_path, name, "text")))
    assert error.startswith(f"{name}: is")
    assert what in error
    assert "Did you mean" not in error


def test_a_project_under_another_name_or_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("project.qde", "<Project/>")
        archive.extractall(tmp_path / "p")
    assert "It is a REFI-QDA project: give it its own ending, .qdpx." in str(refusal(tmp_path / "p.zip"))
    assert "It is an unpacked REFI-QDA project: read the .qdpx itself." in str(refusal(tmp_path / "p"))


def test_an_endless_value_is_shown_by_its_beginning(tmp_path: Path) -> None:
    digits = "9" * 5_000
    spans = file(tmp_path, "x.csv", f"document,coder,code,start,end\nd,ann,a,0,{digits}\n")
    assert str(refusal(spans)) == (
        f"x.csv, row 2, column 'end': '{'9' * 80}…' (of 5,000 characters) is no position. "
        "Positions are whole numbers, counted from 0."
    )
    path = file(tmp_path, "y.csv", f"unit,document,coder,code\nu1,{digits},ann,a\nu1,{digits}1,ben,a\n")
    assert all(len(line) < 500 for line in told(read(path)))
    for wrong in (f"unit,coder,{digits[:1_500]}\nu1,ann,a\n", f"unit,coder,code\nu1,{digits},a\nu1,,b\n"):
        assert len(str(refusal(file(tmp_path, "z.csv", wrong)))) < 500


def test_faults_that_only_the_whole_study_shows_name_the_row_of_the_file(tmp_path: Path) -> None:
    texts = file(tmp_path, "texts.csv", "document,text\nd1,abc\n")
    path = file(tmp_path, "x.csv", "document,coder,code,start,end\nd1,ann,a,0,3\n\nd1,ben,a,0,9\nd1,ben,b,1,4\n")
    assert [fault.place for fault in refusal(path, documents=texts).faults] == ["x.csv, row 4", "x.csv, row 5"]
    path = file(tmp_path, "y.csv", "document,coder,code,start,end\nd1,ann,a,0,3\nd1,ben,a,0,9\n")
    assert str(refusal(path, documents=texts)) == "y.csv, row 3: ends behind the end of its document."
    assert [fault.place for fault in refusal([path, tmp_path / "x.csv"], documents=texts).faults] == [
        "y.csv, row 3", "x.csv, row 4", "x.csv, row 5",
    ]  # fmt: skip
