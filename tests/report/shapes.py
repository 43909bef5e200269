"""Studies of several shapes, run through every room without a workflow."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import yaml

from coproduction.cleaning.clean import clean
from coproduction.cleaning.frequencies import frequencies
from coproduction.dictionary import read_table
from coproduction.inference.analysis import analyse
from coproduction.instrument.item_scales import scales_of
from coproduction.intake.readers import read_export
from coproduction.measurement.tables import measure
from coproduction.report.document import compose
from coproduction.report.short import compose_short
from coproduction.study import read_study
from coproduction.tables import write_csv

LANGUAGES = ("zh-CN", "en")
MISSING = {
    "dont_know": {"code": -88, "label": {"zh-CN": "不清楚", "en": "Don't know"}},
    "refused": {"code": -99, "label": {"zh-CN": "拒答", "en": "Refused"}},
    "not_asked": {"code": -77, "label": {"zh-CN": "未问", "en": "Not asked"}},
    "not_reached": {"code": -66, "label": {"zh-CN": "未到", "en": "Not reached"}},
}
WORDED = {
    **{"t1": ("我信任邻里", "I trust neighbours"), "t2": ("邻里可靠", "Neighbours are reliable")},
    **{"t3": ("邻里帮忙", "Neighbours help"), "t4": ("邻里自私", "Neighbours are selfish")},
    **{"age": ("年龄", "Age"), "room": ("班级", "Class"), "sex": ("性别", "Sex")},
    **{"joined": ("是否加入", "Joined"), "hours": ("小时数", "Hours"), "arm": ("组别", "Arm")},
    "wish": ("加入的意愿", "Wish to join"),
}
SETS = {
    "agree": [(1, "不同意", "Disagree"), (2, "一般", "Neither"), (3, "同意", "Agree")],
    "yes": [(0, "否", "No"), (1, "是", "Yes")],
    "sexes": [(1, "男", "Male"), (2, "女", "Female")],
}
SCALE = ("t1", "t2", "t3", "t4")


def worded(pair: tuple[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    return {tag: pair[LANGUAGES.index(tag)] for tag in languages}


def questionnaire(items: dict[str, dict[str, Any]], languages: tuple[str, ...]) -> dict[str, Any]:
    """A questionnaire that asks these items in these languages."""
    sets = {
        name: {
            "level": "ordinal" if name == "agree" else "nominal",
            "options": [
                {"value": value, "label": worded(words, languages)} for value, *words in options
            ],
        }
        for name, options in SETS.items()
        if any(item.get("response_set") == name for item in items.values())
    }
    asked = [
        {"id": name, "text": worded(WORDED[name], languages), **item}
        for name, item in items.items()
    ]
    scales = {"trust": {"label": worded(("信任", "Trust"), languages)}}
    found = {
        "instrument": {
            **{"id": "people", "version": "1", "unit": "respondent", "licence": "CC0-1.0"},
            **{"languages": list(languages), "title": worded(("人", "People"), languages)},
        },
        "missing_codes": {
            name: {**code, "label": {tag: code["label"][tag] for tag in languages}}
            for name, code in MISSING.items()
        },
        "sections": [
            {"id": "one", "label": worded(("一", "One"), languages), "items": asked},
        ],
    }
    found |= {"response_sets": sets} if sets else {}
    return found | ({"constructs": scales} if any("construct" in i for i in items.values()) else {})


def texts(
    items: dict[str, dict[str, Any]], plan: dict[str, Any], languages: tuple[str, ...], **study: Any
) -> dict[str, str]:
    """The three files of a study."""
    title = {"title": worded(("小研究", "A small study"), languages)}
    settings = {
        "study": {"id": "shape", **title, "synthetic": False, "seed": 1, **study}
        | {"languages": list(languages)},
        "instruments": ["instrument.yaml"],
        "data": [{"instrument": "people", "platform": "plain", "files": ["people.csv"]}],
    }
    parts = {
        "instrument": questionnaire(items, languages),
        "study": settings,
        "plan": {"plan": {"version": "1"}, **plan},
    }
    return {
        f"{name}.yaml": yaml.safe_dump(each, allow_unicode=True) for name, each in parts.items()
    }


def answers(n: int, items: dict[str, dict[str, Any]], seed: int = 3) -> pd.DataFrame:
    """Answers of n people in classes of ten, with a trait behind scale and outcomes."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    table = {
        "age": rng.integers(18, 70, n),
        "room": np.arange(n) // 10,
        "sex": rng.integers(1, 3, n),
        "arm": rng.integers(0, 2, n),
        "joined": (trait + rng.normal(size=n) > 0).astype(int),
        "hours": np.rint(np.exp(1 + 0.4 * trait + 0.5 * rng.normal(size=n))),
        "wish": np.rint(5 + trait + rng.normal(size=n)),
    }
    for item in SCALE:
        sign = -1 if items.get(item, {}).get("reverse") else 1
        table[item] = np.clip(np.rint(2 + 0.8 * sign * trait + rng.normal(0, 0.5, n)), 1, 3)
    return pd.DataFrame(table)[list(items)].astype(int)


def documents(
    files: dict[str, str], data: pd.DataFrame, schemas: dict, languages=LANGUAGES
) -> dict[str, Any]:
    """Run a study and compose its report in both languages, whatever the study is worded in."""
    study = read_study(files, "shape", schemas)
    tables = results(study, data)
    provenance = {
        **{"software": {"coproduction": "1"}, "inputs": {"people.csv": "ab" * 32}},
        **{"plan_sha256": "cd" * 32, "seed": 1, "synthetic": False},
    }
    settings = study.settings["study"]
    made = {
        language: compose(language, tables, study.main, settings, study.plan, provenance)
        for language in languages
    }
    if "short_report" in settings:
        made |= {
            f"short {language}": compose_short(language, tables, study.main, settings)
            for language in languages
        }
    return made


def results(study: Any, data: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Result tables as the report reads them from their files."""
    export = data.to_csv(index=False).encode()
    read = read_export(export, study.main, "people.csv", platform="plain")
    cleaned = clean(read.responses, study.main, study.settings.get("cleaning", {}))
    analysed = cleaned.responses[cleaned.responses["status"] == "analysed"]
    counts = frequencies(analysed, cleaned.nonresponse, study.main, study.minimum_cell)
    found = {
        "intake/findings.csv": read.findings,
        "cleaning/findings.csv": cleaned.findings,
        "cleaning/flow.csv": cleaned.flow,
        "cleaning/quality.csv": cleaned.quality,
        "cleaning/frequencies.csv": counts,
    }
    plan = study.plan.measurement
    rule = study.plan.flagged_rows
    measured = measure(cleaned.scores, cleaned.nonresponse, study.main, plan, 1, 1, None, rule)
    inferred = analyse(cleaned.scores, study.plan, 1, None, scales_of(study.main))
    for room, tables in (("measurement", measured), ("inference", inferred)):
        found |= {f"{room}/{each.name}.csv": getattr(tables, each.name) for each in fields(tables)}
    return {name: read_table(name, write_csv(table)) for name, table in found.items()}
