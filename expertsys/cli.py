"""The command `expertsys`: thin, every command is one library call."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import expertsys as es
from expertsys._core.errors import DataError, LossWarning, MissingDependencyError, counted

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

__all__ = ["main"]

DONE, REFUSED, USAGE = 0, 1, 2

#: Options of `expertsys.io.read` that are plain text on a command line.
_COLUMNS = ("unit", "coder", "code", "case", "document", "participant", "text", "round", "date")
_READING = (
    *("pattern", "separator", "hierarchy", "codebook", "documents", "encoding", "delimiter", "sheet"),
    *("report", "positions"),
)
#: Options of `expertsys.io.read` that are several names, on a command line with commas between them.
_LISTS = ("coders", "attributes", "no_code", "header")
_LEVELS = ("nominal", "ordinal", "interval", "ratio")
#: The rules of `expertsys.Study.unitise`, without importing it for a parser.
_RULES = ("document", "paragraph", "sentence", "turn", "window", "overlap", "pattern")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; by default those of the process.

    Returns
    -------
    int
        0 done, 1 data refused, 2 usage.

    Examples
    --------
    >>> main(["datasets", "--json"])  # doctest: +ELLIPSIS
    [
      {
        "name": ...
    0
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character shows its number
    try:
        status = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has read enough
        with contextlib.suppress(OSError):  # so that its closing fails no more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
        arguments.run(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    except (DataError, MissingDependencyError) as error:
        print(f"expertsys: {error}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"expertsys: {place}{error.strerror or error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("expertsys: stopped", file=sys.stderr)
        return 130
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="expertsys",
        description="Analyse how professionals live with mandated technology: coder agreement, cross-case comparison, "
        "and the expert-system framework. Nothing leaves this machine.",
        epilog="Exit status: 0 done, 1 data refused (with place and remedy), 2 usage.",
    )
    parser.add_argument("--version", action="version", version=f"expertsys {es.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = _command(commands, "demo", _demo, "write the report of the bundled synthetic study")
    _output(demo, "expertsys-demo.html")

    report = _command(commands, "report", _report, "write a study's report, one HTML page")
    _input(report)
    _output(report, "report.html")
    report.add_argument("--quotations", action="store_true", help="quote text from the data (interview material)")
    report.add_argument("--title", help="heading of the report")
    report.add_argument("--framework", metavar="FILE", help="a framework of your own, as TOML or JSON")

    agreement = _command(commands, "agreement", _agreement, "print how far coders agree, code by code")
    _input(agreement)
    agreement.add_argument("--by", choices=("case", "pair", "round"), help="a table for each of these")
    agreement.add_argument("--level", choices=_LEVELS, help="for scores: how far apart two of them are")
    agreement.add_argument("--confidence", type=_confidence, default=0.95, help="of the intervals (default: 0.95)")

    check = _command(commands, "check", _check, "list a file's faults, or what is odd in the data")
    _input(check)

    convert = _command(commands, "convert", _convert, "read IN and write OUT, the format given by its ending")
    _input(convert)
    convert.add_argument("target", metavar="OUT", help="a folder, or .zip .qdpx .qdc .json .csv .xlsx .parquet .jsonl")

    datasets = _command(commands, "datasets", _datasets, "list the bundled datasets, or print one")
    datasets.add_argument("name", nargs="?", help="print this one")
    return parser


def _confidence(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, such as 0.95, not {text}")
    return value


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], None], told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=told, description=f"{told.capitalize()}.")
    parser.add_argument("--json", action="store_true", help="print tables as JSON")
    parser.set_defaults(run=run)
    return parser


def _input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="FILE", nargs="+", help="a file, a folder, or several files")
    group = parser.add_argument_group("reading", "as in expertsys.read, where each is described")
    group.add_argument("--layout", choices=("long", "wide", "rows", "indicators"))
    group.add_argument("--seen", choices=("coded", "listed", "all"), default="coded")
    for name in (*_COLUMNS, *_READING):
        group.add_argument(f"--{name}", metavar="COLUMN" if name in _COLUMNS else name.upper())
    group.add_argument("--header", metavar="A,B,C", help="names of the columns of a table without a header")
    group.add_argument("--coders", metavar="A,B", help="columns of a wide table that are coders")
    group.add_argument("--attributes", metavar="A,B", help="columns that are neither coders nor codes")
    group.add_argument("--no-code", metavar="A,B", help="words for: read, and nothing applies; '' keeps all as codes")
    group.add_argument("--dates", choices=("day first", "month first"), help="how to read dates such as 03/04/2024")
    group.add_argument("--shared-documents", action="store_true", help="one name in several cases is one document")
    group = parser.add_argument_group("units of a project of marked texts", "as in Study.unitise")
    group.add_argument("--unitise", choices=_RULES, help="what a unit is, of which coders agree or not")
    group.add_argument("--size", type=int, metavar="N", help="characters in a window")
    group.add_argument("--unit-pattern", metavar="REGEX", help="where a unit begins, with --unitise pattern")
    group.add_argument(
        "--least", default="word", metavar="word|character|SHARE", help="how much of a unit a coding must hold"
    )


def _output(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "-o", "--output", metavar="PAGE", default=default, help=f"the page to write (default: {default})"
    )


def _read(arguments: argparse.Namespace) -> Study:
    given = {name: getattr(arguments, name) for name in (*_COLUMNS, *_READING, "layout")}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name in _LISTS:
        if (value := getattr(arguments, name)) is not None:
            options[name] = [part.strip() for part in value.split(",") if part.strip()] or None
    if arguments.dates is not None:
        options["dates"] = arguments.dates
    if arguments.shared_documents:
        options["shared_documents"] = True
    if str(options.get("sheet", "")).isdigit():
        options["sheet"] = int(options["sheet"])
    source = arguments.source[0] if len(arguments.source) == 1 else arguments.source
    if arguments.seen != "coded":
        options["seen"] = arguments.seen
    study = es.read(source, **options)
    if arguments.unitise is None and arguments.size is None:
        return study
    least = arguments.least
    with contextlib.suppress(ValueError):
        least = float(least)
    by: Any = arguments.unitise or "window"
    return study.unitise(by=by, size=arguments.size, pattern=arguments.unit_pattern, least=least)


def _print_table(table: pd.DataFrame, arguments: argparse.Namespace, *, empty: str) -> None:
    if arguments.json:
        rows = table.reset_index()
        cells = rows.astype(object).where(rows.notna(), None).to_dict("records")
        _print_json(cells)
    elif table.empty:
        print(empty)
    else:
        shown = table.rename_axis(columns=None)
        print(shown.to_string(float_format="{:.3f}".format, na_rep="–", max_colwidth=72, justify="left"))


def _print_json(value: Any) -> None:
    wide = (sys.stdout.encoding or "utf-8").casefold().startswith("utf")
    print(json.dumps(value, ensure_ascii=not wide, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _written(path: str, arguments: argparse.Namespace) -> None:
    page = Path(path).resolve()
    model = page.with_suffix(".json")
    if arguments.json:
        _print_json({"report": str(page), "model": str(model)})
    else:
        print(f"The report is {page}\nIts figures as JSON: {model}")


def _demo(arguments: argparse.Namespace) -> None:
    study = es.datasets.load("synthetic-three-systems").study()
    if not arguments.json:
        print(study)
    es.report(study, arguments.output)
    _written(arguments.output, arguments)


def _report(arguments: argparse.Namespace) -> None:
    study = _read(arguments)
    if not arguments.json:
        print(study)
    framework = es.theory.Framework.from_file(arguments.framework) if arguments.framework else es.theory.FRAMEWORK
    es.report(study, arguments.output, quotations=arguments.quotations, title=arguments.title, framework=framework)
    _written(arguments.output, arguments)


def _agreement(arguments: argparse.Namespace) -> None:
    level = {} if arguments.level is None else {"level": arguments.level}
    table = es.reliability(_read(arguments), by=arguments.by, confidence=arguments.confidence, **level)
    _print_table(table, arguments, empty="No code was applied.")


def _check(arguments: argparse.Namespace) -> None:
    try:
        found = es.check(_read(arguments))
    except DataError as error:
        if arguments.json:
            from expertsys.study.provenance import remarks_frame

            _print_table(remarks_frame(error.faults), arguments, empty="")
        elif len(error.faults) > 1:
            print(f"expertsys: {len(error.faults):,} faults", *error.faults, sep="\n", file=sys.stderr)
        else:
            raise
        raise SystemExit(REFUSED) from None
    if arguments.json or found.empty:
        _print_table(found, arguments, empty="Nothing odd was found.")
        return
    for severity, place, what, remedy in found.itertuples(index=False, name=None):
        print(f"{severity}: {place}: {what}" + (f" {remedy}" if remedy else ""))


def _convert(arguments: argparse.Namespace) -> None:
    study = _read(arguments)
    with warnings.catch_warnings(record=True) as lost:
        warnings.simplefilter("always", LossWarning)
        es.write(study, arguments.target)
    where = Path(arguments.target).resolve()
    told = [str(warning.message) for warning in lost if issubclass(warning.category, LossWarning)]
    if arguments.json:
        _print_json({"written": str(where), "lost": told})
        return
    print(f"Written: {where}")
    for line in told:
        print(f"warning: {line}")
    remarks = len(study.provenance.notes)
    if remarks:
        print(f"{counted(remarks, 'remark')} on reading; expertsys check lists them.")


def _datasets(arguments: argparse.Namespace) -> None:
    if arguments.name is None:
        known = es.datasets.table()
        if arguments.json:
            _print_table(known, arguments, empty="None.")
        else:
            width = max(map(len, known.index))
            print("\n".join(f"{name:<{width}}  {title}" for name, title in known["title"].items()))
        return
    dataset = es.datasets.load(arguments.name)
    if not arguments.json:
        print(dataset)
    if dataset.kind == "synthetic study":
        if arguments.json:
            _print_table(dataset.study().codings, arguments, empty="No codings.")
        return
    _print_table(dataset.to_frame(), arguments, empty="No rows.")


if __name__ == "__main__":
    sys.exit(main())
