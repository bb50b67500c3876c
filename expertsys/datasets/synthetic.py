"""The generator of the synthetic study: three invented systems, and coders whose errors are known."""

from __future__ import annotations

import datetime
import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, check_positive
from expertsys._core.rng import RNG, generator
from expertsys.study import Code, Codebook, Provenance, Study

TITLE = "Three mandated systems (synthetic)"
_ROUND = "independent"


@functools.cache
def _model() -> dict[str, Any]:
    text = (files("expertsys.datasets") / "data" / "synthetic.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _drawn_codes() -> list[dict[str, Any]]:
    return [code for code in _model()["codes"] if "sentences" in code]


def synthetic_study(
    *, sites: int = 8, excerpts: int = 7, occasions: int = 15, overlap: float = 0.35, rng: RNG = 0
) -> Study:
    """Generate a study of three invented systems; every report of it says that it is synthetic.

    **Sites.** Each has a level of trouble, uniform between 0.30 and 0.75, that holds for all three systems there.

    **Documents.** Per system and site one interview (with one participant, whose role is drawn from the system's
    roles) and one field note, per system four policy texts. A document has between ``excerpts - 2`` and
    ``excerpts + 2`` excerpts, each as likely; excerpts are its paragraphs and the units of the study.

    **What an excerpt is about.** It tells of trouble with the probability of its site (0.15 in policy texts). Each
    code that has sentences for the kind of document is then true of it, independently, with the code's rate without
    or with trouble, times its factors for the system and the kind of document where it has any: codes of resistance
    meet in excerpts of trouble. The text is one sentence from the list of each true code, with its gaps filled at
    random, or a neutral sentence where no code is true.

    **Coders.** Ada, Ben and Cem apply a code where it is true with its sensitivity, where it is not with 1 minus its
    specificity, independently; Ben and Cem have less of both, by an amount that is the same for all codes
    (`synthetic_parameters`). Agreement so runs from about 0.5 to about 0.9. Ada and Ben saw every document, Cem a share
    of each system's, drawn at random; the assignments say it.

    **Situations.** Per system and site, `occasions` times: a local matter is drawn by weight; a mode of use from a
    mixture of two lists, calm and troubled, weighted by the site's trouble; where the system is used, a category
    with the shares of that local matter, and from the category what the rules prescribe. What is done is what is
    prescribed with a probability that depends on the mode (as intended 0.95, adapted 0.65, token 0.35, workaround
    0.20), else what the local matter calls for, which may be the same. No ``category``: not used, or the scheme has
    no place for it; no ``prescribed``: that, or the rules are silent (category "other"); no ``taken``: not observed
    (0.06). One of Ada and Ben, by lot, coded each row, without error. ``distance`` is 20 times the site's number.

    All rates, words and names stand in ``data/synthetic.toml`` of this package.

    Parameters
    ----------
    sites : int
        Number of sites.
    excerpts : int
        Excerpts in a document on average, at least 3.
    occasions : int
        Situations per system and site.
    overlap : float
        Share of each system's documents that the third coder saw, above 0 and up to 1.
    rng : None, int or numpy.random.Generator
        The same seed gives the same study.

    Returns
    -------
    Study
        Its `provenance.synthetic` says how it was made.

    Raises
    ------
    DataError
        For numbers out of range.

    See Also
    --------
    synthetic_truth : What the excerpts are about.

    Examples
    --------
    >>> study = synthetic_study(sites=2, rng=1)
    >>> study.title
    'Three mandated systems (synthetic)'
    >>> study == synthetic_study(sites=2, rng=1)
    True
    """
    check_positive("occasions", occasions)
    if not 0 < overlap <= 1:
        raise DataError(f"must lie above 0 and up to 1, not {overlap!r}", place="overlap")
    draw = generator(rng)
    world = _world(sites, excerpts, draw)
    assignments = _assignments(world.documents, overlap, draw)
    seed = rng if rng is None or isinstance(rng, int) else "a Generator"
    told = (
        f"expertsys.datasets.synthetic_study(sites={sites}, excerpts={excerpts}, occasions={occasions}, "
        f"overlap={overlap:g}, rng={seed}); systems, sites, people and words are invented, nobody was asked or observed"
    )
    return Study(
        _codings(world, assignments, draw),
        codebook=_codebook(),
        units=world.units,
        cases=_cases(),
        documents=world.documents,
        participants=world.participants,
        coders=pd.DataFrame({"coder": [coder["name"] for coder in _model()["coders"]]}),
        assignments=assignments,
        situations=_situations(world.trouble, occasions, draw),
        provenance=Provenance(synthetic=told),
        title=TITLE,
    )


def synthetic_truth(*, sites: int = 8, excerpts: int = 7, rng: RNG = 0) -> pd.DataFrame:
    """Which codes are true of which excerpt in the study of the same arguments: what no coder of a real study knows.

    Parameters
    ----------
    sites, excerpts, rng
        As for `synthetic_study`; a seed, not a Generator, gives the truth behind the same study.

    Returns
    -------
    pandas.DataFrame
        Booleans; index ``unit``, columns ``code``.

    Examples
    --------
    >>> truth = synthetic_truth()
    >>> int(truth["humour"].sum()) > 10
    True
    """
    return _world(sites, excerpts, generator(rng)).truth


def synthetic_parameters() -> pd.DataFrame:
    """How reliably each coder of the synthetic study applies each code.

    Returns
    -------
    pandas.DataFrame
        Index ``code, coder``; columns ``sensitivity`` (applied where true) and ``specificity`` (not applied where not).

    Examples
    --------
    >>> synthetic_parameters().loc[("humour", "Ada")].tolist()
    [0.85, 0.99]
    """
    rows = {
        (code["name"], coder["name"]): (code["sensitivity"] - coder["lapse"], code["specificity"] - coder["slip"])
        for code in _drawn_codes()
        for coder in _model()["coders"]
    }
    index = pd.MultiIndex.from_tuples(list(rows), names=["code", "coder"])
    frame = pd.DataFrame(list(rows.values()), index=index, columns=["sensitivity", "specificity"])
    return frame.rename_axis(columns="parameter")


@attrs.frozen(eq=False)
class _World:
    """What there is before anyone codes it; `trouble` is the level of each site."""

    documents: pd.DataFrame
    participants: pd.DataFrame
    units: pd.DataFrame
    truth: pd.DataFrame
    trouble: dict[str, float]


def _pick(draw: np.random.Generator, weights: Mapping[str, float]) -> str:
    edges = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(edges, draw.random() * edges[-1], side="right"))]


