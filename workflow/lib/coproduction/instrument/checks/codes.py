"""Whether the codes and labels of answers can be told apart in tables and on survey platforms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coproduction.instrument.wording import normal
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

Entry = Mapping[str, Any]


def problems(document: Document) -> Iterator[Problem]:
    """Find answers that share a code or a label, or bear those of a missing answer."""
    missing = document.data["missing_codes"]
    for what in ("code", "wire"):
        for code in _repeated(entry[what] for entry in missing.values() if what in entry):
            message = f"two kinds of missing answer have the {what} `{code}`; make each unique."
            yield ("missing_codes",), message
    for name, entry in document.data.get("response_sets", {}).items():
        path = ("response_sets", name)
        yield from _options(path, entry, missing)
        yield from _equal_labels(document, path, entry["options"], missing)


def _options(path: Path, entry: Entry, missing: Mapping[str, Entry]) -> Iterator[Problem]:
    offered = entry.get("offer_missing", ())
    for kind in offered:
        if "wire" not in missing[kind]:
            message = f"`{kind}` has no `wire` under `missing_codes`; give it one."
            yield (*path, "offer_missing"), message
    values = [option["value"] for option in entry["options"]]
    wires = [str(option.get("wire", option["value"])).casefold() for option in entry["options"]]
    wires += [missing[kind]["wire"].casefold() for kind in offered if "wire" in missing[kind]]
    repeated = _repeated(map(str, values)) or _repeated(wires)
    for code in repeated:
        yield path, f"two answers have the code `{code}`; make each unique."
    for kind, each in missing.items():
        if each["code"] in values:
            yield path, f"an option has the code {each['code']} of `{kind}`; change it."
    # Whose label a code is cannot be said where two options have it.
    if not repeated:
        yield from _labels(path, entry["options"])


def _labels(path: Path, options: Sequence[Entry]) -> Iterator[Problem]:
    """Find labels that are another option's code: exports with labels would be misread."""
    codes: dict[str, Entry] = {}
    for option in options:
        for code in (str(option["value"]), str(option.get("wire", option["value"]))):
            if codes.setdefault(code.casefold(), option) is not option:
                message = f"`{code}` is the value of one option and the `wire` of another."
                yield (*path, "options"), message
    for position, option in enumerate(options):
        for label in option["label"].values():
            owner = codes.get(normal(label), option)
            if owner is not option:
                message = f"the label `{label}` is the code of another option; change either."
                yield (*path, "options", position), message


def _equal_labels(
    document: Document, path: Path, options: Iterable[Entry], missing: Mapping[str, Entry]
) -> Iterator[Problem]:
    """Find two answers that read the same in a language: nobody could tell which was given.

    A kind of missing answer counts whether it is offered or not: files label it all the same.
    """
    answers = [((*path, "options", place), option) for place, option in enumerate(options)]
    answers += [(("missing_codes", name), entry) for name, entry in missing.items()]
    owners: dict[tuple[str, str], Path] = {}
    for place, answer in answers:
        for language, label in answer["label"].items():
            owner = owners.setdefault((language, normal(label)), place)
            if owner == place:
                continue
            other = f"`{place[1]}` on" if place[0] == "missing_codes" else "another answer on"
            message = (
                f"the label `{label}` is that of {other} line {document.line(place)}; "
                "an export with labels could be read as either, so change one."
            )
            yield (*owner, "label", language), message


def _repeated(codes: Iterable[Any]) -> list[Any]:
    return [code for code, times in Counter(codes).items() if times > 1]
