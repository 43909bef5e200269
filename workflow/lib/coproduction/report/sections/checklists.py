"""Reporting checklists, answered from the results where they can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
import yaml

from coproduction.languages import words
from coproduction.report.material import Material
from coproduction.report.numbers import count, number, percent
from coproduction.report.sections.inference.comparison import left_out
from coproduction.report.sections.inference.imputation import by_answers
from coproduction.report.sections.measurement.retest import retest_in_short
from coproduction.report.sentences import sample_sentence

ALL = "all"
"""Mode of the rates of a whole frame."""
COLUMNS = ("checklist", "number", "asked", "answered")


@cache
def checklists() -> list[dict[str, Any]]:
    """Read the checklists: `id`, perhaps `mode`, and items of `number, answers, statement`."""
    file = resources.files("coproduction.report") / "checklists.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def answered(material: Material) -> pd.DataFrame:
    """Answer every item of every checklist: `checklist`, `number`, `asked`, `answered`.

    What the results say comes first, then what the authors stated in `study.yaml`. An item without
    either names the statement to write there. A checklist for answers of one mode is left out where
    all modes are known and it is none of them.
    """
    asked = words(material.labels.language, "checklists.yaml")
    rows = [
        (
            asked[checklist["id"]]["title"],
            item["number"],
            asked[checklist["id"]]["items"][item["number"]],
            _answer(item, material),
        )
        for checklist in checklists()
        if not ("mode" in checklist and _known_without(checklist["mode"], material))
        for item in checklist["items"]
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _answer(item: Mapping[str, Any], material: Material) -> str:
    parts = [ANSWERS[name](material) for name in item.get("answers", ())]
    statement = item.get("statement", "")
    parts.append(material.wording(material.study.get("statements", {}).get(statement, "")))
    told = [part for part in parts if part]
    if told:
        return material.text["between"].join(told)
    return _say(material, "person", statement=statement) if statement else _say(material, "none")


def _say(material: Material, name: str, **values: str) -> str:
    return material.text["checklist_answers"][name].format(**values)


def _flow(material: Material) -> str:
    return sample_sentence(material.table("cleaning/flow.csv"), material.labels.language)


def _removed(reason: str) -> Callable[[Material], str]:
    def answer(material: Material) -> str:
        flow = material.table("cleaning/flow.csv")
        removed = flow.loc[flow["reason"] == reason, "n_removed"].sum()
        step = material.text["steps"][reason]
        return _say(material, "removed", step=step, n=count(removed)) if removed else ""

    return answer


def _question(material: Material) -> str:
    question = material.study.get("question")
    return material.wording(question) if question else ""


def _design(material: Material) -> str:
    design = material.study.get("design")
    return material.wording(design) if design else ""


def _instrument(material: Material) -> str:
    instrument = material.labels.instrument
    return _say(
        material,
        "instrument",
        n=count(len(instrument.questions)),
        languages=count(len(instrument.languages)),
    )


def _modes(material: Material) -> list[str]:
    """Modes of interview that the study states, those of its contact log after its files'."""
    rates = material.table("cleaning/response_rates.csv").get("mode", ())
    stated = [*material.study.get("modes", ()), *(mode for mode in rates if mode != ALL)]
    return list(dict.fromkeys(stated))


def _known_without(mode: str, material: Material) -> bool:
    """Tell whether every mode of the study is known, and not this one."""
    stated, known = set(_modes(material)), set(material.text["modes"]) - {ALL, mode}
    return bool(stated) and stated <= known


def _modes_in_short(material: Material) -> str:
    named = [material.labels.word("modes", each) for each in _modes(material) if each]
    listed = material.text["enumeration"].join(named)
    return _say(material, "modes", list=listed) if named else ""


def _rates(material: Material) -> str:
    rates = material.table("cleaning/response_rates.csv")
    frames = rates[rates["mode"] == ALL] if len(rates) else rates
    return _say(material, "response_rates", n=count(len(frames))) if len(frames) else ""


