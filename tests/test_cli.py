"""The command: exit status, messages without a traceback, JSON for scripts, nothing half written."""

# ruff: noqa: F811
from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from commands import LONG, Capture, codings, here, names, strict  # noqa: F401  # fixtures are asked for by name

import expertsys as es
from expertsys.cli import _RULES, main
from expertsys.study.units import RULES

COMMANDS = ("report", "agreement", "check", "convert")


def test_a_table_for_people(codings: Path, capsys: Capture) -> None:
    assert main(["agreement", str(codings)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].split() == ["estimate", "low", "high", "n_units", "n_coders", "prevalence", "agreement", "note"]
    assert [line.partition(" 0.")[0].strip() for line in lines[2:]] == [
        "policy",
        "workload",
        "all codes (Jaccard)",
        "all codes (MASI)",
    ]
    # 8 of 10 units alike; of 20 readings 10 have each code: 1 - 0.2 / (2 * 10 * 10 / (20 * 19)) = 0.62
    assert lines[2].split()[1] == "0.620"


def test_agreement_is_the_librarys(codings: Path, capsys: Capture) -> None:
    assert main(["agreement", str(codings), "--json"]) == 0
    printed = strict(capsys.readouterr().out)
    table = es.reliability(es.read(codings)).reset_index()
    assert [list(row) for row in printed] == [list(table.columns)] * len(table)
    for row, (_, expected) in zip(printed, table.iterrows(), strict=True):
        assert all(value is None if pd.isna(expected[name]) else value == expected[name] for name, value in row.items())


@pytest.mark.parametrize(("by", "keys"), [("case", ["case", "code"]), ("pair", ["coder_a", "coder_b", "code"])])
def test_agreement_by_case_and_pair(by: str, keys: list[str], codings: Path, capsys: Capture) -> None:
    assert main(["agreement", str(codings), "--by", by, "--json"]) == 0
    assert list(strict(capsys.readouterr().out)[0])[: len(keys)] == keys
    assert main(["agreement", str(codings), "--by", by]) == 0


def test_confidence(codings: Path, capsys: Capture) -> None:
    assert main(["agreement", str(codings), "--json", "--confidence", "0.5"]) == 0
    narrow = strict(capsys.readouterr().out)[0]
    expected = es.reliability(es.read(codings), confidence=0.5).loc["policy"]
    assert (narrow["low"], narrow["high"]) == (expected["low"], expected["high"])
    assert 0.3 < narrow["low"] < 0.62 < narrow["high"] < 0.9
    assert main(["agreement", str(codings), "--confidence", "95"]) == 2
    assert "must lie between 0 and 1, such as 0.95, not 95" in capsys.readouterr().err


def test_undefined_figures_are_null(here: Path, capsys: Capture) -> None:
    (here / "same.csv").write_text("unit,coder,code\nu1,ann,p\nu1,ben,p\n", encoding="utf-8")
    assert main(["agreement", "same.csv", "--json"]) == 0
    row = strict(capsys.readouterr().out)[0]
    assert (row["code"], row["estimate"], row["low"], row["n_units"]) == ("p", None, None, 1)
    assert main(["agreement", "same.csv"]) == 0
    assert "–" in capsys.readouterr().out


def test_check(codings: Path, here: Path, capsys: Capture) -> None:
    (here / "odd.csv").write_text("unit,coder,code\nu1,Ann,p\nu1,ann,p\n", encoding="utf-8")
    assert main(["check", "odd.csv"]) == 0
    out = capsys.readouterr().out
    assert (
        "warning: coders: 'Ann' and 'ann' differ only by case or blanks. If they are one coder, name it alike." in out
    )
    assert main(["check", "odd.csv", "--json"]) == 0
    listed = strict(capsys.readouterr().out)
    expected = es.check(es.read("odd.csv"))
    assert [row["what"] for row in listed] == expected["what"].tolist()
    assert set(listed[0]) == {"remark", "severity", "place", "what", "remedy"}


def test_check_lists_every_fault_with_its_place(here: Path, capsys: Capture) -> None:
    rows = "".join(f"u{at},,p\n" for at in range(30))
    (here / "bad.csv").write_text(f"unit,coder,code\n{rows}", encoding="utf-8")
    assert main(["check", "bad.csv"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "expertsys: 30 faults"
    assert err.splitlines()[30] == "bad.csv, row 31: has a code and no coder. Fill the cell, or drop the row."
    assert main(["check", "bad.csv", "--json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    listed = strict(out)
    assert [row["place"] for row in listed] == [f"bad.csv, row {at}" for at in range(2, 32)]
    assert {row["severity"] for row in listed} == {"error"}


def test_check_of_a_project(here: Path, capsys: Capture) -> None:
    (here / "ann").mkdir()
    (here / "ann" / "d.txt").write_text("They wait.", encoding="utf-8")
    (here / "ann" / "d.ann").write_text("T1\tX 0 4\tThey\nT2\tX 5 99\twait\n", encoding="utf-8")
    assert main(["check", "ann", "--json"]) == 1
    [fault] = strict(capsys.readouterr().out)
    assert fault["place"] == "d.ann, line 2"
    (here / "ann" / "d.ann").write_text("T1\tX 0 4\tThus\n", encoding="utf-8")
    assert main(["check", "ann"]) == 0
    assert "warning: ann: 1 quotation and the text at the positions differ" in capsys.readouterr().out
    assert main(["check", "ann", "--seen", "all"]) == 0
    assert main(["check", "ann", "--layout", "long"]) == 1
    assert "it takes 'codebook', 'title', 'seen'" in capsys.readouterr().err


def test_convert_to_a_table_tells_what_is_lost(here: Path, capsys: Capture) -> None:
    study = es.Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["x"], "case": ["Elm"]}))
    es.write(study.with_summaries({("Elm", "x"): "Much."}), "s.zip")
    assert main(["convert", "s.zip", "x.csv"]) == 0
    assert "warning: x.csv: a table has no place for 1 summary of a case under a code." in capsys.readouterr().out
    assert main(["convert", "s.zip", "x.jsonl", "--json"]) == 0
    assert len(strict(capsys.readouterr().out)["lost"]) == 1


def test_convert_between_projects_tells_what_is_lost(here: Path, capsys: Capture) -> None:
    (here / "ann").mkdir()
    (here / "ann" / "d.txt").write_text("They wait.", encoding="utf-8")
    (here / "ann" / "d.ann").write_text("T1\tX 0 4\tThey\n", encoding="utf-8")
    assert main(["convert", "ann", "p.qdpx", "--seen", "listed"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == f"Written: {here / 'p.qdpx'}"
    back = es.read("p.qdpx")
    assert back.excerpts().tolist() == ["They"]
    assert main(["convert", "p.qdpx", "q.zip", "--json"]) == 0
    assert strict(capsys.readouterr().out) == {"written": str(here / "q.zip"), "lost": []}
    assert es.read("q.zip").codings.equals(back.codings)
    (here / "r.csv").write_text("document,coder,code,round\nd,ann,X,1\nd,ben,X,1\n", encoding="utf-8")
    assert main(["convert", "r.csv", "r.qdpx"]) == 0
    assert "warning: r.qdpx: a REFI-QDA project has no place for 2 codings with a round." in capsys.readouterr().out


def test_a_project_of_marked_texts_is_cut_into_units(here: Path, capsys: Capture) -> None:
    for coder, marks in {"ann": "T1\tX 0 4\tThey\n", "ben": "T1\tX 0 9\tThey wait\nT2\tX 12 14\tWe\n"}.items():
        (here / "p" / coder).mkdir(parents=True)
        (here / "p" / coder / "d.txt").write_text("They wait.\n\nWe ring.\nNo one comes.", encoding="utf-8")
        (here / "p" / coder / "d.ann").write_text(marks, encoding="utf-8")
    assert main(["agreement", "p"]) == 1
    assert "on the command line --unitise." in capsys.readouterr().err
    for command, rule in [*(("agreement", rule) for rule in _RULES), ("check", "turn"), ("report", "pattern")]:
        more = {"window": ["--size", "10"], "pattern": ["--unit-pattern", "^.", "--least", "0.5"]}.get(rule, [])
        assert main([command, "p", "--unitise", rule, *more]) == (1 if rule == "turn" else 0)  # nobody speaks in it
    capsys.readouterr()
    assert main(["agreement", "p", "--unitise", "sentence", "--json"]) == 0
    rows = strict(capsys.readouterr().out)
    assert (rows[0]["code"], rows[0]["n_units"], round(rows[0]["agreement"], 3)) == ("X", 3, 0.667)
    assert main(["agreement", "p", "--size", "10"]) == 0
    assert main(["agreement", "p", "--unitise", "window"]) == 1
    assert "size goes with by='window', and is needed there" in capsys.readouterr().err
    assert main(["convert", "p", "units.csv", "--unitise", "paragraph"]) == 0
    assert es.read("units.csv", seen="listed").units.index.tolist() == ["d [0:10]", "d [12:20]", "d [21:34]"]


def test_the_rules_are_the_studys() -> None:
    assert _RULES == RULES


def test_nothing_odd(here: Path, capsys: Capture) -> None:
    table = "unit,coder,code\n" + "".join(f"u{n},{who},p\n" for n in (1, 2) for who in ("ann", "ben"))
    (here / "even.csv").write_text(table, encoding="utf-8")
    assert main(["check", "even.csv"]) == 0
    assert capsys.readouterr().out == "Nothing odd was found.\n"
    assert main(["check", "even.csv", "--json"]) == 0
    assert strict(capsys.readouterr().out) == []


def test_report(codings: Path, here: Path, capsys: Capture) -> None:
    assert main(["report", "codings.csv"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("Study 'codings': 20 codings with 2 codes by 2 coders\n")
    assert f"The report is {here / 'report.html'}\nIts figures as JSON: {here / 'report.json'}\n" in out
    assert names(here) == ["codings.csv", "report.html", "report.json"]
    assert main(["report", "codings.csv", "-o", "other.html", "--title", "Ours", "--json"]) == 0
    written = strict(capsys.readouterr().out)
    assert written == {"report": str(here / "other.html"), "model": str(here / "other.json")}
    assert strict((here / "other.json").read_text(encoding="utf-8"))["title"] == "Ours"
    assert "<h1>Ours</h1>" in (here / "other.html").read_text(encoding="utf-8")


def test_quotations_only_when_asked(here: Path, capsys: Capture) -> None:
    rows = "unit,coder,code,text\nu1,ann,p,my mother is not well\nu1,ben,q,my mother is not well\n"
    (here / "codings.csv").write_text(rows, encoding="utf-8")
    for options, quoted in (([], False), (["--quotations"], True)):
        assert main(["report", "codings.csv", *options]) == 0
        for name in ("report.html", "report.json"):
            assert ("not well" in (here / name).read_text(encoding="utf-8")) is quoted
    assert "not well" not in capsys.readouterr().out


def test_demo(here: Path, capsys: Capture) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "SYNTHETIC: generated, not observed" in out
    assert f"The report is {here / 'expertsys-demo.html'}" in out
    assert "Synthetic data." in (here / "expertsys-demo.html").read_text(encoding="utf-8")
    assert names(here) == ["expertsys-demo.html", "expertsys-demo.json"]


def test_datasets(capsys: Capture) -> None:
    assert main(["datasets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(es.datasets.names())
    assert main(["datasets", "--json"]) == 0
    assert [row["name"] for row in strict(capsys.readouterr().out)] == list(es.datasets.names())


@pytest.mark.parametrize("name", es.datasets.names())
def test_one_dataset(name: str, capsys: Capture) -> None:
    assert main(["datasets", name]) == 0
    assert capsys.readouterr().out.startswith(es.datasets.load(name).title)
    assert main(["datasets", name, "--json"]) == 0
    assert len(strict(capsys.readouterr().out)) == len(es.datasets.load(name).to_frame())


def test_convert_there_and_back(codings: Path, here: Path, capsys: Capture) -> None:
    assert main(["convert", "codings.csv", "study.zip"]) == 0
    assert capsys.readouterr().out == f"Written: {here / 'study.zip'}\n"
    assert es.read("study.zip") == es.read("codings.csv")
    assert main(["convert", "study.zip", "again.csv", "--json"]) == 0
    assert strict(capsys.readouterr().out) == {"written": str(here / "again.csv"), "lost": []}
    assert es.read("again.csv").codings.equals(es.read("codings.csv").codings)
    assert main(["convert", "again.csv", "folder"]) == 0
    assert es.read("folder").codings.equals(es.read("codings.csv").codings)
    assert names(here) == ["again.csv", "codings.csv", "folder", "study.zip"]


def test_several_files_and_their_names(here: Path, capsys: Capture) -> None:
    for coder in ("ann", "ben"):
        (here / f"Q1 ({coder}).csv").write_text("unit,code\nu1,p\nu2,q\n", encoding="utf-8")
    assert main(["agreement", "Q1 (ann).csv", "Q1 (ben).csv", "--pattern", "{case} ({coder})", "--json"]) == 0
    assert strict(capsys.readouterr().out)[0]["estimate"] == 1
    assert main(["agreement", ".", "--json"]) == 0


def test_a_table_without_a_header(here: Path, capsys: Capture) -> None:
    (here / "bare.csv").write_text("u1,ann,p\nu1,ben,q\n", encoding="utf-8")
    assert main(["agreement", "bare.csv", "--header", "unit, coder, code", "--json"]) == 0
    assert [row["code"] for row in strict(capsys.readouterr().out)][:2] == ["p", "q"]


def test_options_of_reading_are_passed_on(here: Path, capsys: Capture) -> None:
    text = "Item;Wer;Was\nu1;Zoë;p|q\nu1;ann;p\nu2;ann;\n"
    (here / "latin.txt").write_bytes(text.encode("cp1252"))
    options = ["--unit", "Item", "--coder", "Wer", "--code", "Was", "--separator", "|", "--delimiter", ";"]
    options += ["--encoding", "cp1252", "--seen", "all", "--layout", "long"]
    assert main(["convert", "latin.txt", "out.zip", *options]) == 0
    study = es.read("out.zip")
    assert study.codes == ("p", "q")
    assert list(study.coders.index) == ["Zoë", "ann"]
    assert len(study.assignments) == 4
    capsys.readouterr()


def test_a_sheet_by_number(here: Path, capsys: Capture) -> None:
    with pd.ExcelWriter("book.xlsx") as book:
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="notes", index=False)
        pd.read_csv(io.StringIO(LONG)).to_excel(book, sheet_name="codings", index=False)
    for sheet in ("2", "codings"):
        assert main(["agreement", "book.xlsx", "--sheet", sheet, "--json"]) == 0
        assert len(strict(capsys.readouterr().out)) == 4


def test_stopped_by_the_user(codings: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(es, "read", stop)
    assert main(["check", str(codings)]) == 130
    assert capsys.readouterr().err == "expertsys: stopped\n"


@pytest.mark.parametrize("command", [[], ["demo"], *([command] for command in COMMANDS), ["datasets"]])
def test_help(command: list[str], capsys: Capture) -> None:
    assert main([*command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: expertsys")
    assert err == ""


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"expertsys {es.__version__}\n"


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONUNBUFFERED", "PYTHONIOENCODING")}
    return kept | {"PYTHONPATH": str(Path(es.__file__).parents[1])} | more


def run(*given: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "expertsys.cli", *given]
    options = {"stdout": subprocess.PIPE, "env": environment(), "encoding": "utf-8"} | options
    return subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=120, **options)


def test_the_process_ends_with_the_status(codings: Path) -> None:
    done, refused, usage = (run(*given) for given in (["check", "codings.csv"], ["check", "absent.csv"], ["bogus"]))
    assert (done.returncode, refused.returncode, usage.returncode) == (0, 1, 2)
    assert done.stderr == ""
    assert refused.stderr.startswith("expertsys: absent.csv: there is no such file or folder.")
    assert "Traceback" not in refused.stderr + usage.stderr


@pytest.mark.parametrize("given", [["datasets"], ["datasets", "synthetic-three-systems", "--json"], ["--help"]])
def test_who_has_read_enough_may_close_the_pipe(given: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(*given, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_without_the_letters(here: Path) -> None:
    (here / "codings.csv").write_text("unit,coder,code\nu1,Zoë,代码\nu1,ann,代码\n", encoding="utf-8")
    ascii_only = environment(PYTHONIOENCODING="ascii")
    shown = run("agreement", "codings.csv", env=ascii_only)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\\u4ee3\\u7801" in shown.stdout
    printed = run("agreement", "codings.csv", "--json", env=ascii_only)
    assert strict(printed.stdout)[0]["code"] == "代码"
    assert run("report", "codings.csv", env=ascii_only).stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_a_file_name_that_is_no_unicode(here: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        (here / name).write_text(LONG, encoding="utf-8")
    except OSError:
        return  # a file system that takes Unicode only
    done = run("report", name, encoding="utf-8", errors="surrogateescape")
    assert (done.returncode, done.stderr) == (0, "")
    assert strict((here / "report.json").read_text(encoding="utf-8"))["title"] == "caf\udce9"
