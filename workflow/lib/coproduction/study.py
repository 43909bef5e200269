"""A study's three files read together and checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.errors import StudyError
from coproduction.instrument.definition import NUMERIC_TYPES, Instrument, read_instrument
from coproduction.plan import check_plan
from coproduction.vocabulary import check_plan_expressions, vocabulary
from coproduction.yamlfile import Document, read_yaml


@dataclass(frozen=True)
class Study:
    """A study that can be run.

    Attributes
    ----------
    settings
        Content of `study.yaml`.
    plan
        Content of `plan.yaml`.
    instruments
        The questionnaires by id, in the order of `study.yaml`.
    files
        File name of each questionnaire, by id.
    """

    settings: Mapping[str, Any]
    plan: Mapping[str, Any]
    instruments: Mapping[str, Instrument]
    files: Mapping[str, str]

    @property
    def main(self) -> Instrument:
        """The questionnaire that is analysed: the first."""
        return next(iter(self.instruments.values()))


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
    settings = _read(texts, folder, "study.yaml", schemas["study"])
    plan = _read(texts, folder, "plan.yaml", schemas["plan"])
    instruments, files = {}, {}
    for position, name in enumerate(settings.data["instruments"]):
        instrument = read_instrument(_read(texts, folder, name, schemas["instrument"]))
        if instrument.id in instruments:
            raise settings.error(
                ("instruments", position),
                f"`{name}` has the id of `{files[instrument.id]}`, `{instrument.id}`; change one.",
            )
        instruments[instrument.id] = instrument
        files[instrument.id] = name
    study = Study(settings.data, plan.data, instruments, files)
    _check_settings(settings, study, folder)
    check_plan(plan, study.main, [each for each in instruments.values() if each is not study.main])
    check_plan_expressions(plan, vocabulary(reversed(instruments.values())))
    return study


def _read(texts: Mapping[str, str], folder: str, name: str, schema: Mapping[str, Any]) -> Document:
    if name not in texts:
        raise StudyError(f"{folder}/{name} is missing; every study needs it (see the README).")
    return read_yaml(texts[name], f"{folder}/{name}", schema)


def _check_settings(document: Document, study: Study, folder: str) -> None:
    if study.settings["study"]["id"] != folder.rstrip("/").rsplit("/", 1)[-1]:
        raise document.error(("study", "id"), "must be the name of the study's folder.")
    for position, source in enumerate(study.settings["data"]):
        if source["instrument"] not in study.instruments:
            known = ", ".join(study.instruments)
            raise document.error(
                ("data", position, "instrument"),
                f"there is no questionnaire `{source['instrument']}` (known: {known}).",
            )
    if not any(source["instrument"] == study.main.id for source in study.settings["data"]):
        raise document.error(("data",), f"no data of the first questionnaire, `{study.main.id}`.")
    for language in study.settings["study"]["languages"]:
        if language not in study.main.languages:
            raise document.error(
                ("study", "languages"), f"the questionnaire is not worded in `{language}`."
            )
    _check_expressions(document, study)
    _check_release(document, study)
    _check_retest(document, study)


def _check_expressions(document: Document, study: Study) -> None:
    cleaning = study.settings.get("cleaning", {})
    conditions = {("cleaning", "eligible"): cleaning.get("eligible")}
    for position, rule in enumerate(cleaning.get("consistency", ())):
        conditions[("cleaning", "consistency", position, "contradiction")] = rule["contradiction"]
    names = vocabulary([study.main])
    for path, condition in conditions.items():
        if condition:
            names.check(document, path, condition)


def _check_release(document: Document, study: Study) -> None:
    rules = study.settings.get("release", {})
    named = [
        ((key, place), name if isinstance(name, str) else name["item"])
        for key in ("quasi_identifiers", "top_code", "leave_out")
        for place, name in enumerate(rules.get(key, ()))
    ]
    for path, name in named:
        if name not in study.main.by_id:
            raise document.error(("release", *path), f"there is no item `{name}`.")


def _check_retest(document: Document, study: Study) -> None:
    """Refuse what does not tell persons apart, and what does where it would be released."""
    rule = study.settings.get("cleaning", {}).get("retest")
    if rule is None:
        return
    path = ("cleaning", "retest")
    if ("person" in rule) == ("links" in rule):
        raise document.error(path, "name either `person` or `links`: who answered again?")
    release = study.settings.get("release", {})
    handled = {*release.get("quasi_identifiers", ()), *release.get("leave_out", ())}
    for place, name in enumerate(rule.get("person", ())):
        if name == "submitted_by":
            continue
        where, item = (*path, "person", place), study.main.by_id.get(name)
        if item is None:
            raise document.error(where, f"there is no item `{name}`; items or `submitted_by`.")
        if release and item.type in NUMERIC_TYPES and name not in handled:
            raise document.error(
                where,
                f"`{name}` tells persons apart and would be released; name it under "
                "release.leave_out.",
            )