def _interactions(material: Material) -> str:
    """Name the fitted models that hold products of terms."""
    overview = material.table("inference/models.csv")
    fitted = set(overview.loc[overview["status"] == "fitted", "model"]) if len(overview) else set()
    named = [
        material.labels.model(each.id)
        for each in material.plan.models
        if each.interactions and each.id in fitted
    ]
    listed = material.text["enumeration"].join(named)
    return _say(material, "interactions", n=count(len(named)), list=listed) if named else ""


def _respecification(material: Material) -> str:
    """Say what was set free by the data; what was changed in the plan no result can tell."""
    fits, freed = (material.table(f"measurement/{name}.csv") for name in ("fit", "noninvariance"))
    told = [_say(material, "respecification")] if len(fits) else []
    if told and "respecification" not in material.study.get("statements", {}):
        told.append(_say(material, "person", statement="respecification"))
    told += [_say(material, "set_free", n=count(len(_released(freed))))] if len(freed) else []
    return material.text["between"].join(told)


def _released(freed: pd.DataFrame) -> pd.DataFrame:
    """Take each parameter that was set free once, whatever the number of groups it differs in."""
    return freed.drop_duplicates(["comparison", "step", "order"])


def _missing(material: Material) -> str:
    models = material.table("inference/models.csv")
    fitted = models[models["status"] == "fitted"] if len(models) else models
    if fitted.empty:
        return ""
    every, told = fitted.to_dict("records"), []
    found = by_answers(every)
    for answers, rows in found.items():
        numbers = left_out(rows, material).get("missing", [])
        models = _say(material, "so_many_models", n=count(len(rows))) if len(found) > 1 else ""
        told += _span(material, answers, numbers, models=models)
    alone = left_out(every, material).get("alone", [])
    told += _span(material, "alone", alone) if any(alone) else []
    return material.text["between"].join(told)


def _span(material: Material, name: str, numbers: Sequence[int], **values: str) -> list[str]:
    """Say from where to where numbers of models reach, or what they all are."""
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    named = name if low < high else f"{name}_equal"
    return [_say(material, named, low=count(low), high=count(high), **values)]


def _weights(material: Material) -> str:
    known = ("inference/models.csv", "measurement/reliability.csv", "measurement/sample.csv")
    return _say(material, "weights") if any(len(material.table(each)) for each in known) else ""


def _quality(material: Material) -> str:
    quality = material.table("cleaning/quality.csv")
    flagged = quality[quality["index"] == "any_flag"] if len(quality) else quality
    return (
        _say(material, "quality", share=percent(flagged["share"].iloc[0])) if len(flagged) else ""
    )


def _reliability(material: Material) -> str:
    scales = material.table("measurement/reliability.csv").get("alpha", pd.Series(dtype=float))
    if scales.notna().sum() == 0:
        return ""
    low, high = number(scales.min(), 2), number(scales.max(), 2)
    return _say(material, "reliability", n=count(len(scales)), low=low, high=high)


def _rows(file: str, name: str) -> Callable[[Material], str]:
    def answer(material: Material) -> str:
        table = material.table(file)
        return _say(material, name, n=count(len(table))) if len(table) else ""

    return answer


def _always(name: str) -> Callable[[Material], str]:
    return lambda material: _say(material, name)


def _routing(material: Material) -> str:
    questions = material.labels.instrument.questions
    routed = sum(bool(item.asked_if) for item in questions)
    return _say(material, "routing", n=count(routed), total=count(len(questions)))


def _required(material: Material) -> str:
    required = sum(item.required for item in material.labels.instrument.questions)
    return _say(material, "required", n=count(required))


def _random_order(material: Material) -> str:
    shuffled = sum(section.random_order for section in material.labels.instrument.sections)
    return (
        _say(material, "random_order", n=count(shuffled)) if shuffled else _say(material, "order")
    )


