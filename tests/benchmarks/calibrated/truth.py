"""What constructs in the place of scores do to bias, coverage and verdicts, on known truths.

Run from the root of the checkout: `python tests/benchmarks/calibrated/truth.py`. It draws whole
studies from changed texts of the shipped truth file, in which everybody answers everything with
care, and fits the primary model of the shipped plan in several ways. True values are contrasts of
potential outcomes per standard deviation of the construct (of the score for models of scores); no
model is fitted for them. It writes `truth.csv` beside itself.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.cleaning.scoring import analysis_table  # noqa: E402
from coproduction.errors import StudyError  # noqa: E402
from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.data.variables import derive  # noqa: E402
from coproduction.inference.effects.estimands import row  # noqa: E402
from coproduction.inference.model.regression import fit  # noqa: E402
from coproduction.inference.verdicts import verdict  # noqa: E402
from coproduction.instrument.definition import Instrument  # noqa: E402
from coproduction.instrument.item_scales import Scales, scales_of  # noqa: E402
from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.numerics.multiplicity import adjusted  # noqa: E402
from coproduction.numerics.student import quantile  # noqa: E402
from coproduction.plan.hypotheses.hypotheses import Estimand, Hypothesis  # noqa: E402
from coproduction.plan.models.model import Model  # noqa: E402
from coproduction.plan.plan import Plan, read_plan  # noqa: E402
from coproduction.plan.vocabulary.predictors import Predictor  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.estimands.true_values import true_values  # noqa: E402
from coproduction.simulation.generator import Generator, prepare  # noqa: E402
from coproduction.simulation.replicate import replicate as drawn  # noqa: E402
from coproduction.simulation.truth.reading import read_truth  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

STUDY = ROOT / "instruments" / "coproduction"
PERSONS = 200_000
VARIABLES = ("autonomous", "housing", "work")
COVARIATES = ("d2", "d3", "d6", "d8", "d9", "d11", "d13")
CATEGORIES = ("d1", "d4", "housing", "work", "d10", "d12")
PRODUCTS = ("scores", "constructs")
"""Ways in which the product of incentives and resources is fitted too."""
SMALLEST = {"H1": 0.04, "H2": 0.04, "H3": 0.03}
LEVEL = 0.05

Truth = dict[str, Any]


def null(truth: Truth) -> None:
    """Neither incentives nor resources, nor identity, to which they are causes, move anybody."""
    causes = truth["equations"]["freely"]["causes"]
    for name in ("mi", "cr", "vi", "mi*cr", "cr*child"):
        del causes[name]


def method(truth: Truth) -> None:
    """Make agreement strong, and let it move the report of volunteering; nothing else does."""
    null(truth)
    truth["styles"]["acquiescence"]["loading"] = 0.45
    truth["equations"]["freely"]["reported"] = {"acquiescence": 0.6}


def selection(truth: Truth) -> None:
    """Let the motive, which moves incentives as well, move volunteering; nothing else does."""
    null(truth)
    truth["equations"]["freely"]["causes"]["pm"] = 0.6
    truth["correlations"]["values"][-1][:2] = [0.45, 0.45]


def substitution(truth: Truth) -> None:
    """Let incentives and resources replace each other."""
    truth["equations"]["freely"]["causes"] |= {"mi": 0.30, "cr": 0.35, "mi*cr": -0.30}


def complements(truth: Truth) -> None:
    """Let either do more beside the other."""
    truth["equations"]["freely"]["causes"] |= {"mi*cr": 0.30}


def desirable(truth: Truth) -> None:
    """Answer as one should, with the content of the items, and so report volunteering."""
    null(truth)
    truth["styles"]["desirability"] = {"loading": 0.35}
    truth["equations"]["freely"]["reported"] = {"desirability": 0.6}


SCENARIOS: Mapping[str, Callable[[Truth], None]] = {
    "base": lambda truth: None,
    "null": null,
    "method": method,
    "selection": selection,
    "complements": complements,
    "substitution": substitution,
    "desirability": desirable,
}


def document(name: str, kind: str, text: str | None = None):
    """Read a file of the shipped study, or a changed text of it."""
    text = (STUDY / f"{name}.yaml").read_text("utf-8") if text is None else text
    return read_yaml(text, f"{name}.yaml", schema(kind))


@cache
def instruments() -> tuple[Instrument, Instrument]:
    """Questionnaires of residents and of communities."""
    main, sheet = (
        read_instrument(document(name, "instrument")) for name in ("instrument", "community")
    )
    return main, sheet


@cache
def plan() -> Plan:
    """Plan of the shipped study, for its variables."""
    return read_plan(document("plan", "plan").data)


@cache
def scales() -> Scales:
    """Scales of the questionnaire."""
    found = scales_of(instruments()[0])
    return Scales(found, {name: frozenset(scale.items) for name, scale in found.items()})


@cache
def generator(scenario: str, communities: int) -> Generator:
    """Change the shipped truth; everybody is reached, knows, and answers with care."""
    truth = yaml.safe_load((STUDY / "truth.yaml").read_text("utf-8"))
    truth["communities"]["number"] = communities
    for name in ("responds", "careless", "breaks_off"):
        del truth["equations"][name]
    for block in ("nonresponse", "retest", "sheets"):
        del truth[block]
    truth["fieldwork"] |= {"duplicates": 0, "tests": {"number": 0}, "impossible": []}
    truth["sample"]["frames"]["address"]["drawn"] = {"mean": 26, "spread": 6, "least": 8}
    truth["sample"]["frames"]["roster_team"]["drawn"] = {"mean": 6, "spread": 2, "least": 3}
    for scale in truth["scales"]["constructs"].values():
        scale["dont_know"] = 0
    SCENARIOS[scenario](truth)
    text = yaml.safe_dump(truth, allow_unicode=True, sort_keys=False)
    return prepare(read_truth(document("truth", "truth", text), *instruments()), *instruments())


def entries(kind: str) -> tuple[Predictor, ...]:
    """Incentives, resources and motive as constructs, as scores, or as those of the others."""
    if kind == "construct":
        split = (Predictor(construct=name, split="within_cluster") for name in ("mi", "cr"))
        return (*split, Predictor(construct="pm"))
    cut = "others" if kind == "others" else "within_cluster"
    scored = (Predictor(name, standardise=True, split=cut) for name in ("mi", "cr"))
    return (*scored, Predictor("pm", standardise=True))


@cache
def models() -> dict[str, Model]:
    """Ways of fitting the primary model."""
    covariates = (
        *(Predictor(name, categorical=True) for name in CATEGORIES),
        *map(Predictor, COVARIATES),
    )
    shared: dict[str, Any] = {
        **{"role": "confirmatory", "outcome": "autonomous", "subset": "d2 <= 5"},
        **{"family": "binomial", "covariates": covariates, "cluster": "s3"},
        **{"quadrature_points": 15, "restricted_likelihood": True},
        **{"covariance": "CR2", "weights": "none"},
    }
    product = (("mi_within", "cr_within"),)
    ways = {
        "scores": ("score", "none"),
        "scores_agreement": ("score", "score"),
        "constructs_alone": ("construct", "none"),
        "constructs": ("construct", "factor"),
    }
    found = {}
    for name, (kind, agreement) in ways.items():
        planned = Model(id=name, predictors=entries(kind), agreement=agreement, **shared)
        found[name] = planned
        if name in PRODUCTS:
            found[f"{name}_product"] = replace(planned, id=f"{name}_product", interactions=product)
    found["others"] = Model(id="others", predictors=entries("others"), **shared)
    return found


ESTIMANDS = {
    "H1": Estimand(kind="average_marginal_effect", variable="mi_within", part="mean"),
    "H2": Estimand(kind="average_marginal_effect", variable="cr_within", part="mean"),
    "H3": Estimand(kind="cross_partial", variables=("mi_within", "cr_within"), part="mean"),
}


@cache
def truths(scenario: str) -> pd.DataFrame:
    """True values of the hypotheses, per standard deviation of construct and of score."""
    asked = [
        Hypothesis(
            **{"id": name, "family": "all", "direction": "positive", "status": "confirmatory"},
            **{"model": "scores_product" if name == "H3" else "scores", "estimand": each},
            **{"comparison": "superiority", "effect": "total", "smallest_effect": SMALLEST[name]},
        )
        for name, each in ESTIMANDS.items()
    ]
    small = replace(plan(), models=tuple(models().values()), hypotheses=tuple(asked))
    table = true_values(generator(scenario, 60), small, PERSONS)
    return table[table["effect"] == "total"].pivot(
        index="hypothesis", columns="per", values="value"
    )


def unit(way: str) -> str:
    """Tell whose standard deviation a way of fitting has for its unit."""
    return "latent_sd" if way.startswith("constructs") else "score_sd"


def respondents(scenario: str, communities: int, number: int) -> pd.DataFrame:
    """Draw the analysis table of one study."""
    made = drawn(generator(scenario, communities), list(SCENARIOS).index(scenario), number)
    answers = pd.DataFrame(made.first.interviews.given)
    table = analysis_table(answers.assign(submission=answers.index), instruments()[0])
    return derive(table, [each for each in plan().variables if each.id in VARIABLES])


def replicate(task: tuple[str, int, int]) -> list[dict[str, Any]]:
    """Estimate every hypothesis in every way in one study."""
    table, found = respondents(*task), []
    for name, model in models().items():
        way = name.removesuffix("_product")
        try:
            fitted = fit(design(table, model, None, scales()))
        except StudyError as error:
            found.append({"way": way, "hypothesis": "", "reason": str(error)})
            continue
        for hypothesis, estimand in ESTIMANDS.items():
            if (hypothesis == "H3") != name.endswith("_product"):
                continue
            if way == "others":
                estimand = replace(estimand, variable=(estimand.variable or "")[:2] + "_others")
            found.append({"way": way, "hypothesis": hypothesis, **row(fitted, estimand)})
    return found


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each estimate its verdict: H1 and H2 with Holm's correction, H3 alone."""
    found = rows.copy()
    pair = found["hypothesis"].isin(["H1", "H2"])
    found["p_adjusted"] = found["p_value"]
    for _, part in found[pair].groupby(["study", "way"]):
        found.loc[part.index, "p_adjusted"] = adjusted(part["p_value"].to_numpy(float), "holm")
    half = [quantile(0.95, df) for df in found["df"]] * found["std_error"]
    ends = zip(found["estimate"] - half, found["estimate"] + half, strict=True)
    found["verdict"] = [
        verdict(value, p, pair, "positive", SMALLEST[name], LEVEL, "superiority")
        for value, p, pair, name in zip(
            found["estimate"], found["p_adjusted"], ends, found["hypothesis"], strict=True
        )
    ]
    return found


