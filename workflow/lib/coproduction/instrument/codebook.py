"""The questionnaire as a page to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction import languages
from coproduction.instrument.definition import Instrument


def codebook_html(
    instrument: Instrument,
    language: str,
    frequencies: pd.DataFrame | None = None,
    synthetic: bool = False,
) -> str:
    """Render the questionnaire with its codes as one self-contained HTML page.

    Parameters
    ----------
    instrument, language
        The questionnaire, and the language of the page.
    frequencies
        How often each answer was given, from `coproduction.cleaning.frequencies`; without it the
        page is that of the questionnaire alone.
    synthetic
        Whether these answers were simulated, which the page then says.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("coproduction.instrument"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = languages.words(language, "codebook.yaml")
    records = [] if frequencies is None else frequencies.to_dict("records")
    counts = {(row["item"], row["value"]): row for row in records if row["kind"] == "answer"}
    lines: dict[str, list[str]] = {}
    for row in records:
        if row["kind"] != "answer":
            lines.setdefault(row["item"], []).append(_line(row, instrument, language, words))
    return environment.get_template("codebook.html").render(
        instrument=instrument,
        language=language,
        typography=languages.words(language, "typography.yaml"),
        words=words,
        answers=lambda item: instrument.answers(item, language),
        count=lambda item, code: _count(counts.get((item.id, str(code))), words),
        lines=lines,
        counted=bool(records),
        synthetic=synthetic,
    )


def _count(row: Mapping[str, Any] | None, words: Mapping[str, str]) -> str:
    """Write how many gave an answer, and their share as far as they are not hidden."""
    if row is None:
        return ""
    count = _number(row["n"], words)
    return f"{count} ({row['share']:.1%})" if row["n"] and row["share"] == row["share"] else count


def _number(n: float, words: Mapping[str, str]) -> str:
    return f"{n:,.0f}" if n == n else words["hidden"]


def _line(
    row: Mapping[str, Any], instrument: Instrument, language: str, words: Mapping[str, str]
) -> str:
    """Say how many gave numbers or texts, or one kind of missing answer."""
    kind, share = row["kind"], row["share_asked"]
    missing = instrument.missing_codes.get(kind)
    name = missing.label[language] if missing else words.get(kind, words["answered"])
    line = f"{name} {_number(row['n'], words)}"
    if share == share:
        line += words["of_asked"].format(share=f"{share:.1%}")
    ends = [
        f"{row[name]:.15g}" if row[name] == row[name] else "…" for name in ("minimum", "maximum")
    ]
    if ends != ["…", "…"]:
        line += f" · {words['range']} {'–'.join(ends)}"
    for name in ("mean", "sd"):
        if row[name] == row[name]:
            line += f" · {words[name]} {row[name]:.2f}"
    return line
