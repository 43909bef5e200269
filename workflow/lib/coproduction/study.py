"""A study's three files read together and checked against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import NUMERIC_TYPES, Instrument
from coproduction.instrument.reading import read_instruments
from coproduction.intake.platforms import PLATFORMS
from coproduction.intake.schema import with_platforms
from coproduction.plan.check import plan_problems
from coproduction.plan.plan import Plan, read_plan
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.identifiers import across, claim, taken
from coproduction.plan.vocabulary.identifiers import problems as identifier_problems
from coproduction.plan.vocabulary.names import instrument_names, items
from coproduction.planning.settings import Planning, planning_problems, read_planning
from coproduction.printing import printed
from coproduction.weighting.check import weight_problems
from coproduction.weighting.rules import BEFORE, WEIGHT, Weights, weight_rules
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem, refuse_all, unknown
from coproduction.yamlfiles.yamlfile import read_yaml


@printed
@dataclass(frozen=True)
class Study:
    """A study that can be run.

    Attributes
    ----------
    settings
        Content of `study.yaml`.
    plan
        The analysis plan.
    instruments
        The questionnaires by id, in the order of `study.yaml`.
    files
        File name of each questionnaire, by id.
    """

    settings: Mapping[str, Any]
    plan: Plan
    instruments: Mapping[str, Instrument]
    files: Mapping[str, str]
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        models, hypotheses = len(self.plan.models), len(self.plan.hypotheses)
        name = self.settings["study"]["id"]
        return f"Study {name}: models planned {models}, hypotheses {hypotheses}"

    def to_frame(self) -> pd.DataFrame:
        """One row per questionnaire: `questionnaire, version, unit, languages, items, file`."""
        rows = [
            (name, each.version, each.unit, ", ".join(each.languages), len(each.questions))
            for name, each in self.instruments.items()
        ]
        columns = ["questionnaire", "version", "unit", "languages", "items"]
        return pd.DataFrame(rows, columns=columns).assign(file=list(self.files.values()))

    @property
    def main(self) -> Instrument:
        """The questionnaire that is analysed: the first."""
        return next(iter(self.instruments.values()))

    @property
    def sheet(self) -> Instrument | None:
        """The sheet of communities beside the questionnaire that is analysed, if there is one."""
        others = list(self.instruments.values())[1:]
        return next((each for each in others if each.unit == "community"), None)

    @property
    def modes(self) -> list[str]:
        """Modes of interview that the settings state of the main questionnaire's files.

        It holds an empty text for files whose rows say their own mode or none.
        """
        sources = [each for each in self.settings["data"] if each["instrument"] == self.main.id]
        return list(dict.fromkeys(_mode(each) for each in sources))

    @property
    def flags(self) -> list[str]:
        """Names of the quality flags that cleaning raises: indices with a limit, contradictions."""
        cleaning = self.settings.get("cleaning", {})
        return [
            *cleaning.get("quality", {}),
            *(each["id"] for each in cleaning.get("consistency", ())),
        ]

    @property
    def weights(self) -> Weights | None:
        """Where weights come from; None where every respondent counts the same."""
        return weight_rules(self.settings.get("weights"), self.main.by_id)

    @property
    def planning(self) -> Planning | None:
        """Designs of the next survey; None where the study plans none."""
        block = self.settings.get("planning")
        return None if block is None else read_planning(block)

    @property
    def release_rules(self) -> dict[str, Any]:
        """The block `release`: what tells how somebody was drawn is left out besides."""
        rules = dict(self.settings.get("release", {}))
        if self.weights is not None and rules:
            hidden = sorted(_of_weights(self) - set(rules.get("leave_out", ())))
            rules["leave_out"] = [*rules.get("leave_out", ()), *hidden]
        return rules

    @property
    def minimum_cell(self) -> int:
        """The smallest number of people that an answer in a report may stand for."""
        return self.settings["study"]["minimum_cell"]


def _mode(source: Mapping[str, Any]) -> str:
    """Mode of interview of a source of answers, of its platform if it does not state one."""
    of_platform = PLATFORMS[source["platform"]].mode if "platform" in source else None
    return source.get("mode", of_platform or "")


class NamedFile(NamedTuple):
    """A file of raw data, what it is, and the key of `study.yaml` that names it."""

    name: str
    what: str
    key: str


def named_files(settings: Mapping[str, Any]) -> list[NamedFile]:
    """List the files that a study's raw data stand in, each once, as `study.yaml` names them."""
    cleaning = settings.get("cleaning", {})
    named = {
        file: NamedFile(file, "raw export", "files")
        for source in settings["data"]
        for file in source["files"]
    }
    for block, key, what in (
        ("contacts", "file", "contact log"),
        ("retest", "links", "links of the retest"),
    ):
        if file := cleaning.get(block, {}).get(key):
            named.setdefault(file, NamedFile(file, what, f"cleaning.{block}.{key}"))
    return list(named.values())