def _one(draw: np.random.Generator, items: Sequence[str]) -> str:
    return items[int(draw.random() * len(items))]


def _date(draw: np.random.Generator) -> str:
    return (datetime.date(2020, 1, 1) + datetime.timedelta(days=int(draw.random() * 730))).isoformat()


def _sentence(draw: np.random.Generator, templates: Sequence[str], system: Mapping[str, Any]) -> str:
    gaps = {word: _one(draw, choices) for word, choices in _model()["words"].items()}
    text = _one(draw, templates).format(tool=system["tool"], task=system["task"], **gaps)
    return text[0].upper() + text[1:]


def _rates(case: str, kind: str) -> npt.NDArray[np.float64]:
    """Rates of the drawn codes for one system and kind of document, shape (2, codes): without and with trouble."""
    rows = []
    for code in _drawn_codes():
        tilt = code.get("tilt", {})
        factor = tilt.get(case, 1.0) * tilt.get(kind, 1.0) * (kind in code["sentences"])
        rows.append(np.multiply(code["rates"], factor))
    return np.array(rows, dtype=np.float64).T


def _world(sites: int, excerpts: int, draw: np.random.Generator) -> _World:
    check_positive("sites", sites)
    check_positive("excerpts", excerpts)
    if excerpts < 3:
        raise DataError(f"must be at least 3, not {excerpts}", place="excerpts")
    model, codes = _model(), _drawn_codes()
    interview, note, policy = model["kinds"]
    low, high = model["trouble"]
    trouble = {f"Site {number}": low + (high - low) * draw.random() for number in range(1, sites + 1)}
    documents, participants, units, truth = [], [], [], []
    for case, system in model["systems"].items():
        plan: list[tuple[str, str | None, int]] = [
            (kind, site, number) for number, site in enumerate(trouble, start=1) for kind in (interview, note)
        ]
        plan += [(policy, None, number) for number in range(1, model["policy_texts"] + 1)]
        for kind, site, number in plan:
            name, person = f"{case} {kind} {number}", None
            if kind == interview:
                role = _one(draw, system["roles"])
                person = f"{case} {role} {number}"
                participants.append((person, role, site, case))
            level = trouble[site] if site else model["policy_trouble"]
            rates = _rates(case, kind)
            paragraphs: list[str] = []
            for _ in range(excerpts - 2 + int(draw.random() * 5)):
                true = draw.random(len(codes)) < rates[int(draw.random() < level)]
                lists = [code["sentences"][kind] for code, is_true in zip(codes, true, strict=True) if is_true]
                text = " ".join(_sentence(draw, templates, system) for templates in lists or [model["neutral"][kind]])
                start = sum(map(len, paragraphs)) + len(paragraphs)
                paragraphs.append(text)
                units.append((f"{name}.{len(paragraphs)}", name, case, start, start + len(text)))
                truth.append(true)
            documents.append((name, case, person, kind, _date(draw), "\n".join(paragraphs), site))
    placed = pd.DataFrame(units, columns=["unit", "document", "case", "start", "end"]).set_index("unit")
    columns = pd.Index([code["name"] for code in codes], dtype="str", name="code")
    return _World(
        pd.DataFrame(documents, columns=["document", "case", "participant", "kind", "date", "text", "site"]),
        pd.DataFrame(participants, columns=["participant", "role", "site", "case"]),
        placed,
        pd.DataFrame(np.array(truth), index=placed.index, columns=columns),
        trouble,
    )