def _languages(material: Material) -> str:
    return _say(material, "languages", n=count(len(material.labels.instrument.languages)))


def _speed(material: Material) -> str:
    quality = material.table("cleaning/quality.csv")
    fast = quality[quality["index"] == "seconds_per_item"] if len(quality) else quality
    return _say(material, "speed", n=count(fast["n_flagged"].iloc[0])) if len(fast) else ""


def _variables(material: Material) -> str:
    variables = material.plan.variables
    return _say(material, "variables", n=count(len(variables))) if variables else ""


def _robustness(material: Material) -> str:
    models = material.table("inference/models.csv")
    further = models[models["role"] == "robustness"] if len(models) else models
    return _say(material, "robustness", n=count(len(further))) if len(further) else ""


def _clusters(material: Material) -> str:
    models = material.table("inference/models.csv")
    clusters = models.get("n_clusters", pd.Series(dtype=float)).dropna()
    return _say(material, "clusters", n=count(clusters.max())) if len(clusters) else ""


def _plan(material: Material) -> str:
    return _say(material, "plan", plan=material.provenance["plan_sha256"])


def _software(material: Material) -> str:
    software = [f"{name} {version}" for name, version in material.provenance["software"].items()]
    return _say(material, "software", list=", ".join(software), seed=material.provenance["seed"])


def _limits(material: Material) -> str:
    limits = material.study.get("limitations", ())
    return _say(material, "limits", n=count(len(limits))) if limits else ""


def _power(material: Material) -> str:
    verdicts = material.table("inference/verdicts.csv")
    return _say(material, "power") if len(verdicts) else ""


ANSWERS: dict[str, Callable[[Material], str]] = {
    "question": _question,
    "design": _design,
    "flow": _flow,
    "eligibility": _removed("not_eligible"),
    "consent": _removed("no_consent"),
    "duplicates": _removed("duplicate"),
    "break_off": _removed("break_off"),
    "instrument": _instrument,
    "missing": _missing,
    "weights": _weights,
    "quality": _quality,
    "reliability": _reliability,
    "retest": retest_in_short("retest"),
    "measurement_error": retest_in_short("measurement_error"),
    "apart": _always("apart"),
    "languages": _languages,
    "routing": _routing,
    "required": _required,
    "random_order": _random_order,
    "speed": _speed,
    "variables": _variables,
    "robustness": _robustness,
    "frequencies": _rows("cleaning/frequencies.csv", "frequencies"),
    "method": _rows("measurement/common_method.csv", "method"),
    "validity": _rows("measurement/validity.csv", "validity"),
    "residuals": _rows("measurement/residuals.csv", "residuals"),
    "respecification": _respecification,
    "modes": _modes_in_short,
    "interactions": _interactions,
    "moderation": _rows("inference/moderation.csv", "moderation"),
    "experiment": _rows("inference/experiment.csv", "experiment"),
    "balance": _rows("inference/balance.csv", "balance"),
    "model_flow": _rows("inference/model_flow.csv", "model_flow"),
    "left_out": _rows("inference/left_out.csv", "left_out"),
    "structure": _rows("measurement/fit.csv", "structure"),
    "invariance": _rows("measurement/invariance.csv", "invariance"),
    "response_rates": _rates,
    "sample": _rows("measurement/sample.csv", "sample"),
    "estimates": _rows("inference/coefficients.csv", "estimates"),
    "diagram": _rows("inference/diagram.csv", "diagram"),
    "adjustment": _rows("inference/adjustment.csv", "adjustment"),
    "verdicts": _rows("inference/verdicts.csv", "verdicts"),
    "diagnostics": _rows("inference/diagnostics.csv", "diagnostics"),
    "clusters": _clusters,
    "plan": _plan,
    "software": _software,
    "limits": _limits,
    "power": _power,
}
