"""The three files of a study that begins, with a mark at everything a person has to decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from coproduction.start.missing import Missing
from coproduction.start.questions import Answer, Question
from coproduction.yamlfiles.invisible import FOUND

DECIDE = "DECIDE"
"""The mark of what a person has to decide; it stands in a comment."""
INSTRUMENT = "respondents"
SCALE_ITEMS, SCALE_ANSWERS = 3, 4
"""Fewest items in a row with the same answers, and fewest of these, that look like a scale."""
WIRES = {"dont_know": "DK", "refused": "RF"}
MODELINE = "# yaml-language-server: $schema=../../workflow/lib/coproduction/schemas/{}.schema.json"


def quoted(text: str) -> str:
    """Write a text as YAML in double quotes, without what nobody sees."""
    seen = FOUND.sub(lambda found: "" if found["found"] else found[0], text)
    return json.dumps(" ".join(seen.split()) or "—", ensure_ascii=False)


def instrument_yaml(
    asked: Sequence[Question], missing: Iterable[Missing], language: str, title: str
) -> str:
    """Write the questionnaire.

    Parameters
    ----------
    asked, missing
        Its questions, and kinds of missing answers.
    language
        Language of all wordings, as a BCP 47 tag.
    title
        Its title.
    """
    sets = _sets(asked)
    lines = [
        MODELINE.format("instrument"),
        f"# What the file does not tell is marked {DECIDE}; take each mark out when it is done.",
        "instrument:",
        f"  id: {INSTRUMENT}",
        '  version: "1"',
        "  unit: respondent",
        f"  languages: [{language}]  # {DECIDE}: is this the language of the questions?",
        f"  title: {_worded(title, language)}  # {DECIDE}: its title",
        f"  licence: LicenseRef-unknown  # {DECIDE}: the licence of the wording, as an SPDX id",
        "missing_codes:",
    ]
    for each in missing:
        wire = f", wire: {WIRES[each.kind]}" if each.kind in WIRES else ""
        label = _worded(each.label, language)
        lines.append(f"  {each.kind}: {{code: {each.code}{wire}, label: {label}}}")
    if sets:
        lines.append("response_sets:")
    ticked = {
        sets[each.answering.answers, each.answering.offered]
        for each in asked
        if each.answering.type == "select_multiple"
    }
    for (answers, offered), name in sets.items():
        lines += _set(name, answers, offered, language, ordered=name not in ticked)
    lines += _proposed(asked, language)
    lines += [
        "sections:",
        "  - id: all",
        f"    label: {_worded(title, language)}",
        "    items:",
    ]
    for question in asked:
        lines += _item(question, sets, language)
    return "\n".join(lines) + "\n"


def study_yaml(name: str, platform: str, file: str, language: str) -> str:
    """Write where the data lie."""
    text = _worded(name, language)
    return "\n".join(
        [
            MODELINE.format("study"),
            "study:",
            f"  id: {name}",
            f"  title: {text}  # {DECIDE}: the title of the report",
            "  synthetic: false",
            "  seed: 1",
            f"  languages: [{language}]",
            f"  source: {_worded(file, language)}  # {DECIDE}: where the data come from",
            "instruments: [instrument.yaml]",
            "data:",
            f"  - {{instrument: {INSTRUMENT}, platform: {platform}, files: [{quoted(file)}]}}",
            "",
        ]
    )


def plan_yaml() -> str:
    """Write a plan that plans nothing yet: the report describes."""
    return "\n".join(
        [
            MODELINE.format("plan"),
            f"# {DECIDE}: models and hypotheses, before anybody looks at results.",
            'plan: {version: "0.1.0"}',
            "",
        ]
    )


def marked(files: Mapping[str, str]) -> list[str]:
    """List what is marked in files, each with file and line."""
    return [
        f"{name}:{number}: {line.partition(f'{DECIDE}: ')[2]}"
        for name, text in files.items()
        for number, line in enumerate(text.split("\n"), 1)
        if f"{DECIDE}: " in line
    ]


Sets = dict[tuple[tuple[Answer, ...], tuple[str, ...]], str]


def _sets(asked: Iterable[Question]) -> Sets:
    """Every list of answers once, named for the first question that has it."""
    named: Sets = {}
    for question in asked:
        if question.answering.answers:
            key = question.answering.answers, question.answering.offered
            named.setdefault(key, question.id)
    return named


def _set(
    name: str, answers: Sequence[Answer], offered: Sequence[str], language: str, *, ordered: bool
) -> list[str]:
    """Write a list of answers, and what has to be decided of it: an order only where it may be."""
    bare = all(answer.label == str(answer.value) for answer in answers)
    orders = ordered and len(answers) > 2
    asks = ["what they mean"] * bare + ["ordinal, if they have an order"] * orders
    ask = f"  # {DECIDE}: the answers of `{name}`: {'; '.join(asks)}" if asks else ""
    lines = [f"  {name}:", f"    level: nominal{ask}", "    options:"]
    for answer in answers:
        wire = f", wire: {quoted(answer.wire)}" if answer.wire else ""
        label = _worded(answer.label, language)
        lines.append(f"      - {{value: {answer.value}{wire}, label: {label}}}")
    return [*lines, f"    offer_missing: [{', '.join(offered)}]"] if offered else lines


def _item(question: Question, sets: Sets, language: str) -> list[str]:
    how = question.answering
    parts = [f"id: {question.id}"]
    if question.header != question.id:
        parts.append(f"aliases: [{quoted(question.header)}]")
    if how.type == "select_multiple":
        parts.append(f"type: {how.type}")
    if how.answers:
        parts.append(f"response_set: {sets[how.answers, how.offered]}")
    else:
        parts.append(f"type: {how.type}")
    parts.append(f"text: {_worded(question.text, language)}")
    if how.hint:
        parts.append(f"hint: {_worded(how.hint, language)}")
    seen = [quoted(f"`{question.id}`: {each}")[1:-1] for each in how.decide]
    return [*(f"      # {DECIDE}: {each}" for each in seen), f"      - {{{', '.join(parts)}}}"]


def _proposed(asked: Sequence[Question], language: str) -> list[str]:
    """Name, in comments, questions in a row with the same answers: they may measure one thing."""
    runs = [list(run) for _, run in groupby(asked, key=lambda q: q.answering.answers)]
    scales = [
        run
        for run in runs
        if len(run) >= SCALE_ITEMS and len(run[0].answering.answers) >= SCALE_ANSWERS
    ]
    if not scales:
        return []
    lines = [
        "# Proposed, not assumed: these stand together and share their answers. A construct needs",
        "# `construct: NAME` at each of its items, and `level: ordinal` of their answers.",
        "# constructs:",
    ]
    for place, run in enumerate(scales, 1):
        members = ", ".join(question.id for question in run)
        lines.append(
            f"#   scale{place}: {{label: {_worded(f'Scale {place}', language)}}}  # {members}"
        )
    return lines


def _worded(text: str, language: str) -> str:
    return f"{{{language}: {quoted(text)}}}"