def read_study(texts: Mapping[str, str], folder: str, schemas: Mapping[str, Any]) -> Study:
    """Read and check a study.

    Parameters
    ----------
    texts
        Content of each YAML file of the study's folder, by file name.
    folder
        Name of the folder, for messages.
    schemas
        JSON Schemas by name: `instrument`, `study`, `plan`.

    Raises
    ------
    StudyError
        If a file is missing or malformed, or the files do not fit each other.
    """
    settings = _read(texts, folder, "study.yaml", with_platforms(schemas["study"]))
    plan = _read(texts, folder, "plan.yaml", schemas["plan"])
    named = settings.data["instruments"]
    documents = [_read(texts, folder, name, schemas["instrument"]) for name in named]
    instruments: dict[str, Instrument] = {}
    files: dict[str, str] = {}
    for position, instrument in enumerate(read_instruments(documents)):
        if instrument.id in instruments:
            raise settings.error(
                ("instruments", position),
                f"`{named[position]}` has the id of `{files[instrument.id]}`, `{instrument.id}`; "
                "change one.",
            )
        instruments[instrument.id] = instrument
        files[instrument.id] = named[position]
    planned = read_plan(plan.data, plan.left_out)
    study = Study(settings.data, planned, instruments, files)
    refuse_all(_problems(study, folder, settings, plan, documents))
    return study


def _read(texts: Mapping[str, str], folder: str, name: str, schema: Mapping[str, Any]) -> Document:
    if name not in texts:
        raise StudyError(f"{folder}/{name} is missing; every study needs it (see the README).")
    return read_yaml(texts[name], f"{folder}/{name}", schema)


def _problems(
    study: Study, folder: str, settings: Document, plan: Document, instruments: list[Document]
) -> Iterator[tuple[Document, Problem]]:
    """Find everything in which the files of a study do not fit each other."""
    owners = taken(instruments)
    others = [each for each in study.instruments.values() if each is not study.main]
    yield from ((settings, problem) for problem in setting_problems(study, folder))
    for position, rule in enumerate(study.settings.get("cleaning", {}).get("consistency", ())):
        path = ("cleaning", "consistency", position, "id")
        claimed = claim(path, rule["id"], "a rule of consistency", settings, owners)
        yield from ((settings, problem) for problem in claimed)
    for name in () if study.weights is None else (WEIGHT, BEFORE):
        claimed = claim(("weights",), name, "a column that weights make", settings, owners)
        yield from ((settings, problem) for problem in claimed)
    yield from across(instruments, study.plan)
    yield from ((plan, problem) for problem in identifier_problems(study.plan, plan, owners))
    weighted = "weights" in study.settings
    wrong = plan_problems(study.plan, study.main, others, study.flags, weighted=weighted)
    yield from ((plan, problem) for problem in wrong)