def _assignments(documents: pd.DataFrame, overlap: float, draw: np.random.Generator) -> pd.DataFrame:
    *full, partial = (coder["name"] for coder in _model()["coders"])
    pairs = [(coder, document) for coder in full for document in documents["document"]]
    for _, group in documents.groupby("case", sort=False):
        order = np.argsort(draw.random(len(group)))
        chosen = np.sort(order[: max(1, round(overlap * len(group)))])
        pairs += [(partial, document) for document in group["document"].iloc[chosen]]
    return pd.DataFrame(pairs, columns=["coder", "document"])


def _codings(world: _World, assignments: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    truth, units = world.truth.to_numpy(dtype=bool), world.units.reset_index()
    parameters = synthetic_parameters()
    pieces = []
    for coder, seen in assignments.groupby("coder", sort=False)["document"]:
        own = parameters.xs(coder, level="coder").loc[world.truth.columns]
        rates = np.where(truth, own["sensitivity"].to_numpy(), 1 - own["specificity"].to_numpy())
        applied = draw.random(truth.shape) < rates
        applied &= units["document"].isin(seen).to_numpy()[:, None]
        unit, code = np.nonzero(applied)
        pieces.append(units.iloc[unit].assign(coder=coder, code=world.truth.columns[code], round=_ROUND))
    return pd.concat(pieces, ignore_index=True)


def _codebook() -> Codebook:
    fields = [field.name for field in attrs.fields(Code)]
    codes = (Code(**{key: value for key, value in code.items() if key in fields}) for code in _model()["codes"])
    return Codebook(codes, name=TITLE, version="1")


def _cases() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (case, system["about"], "national", system["local_ownership"])
            for case, system in _model()["systems"].items()
        ],
        columns=["case", "about", "mandate_level", "local_ownership"],
    )


def _situations(trouble: Mapping[str, float], occasions: int, draw: np.random.Generator) -> pd.DataFrame:
    model = _model()
    rows: list[tuple[str | None, ...]] = []
    for case, system in model["systems"].items():
        for site, level in trouble.items():
            calm, troubled = model["modes"]["calm"], model["modes"]["trouble"]
            modes = {mode: (1 - level) * calm[mode] + level * troubled[mode] for mode in calm}
            for _ in range(occasions):
                local = _pick(draw, {name: matter["weight"] for name, matter in system["locals"].items()})
                mode = _pick(draw, modes)
                matter = system["locals"][local]
                shares = {**matter["categories"], "": 1 - sum(matter["categories"].values())}
                category = (_pick(draw, shares) if mode != "non-use" else "") or None
                prescribed = system["rules"].get(category)
                follows = draw.random() < model["follow"].get(mode, 0.0)
                taken = prescribed if prescribed and follows else matter["action"]
                seen = draw.random() >= model["unobserved"]
                name, role, date = f"{case} {len(rows) + 1:04d}", _one(draw, system["roles"]), _date(draw)
                coder = model["coders"][int(draw.random() * 2)]["name"]
                done = taken if seen else None
                rows.append((name, case, site, role, date, local, category, prescribed, done, mode, coder))
    names = ["situation", "case", "site", "role", "date", "local", "category", "prescribed", "taken", "mode", "coder"]
    away = {site: 20 * number for number, site in enumerate(trouble, start=1)}
    return pd.DataFrame(rows, columns=names).assign(distance=lambda table: table["site"].map(away))
