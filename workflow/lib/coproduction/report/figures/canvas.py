"""Drawing on a page of the project's style: readable in grey, no time stamp, glyphs as paths."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from coproduction.report.blocks import Drawing
from coproduction.report.fonts import FAMILY, WIDER, drawable, font_file
from coproduction.report.numbers import display_width

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

INK, QUIET, BAND = "#1a1a1a", "#6b6b6b", "#dcdcdc"
TIP = "tip: "
"""Start of an artist's group id; what follows shows when the pointer rests on the artist."""
STRIP = 0.16
"""Height in inches of the strip at the foot that bears the stamp."""
PLACE = r' (?:d|x|y|width|height|transform)="[^"]*"'
"""Attributes that say where something stands, in points."""
DIGITS = r"(?<![\d.])[1-9]\d*\.\d{4,}"
"""Numbers of more digits than anybody sees; those below one may be scales and are left alone."""
MISSING = re.compile(r"Glyph (\d+) .* missing")
"""What matplotlib says of a character that no font has."""
STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "coproduction",
    "text.parse_math": False,
    "font.size": 10,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


def styled(draw: Callable[..., Any]) -> Callable[..., Drawing]:
    """Make a function that draws a figure give a picture that is drawn when it is needed.

    Where the project's font lacks a character, the figure is drawn again in a font that holds more
    scripts; what that lacks too is drawn as boxes.
    """

    @functools.wraps(draw)
    def drawn(*arguments: Any, **options: Any) -> Drawing:
        def picture() -> tuple[str, str]:
            with _style(_family(FAMILY)) as missing:
                svg = _svg(draw(*arguments, **options))
            if missing:
                with _style(_family(WIDER), _family(FAMILY)) as missing:
                    svg = _svg(draw(*arguments, **options))
            found = [MISSING.match(str(each.message)) for each in missing]
            codes = {int(each[1]) for each in found if each}
            return svg, "".join(map(chr, sorted(codes)))

        return Drawing(picture)

    return drawn


@functools.cache
def _family(name: str) -> str:
    """Make a font known to matplotlib, once: each time it forgets what it has looked up."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(font_file(name)))
    return font_manager.FontProperties(fname=str(font_file(name))).get_name()


@contextlib.contextmanager
def _style(*families: str) -> Iterator[list[warnings.WarningMessage]]:
    """Use the project's style and fonts, leaving matplotlib's own settings alone.

    Gives the warnings on characters that no font has.
    """
    from matplotlib import rc_context

    with (
        rc_context({**STYLE, "font.family": list(families)}),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.filterwarnings("always", message=MISSING.pattern)
        missing: list[warnings.WarningMessage] = []
        yield missing
        missing += [each for each in caught if MISSING.match(str(each.message))]


def canvas(width: float, height: float) -> tuple[Any, Any]:
    """Open a figure of a size in inches with one field to draw on."""
    figure = _page(width, height)
    return figure, figure.subplots()


def panels(width: float, heights: Sequence[float], columns: int) -> tuple[Any, Any]:
    """Open a figure with rows of given heights in inches: rows × columns of figures within it."""
    figure = _page(width, sum(heights))
    return figure, figure.subfigures(len(heights), columns, squeeze=False, height_ratios=heights)


def _page(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def bare(axes: Any, *sides: str) -> None:
    """Take away the frame on some sides, and the ticks of the vertical axis."""
    axes.tick_params(axis="y", length=0)
    for side in sides:
        axes.spines[side].set_visible(False)


def finished(figure: Any, stamp: str) -> Any:
    """Add the stamp to a figure, in a strip of its own at the foot."""
    if stamp:
        strip = STRIP / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, strip, 1, 1 - strip))
        figure.text(0.99, 0.01, stamp, ha="right", va="bottom", color=QUIET, fontsize=8)
    return figure


def _svg(figure: Any) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.S)
    svg = re.sub(rf'<g id="{TIP}([^"]*)">', r"<g><title>\1</title>", svg)
    # The last digits of a layout vary; matplotlib writes them, and names clip paths by all of them.
    svg = re.sub(PLACE, lambda place: re.sub(DIGITS, lambda x: f"{float(x[0]):.3f}", place[0]), svg)
    for number, name in enumerate(re.findall(r'<clipPath id="([^"]+)"', svg)):
        svg = svg.replace(name, f"clip{number}")
    for size in ("width", "height"):
        svg = re.sub(rf'(<svg[^>]*?) {size}="[^"]*"', r"\1", svg)
    return svg


def stacked(
    lines: Sequence[str], groups: Sequence[str]
) -> tuple[list[float], dict[float, str], float]:
    """Place rows below each other, with room for headings and for labels of several lines."""
    places, headings, place, last = [], {}, 0.0, ""
    for position, line in enumerate(lines):
        heading = groups[position] if groups else ""
        if heading != last:
            headings[place], last = heading, heading
            place += 1
        extra = 0.45 * line.count("\n")
        places.append(place + extra / 2)
        place += 1 + extra
    return places, headings, place


def wrapped(text: str, width: int) -> str:
    """Break a text into lines of at most a number of half-width characters.

    Words stay whole if they fit a line; Chinese text breaks anywhere but before a closing mark.
    """
    lines, line = [], ""
    for piece in (part for word in _pieces(text) for part in _parts(word, width)):
        if line and _room(line + piece.rstrip()) > width and not _closes(piece):
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, line.rstrip()])


def _closes(piece: str) -> bool:
    """Whether a piece is a mark that no line begins with, in any script."""
    return len(piece) == 1 and unicodedata.category(piece) in ("Pe", "Pf", "Po")


def _parts(word: str, width: int) -> list[str]:
    """Cut a word that no line holds, such as a sentence of a script without spaces."""
    parts = [""]
    for character in word:
        if _room(parts[-1] + character.rstrip()) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _room(text: str) -> int:
    """Width that a text takes in a figure, where a box is as wide as a Chinese character."""
    boxes = sum(1 for each in text if each not in drawable() and unicodedata.category(each) != "Cf")
    return display_width(text) + boxes


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after spaces and around wide characters."""
    pieces, word = [], ""
    for character in text:
        if display_width(character) == 2:
            pieces += [word, character] if word else [character]
            word = ""
        elif character == " ":
            pieces.append(word + character)
            word = ""
        else:
            word += character
    return [*pieces, word] if word else pieces
