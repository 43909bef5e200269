"""The Chinese font of figures and pages: Noto Sans SC (OFL 1.1), shipped by the package zhplot."""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec
from pathlib import Path

from coproduction.errors import StudyError

FAMILY = "Noto Sans SC"


def font_file() -> Path:
    """Find the font without importing the package, which would change matplotlib's settings."""
    spec = find_spec("zhplot")
    for folder in spec.submodule_search_locations or () if spec else ():
        file = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if file.is_file():
            return file
    raise StudyError("The font Noto Sans SC is missing from the environment: set it up again.")


def embedded(text: str) -> str:
    """Make a CSS rule that embeds just the glyphs of a text, as WOFF.

    Readers without a Chinese font then see every character, and nothing is fetched. The bytes
    depend on the set of characters only.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(), recalcTimestamp=False, lazy=True)
    options = Options(
        layout_features=[], name_IDs=[1, 2, 13, 14], hinting=False, notdef_outline=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(character) for character in text}))
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=None)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'@font-face {{font-family: "{FAMILY}"; font-weight: 400; '
        f'src: url("data:font/woff;base64,{data}") format("woff")}}'
    )
