"""From a study to its report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from expertsys._core import references
from expertsys._core.errors import DataError, check_between
from expertsys._core.files import check_target, replacing
from expertsys._core.results import TableResult
from expertsys._core.version import __version__
from expertsys.agreement.inference.methods import Method
from expertsys.reporting import compared as compared_cases
from expertsys.reporting import enacted, qca, sections
from expertsys.reporting.model import Report, is_report
from expertsys.study import Study
from expertsys.theory import FRAMEWORK

if TYPE_CHECKING:
    from expertsys.theory import ExpertSystem, Framework

_SOURCES = (
    "krippendorff2019",
    "krippendorff2011",
    "jaccard1912",
    "passonneau2006",
    "efron1993",
    "gale2013",
    "oconnor2020",
    "greenhalgh2014hsdr",
)


def build(
    study: Study,
    *,
    quotations: bool = False,
    confidence: float = 0.95,
    method: Method | None = None,
    title: str | None = None,
    systems: Iterable[ExpertSystem] = (),
    comparative: Iterable[TableResult] = (),
    framework: Framework = FRAMEWORK,
) -> Report:
    """Collect all that a report says.

    Parameters
    ----------
    study : Study
        With one round of coding. Sections that the data cannot carry say why.
    quotations : bool
        Whether to quote text from the data. It is interview material: off unless asked for.
    confidence : float
        Nominal coverage of intervals.
    method : Bootstrap, Jackknife, Analytic or their names in lower case, optional
        How they are made; by default as `expertsys.agreement.reliability` makes them, over documents or participants
        that hold several units.
    title : str, optional
        By default the study's.
    systems : iterable of ExpertSystem
        To be described side by side, such as ``[es.theory.choose_and_book()]``.
    comparative : iterable of results of `expertsys.qca`
        Solutions and what belongs to them, for a section with every table that the standards of good practice ask for.
    framework : Framework
        Whose concepts, foci, frames and propositions the sections on theory use; the one that ships, if not given.

    Returns
    -------
    Report
        The model; `Report.to_html` and `Report.to_json` write it.

    Raises
    ------
    DataError
        For a study without codings, or with several rounds of coding.
    """
    check_between("confidence", confidence, 0, 1)
    Study.require(study, "report")
    study.require_one_round("a report")
    if study.codings.empty:
        raise DataError(
            "there is nothing to report: the study has no codings",
            place=study.title or "study",
            remedy="Check the columns with es.check(study).",
        )
    differing = compared_cases.contrasts(study)
    described, compared = tuple(systems), qca.checked(comparative)
    made = (
        sections.data(study),
        sections.warnings(study),
        sections.reliability(study, confidence, method),
        sections.disagreements(study, quotations),
        sections.cases(study),
        differing,
        sections.theory(study, framework),
        qca.comparative(compared),
        enacted.systems(described),
        enacted.situations(study),
        enacted.resistance(study, framework),
        enacted.frames(study, framework),
        enacted.propositions(study, described, framework),
        sections.provenance(study),
    )
    keys = (*_SOURCES, *(compared_cases.KEYS if differing is not None else ()))
    return Report(
        title if title is not None else study.title or "Study",
        __version__,
        study.provenance.synthetic,
        quotations,
        [section for section in made if section is not None],
        tuple(dict.fromkeys([*references.cite(keys), *qca.references_of(compared)])),
    )


def report_qca(results: Iterable[TableResult], path: str | Path, *, title: str) -> Report:
    """Write a page on a Qualitative Comparative Analysis alone, where there is no coded study behind it.

    Parameters
    ----------
    results : iterable of results of `expertsys.qca`
        Solutions of the outcome and of its absence, necessity, robustness and so on; see `expertsys.qca.report_tables`.
    path : str or Path
        The page, such as ``"report.html"``; the model goes to ``"report.json"`` beside it.
    title : str
        Heading of the page.

    Returns
    -------
    Report
        What was written.

    Raises
    ------
    DataError
        Without a result, and as `report` for the path.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import expertsys as es
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth = es.qca.truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> solution = es.qca.minimise(truth, solution="conservative")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = report_qca([solution], f"{folder}/report.html", title="Four cases")
    >>> len(made.section("qca").tables)
    5
    """
    given = qca.checked(results)
    section = qca.comparative(given)
    if section is None:
        raise DataError("there is nothing to report: no result was given", place="report_qca")
    made = Report(title, __version__, "", False, [section], qca.references_of(given))
    _write(made, Path(path))
    return made


def report(
    study: Study,
    path: str | Path,
    *,
    quotations: bool = False,
    confidence: float = 0.95,
    method: Method | None = None,
    title: str | None = None,
    systems: Iterable[ExpertSystem] = (),
    comparative: Iterable[TableResult] = (),
    framework: Framework = FRAMEWORK,
) -> Report:
    """Write a study's report: one self-contained HTML page, and the same content as JSON beside it.

    The page needs no script and no network and reads on a phone and in print. It gives the
    data and their warnings, agreement between coders and their largest disagreements, differences between cases, which
    concepts the codebook covers, the measures of enactment, the evidence for and against each proposition, and the
    provenance of the data.

    Parameters
    ----------
    study : Study
        With one round of coding.
    path : str or Path
        The page, such as ``"report.html"``; the model goes to ``"report.json"`` beside it.
    quotations, confidence, method, title, systems, comparative, framework
        As in `build`.

    Returns
    -------
    Report
        What was written.

    Raises
    ------
    DataError
        For a study without codings or with several rounds, a path that does not end in ``.html``, or another file in
        the place of the model. Nothing is half written.

    Examples
    --------
    >>> import tempfile
    >>> import expertsys as es
    >>> study = es.datasets.load("synthetic-three-systems").study()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = report(study, f"{folder}/report.html", method=es.agreement.Bootstrap(replicates=50, rng=0))
    >>> [section.key for section in made.sections][:6]
    ['data', 'warnings', 'reliability', 'disagreements', 'cases', 'contrast']
    """
    _places(Path(path))
    made = build(
        study,
        quotations=quotations,
        confidence=confidence,
        method=method,
        title=title,
        systems=systems,
        comparative=comparative,
        framework=framework,
    )
    _write(made, Path(path))
    return made


def _places(target: Path) -> tuple[Path, Path]:
    """The page and the model beside it; an error where they cannot be written."""
    model = target.with_suffix(".json")
    if target.suffix.lower() not in (".html", ".htm"):
        raise DataError(
            f"a report is an HTML page, and {target.name!r} does not end in .html", place="path", remedy="Name it so."
        )
    if model.is_file() and not is_report(model):
        raise DataError(
            "is another file, and the report's figures would replace it",
            place=model.name,
            remedy="Give the page another name.",
        )
    check_target(target)
    check_target(model)
    return target, model


def _write(made: Report, path: Path) -> None:
    target, model = _places(path)
    with replacing(target) as page, replacing(model) as figures:
        page.write_text(made.to_html(), encoding="utf-8", errors="backslashreplace", newline="\n")
        figures.write_text(made.to_json(), encoding="utf-8", errors="backslashreplace", newline="\n")