def setting_problems(study: Study, folder: str) -> Iterator[Problem]:
    """Find everything in `study.yaml` that names what does not exist.

    Parameters
    ----------
    study
        The study.
    folder
        Name of its folder.
    """
    if study.settings["study"]["id"] != folder.rstrip("/").rsplit("/", 1)[-1]:
        yield ("study", "id"), "must be the name of the study's folder."
    for position, source in enumerate(study.settings["data"]):
        yield from _source(("data", position), source, study)
    if not any(source["instrument"] == study.main.id for source in study.settings["data"]):
        yield ("data",), f"no data of the first questionnaire, `{study.main.id}`."
    for position, language in enumerate(study.settings["study"]["languages"]):
        if language not in study.main.languages:
            what = f"the questionnaire is not worded in `{language}`"
            yield ("study", "languages", position), unknown(language, study.main.languages, what)
    charts = study.settings["study"].get("short_report", {}).get("charts", ())
    choices = [item.id for item in study.main.questions if item.type == "select_one"]
    yield from items(("study", "short_report", "charts"), charts, choices)
    yield from _conditions(study)
    yield from _weights(study)
    yield from _release(study)
    yield from _retest(study)
    yield from planning_problems(
        study.settings.get("planning"),
        [each.id for each in study.plan.hypotheses],
        study.settings["study"]["languages"],
    )


def _source(path: Path, source: Mapping[str, Any], study: Study) -> Iterator[Problem]:
    name = source["instrument"]
    if name not in study.instruments:
        what = f"there is no questionnaire `{name}`"
        yield (*path, "instrument"), unknown(name, list(study.instruments), what)
        return
    known = [item.id for item in study.instruments[name].questions]
    yield from items((*path, "absent_items"), source.get("absent_items", ()), known)


def _conditions(study: Study) -> Iterator[Problem]:
    cleaning = study.settings.get("cleaning", {})
    # Cleaning reads every answer, also those that are kept apart later.
    names = {
        name: replace(each, apart=False)
        for name, each in instrument_names(study.main, ()).items()
        if name in study.main.by_id
    }
    if "eligible" in cleaning:
        path: Path = ("cleaning", "eligible")
        yield from expression(path, cleaning["eligible"], names, condition=True)
    for position, rule in enumerate(cleaning.get("consistency", ())):
        path = ("cleaning", "consistency", position, "contradiction")
        yield from expression(path, rule["contradiction"], names, condition=True)


def _weights(study: Study) -> Iterator[Problem]:
    has_log = "contacts" in study.settings.get("cleaning", {})
    yield from weight_problems(study.settings.get("weights"), study.main, study.sheet, has_log)


def _release(study: Study) -> Iterator[Problem]:
    rules = study.settings.get("release", {})
    known = [item.id for item in study.main.questions]
    for key in ("quasi_identifiers", "top_code", "leave_out"):
        named = [name if isinstance(name, str) else name["item"] for name in rules.get(key, ())]
        yield from items(("release", key), named, known)
        for position, name in enumerate(named):
            if key != "leave_out" and name in _of_weights(study):
                yield (
                    ("release", key, position),
                    f"`{name}` tells how people were drawn, by which one could be recognised, and "
                    "is never released; take it out here.",
                )


def _of_weights(study: Study) -> frozenset[str]:
    """Items that the weights name; the community is not left out but gets another number."""
    if study.weights is None:
        return frozenset()
    clusters = {item.id for item in study.main.with_role("cluster")}
    return study.weights.identifying & set(study.main.by_id) - clusters


def _retest(study: Study) -> Iterator[Problem]:
    """Find what does not tell persons apart, and what does where it would be released."""
    rule = study.settings.get("cleaning", {}).get("retest")
    if rule is None:
        return
    path: Path = ("cleaning", "retest")
    if ("person" in rule) == ("links" in rule):
        yield path, "name either `person` or `links`: who answered again?"
    release = study.settings.get("release", {})
    handled = {*release.get("quasi_identifiers", ()), *release.get("leave_out", ())}
    known = [item.id for item in study.main.questions]
    for place, name in enumerate(rule.get("person", ())):
        if name == "submitted_by":
            continue
        where, item = (*path, "person", place), study.main.by_id.get(name)
        if item is None:
            what = f"there is no item `{name}`; items or `submitted_by` can stand here"
            yield where, unknown(name, known, what)
        elif release and item.type in NUMERIC_TYPES and name not in handled:
            yield (
                where,
                (
                    f"`{name}` tells persons apart and would be released; name it under "
                    "release.leave_out."
                ),
            )