def summary(rows: pd.DataFrame, true: float) -> dict[str, float]:
    """Bias, precision, coverage and verdicts of one way and hypothesis, in percentage points."""
    n, error = len(rows), rows["estimate"].std(ddof=1)
    held = ((rows["conf_low"] <= true) & (true <= rows["conf_high"])).mean()
    supported = (rows["verdict"] == "supported").mean()
    rejected = (rows["p_value"] < LEVEL).mean()
    return {
        "studies": n,
        "truth": 100 * true,
        "bias": 100 * (rows["estimate"].mean() - true),
        "bias_error": 100 * error / np.sqrt(n),
        "sd": 100 * error,
        "mean_std_error": 100 * np.sqrt((rows["std_error"] ** 2).mean()),
        "covered": 100 * held,
        "covered_error": 100 * np.sqrt(held * (1 - held) / n),
        "rejected": 100 * rejected,
        "supported": 100 * supported,
        "supported_error": 100 * np.sqrt(supported * (1 - supported) / n),
        "practically_null": 100 * (rows["verdict"] == "practically_null").mean(),
        "rival_supported": 100
        * ((rows["p_value"] <= LEVEL) & (rows["estimate"] <= -SMALLEST["H3"])).mean(),
    }


def summarised(scenario: str, communities: int, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Summarise the studies of one scenario and number of communities."""
    refused = rows[rows["hypothesis"] == ""].groupby("way").size()
    known, values = judged(rows[rows["hypothesis"] != ""].reset_index(drop=True)), truths(scenario)
    return [
        {"scenario": scenario, "communities": communities, "way": way, "hypothesis": name}
        | summary(part, float(values.loc[name, unit(way)]))
        | {"per": unit(way), "refused": int(refused.get(way, 0))}
        for (way, name), part in known.groupby(["way", "hypothesis"], sort=False)
    ]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--studies", type=int, default=400)
    arguments.add_argument("--scenarios", nargs="+", default=list(SCENARIOS), choices=SCENARIOS)
    arguments.add_argument("--communities", nargs="+", type=int, default=[60])
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "truth.csv")
    given = arguments.parse_args()
    cells = [(scenario, place) for place in given.communities for scenario in given.scenarios]
    # Studies of all scenarios take turns, so that the table can be read at any time.
    tasks = [(*each, number) for number in range(given.studies) for each in cells]
    found: dict[tuple[str, int], list[pd.DataFrame]] = {each: [] for each in cells}
    with ProcessPoolExecutor(given.processes) as workers:
        for done, (task, rows) in enumerate(
            zip(tasks, workers.map(replicate, tasks), strict=True), 1
        ):
            found[task[:2]].append(pd.DataFrame(rows).assign(study=task[2]))
            if done % (5 * len(cells)) == 0 or done == len(tasks):
                joined = {each: pd.concat(parts) for each, parts in found.items()}
                table = [row for each in cells for row in summarised(*each, joined[each])]
                pd.DataFrame(table).round(3).to_csv(given.output, index=False)
                print(done, "of", len(tasks), flush=True)
