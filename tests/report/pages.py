"""What is wrong with a page for people who read it by keyboard, by ear or with weak eyes."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "use", "rect", "line", "circle"}
ENOUGH = 4.5
"""Contrast of text that WCAG 2.2 asks for at level AA."""
PAIRS = (("ink", "#ffffff"), ("quiet", "#ffffff"), ("accent", "#ffffff"), ("accent", "wash"))
"""Colours of text and of what lies behind it, as the style sheet's variables name them."""


@dataclass
class Element:
    """An element of a page with what lies in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every word in it that is read."""
        read = [child.text for child in self.children if child.tag not in ("script", "style")]
        return " ".join([*self.words, *read]).strip()

    def all(self, *tags: str) -> list[Element]:
        """Every element in it with one of these tags, in order."""
        found = [self] if self.tag in tags else []
        return found + [each for child in self.children for each in child.all(*tags)]

    def every(self) -> list[Element]:
        """The element and everything in it."""
        return [self, *(each for child in self.children for each in child.every())]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        if any(element.tag == tag for element in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data):
        self.open[-1].words.append(data)


def read(page: str) -> Element:
    """Read a page into elements."""
    reader = _Reader()
    reader.feed(page)
    return reader.open[0]


def problems(page: str) -> list[str]:
    """Name everything that stands in a reader's way."""
    root = read(page)
    parts = (_document, _references, _tables, _fields, _pictures)
    return [*(found for part in parts for found in part(root)), *_colours(page)]


def _document(root: Element) -> list[str]:
    found = []
    if not any(each.attributes.get("lang") for each in root.all("html")):
        found.append("the page names no language")
    heads = root.all("head")
    if not any(each.text for head in heads for each in head.all("title")):
        found.append("the page has no title")
    levels = [int(each.tag[1]) for each in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels[:1] != [1] or levels.count(1) != 1:
        found.append("the page has no first heading, or several")
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        found.append("a heading skips a level")
    for landmark in ("main", "header", "footer"):
        if len(root.all(landmark)) != 1:
            found.append(f"the page has no {landmark}, or several")
    found += [
        "a navigation has no name"
        for each in root.all("nav", "aside")
        if not each.attributes.get("aria-label")
    ]
    return found


def _references(root: Element) -> list[str]:
    ids = [each.attributes["id"] for each in root.every() if "id" in each.attributes]
    found = [f"the id {each} is given twice" for each in {i for i in ids if ids.count(i) > 1}]
    links = [each.attributes.get("href", "")[1:] for each in root.all("a")]
    named = [each.attributes.get("aria-labelledby") for each in root.every()]
    lost = {each for each in [*links, *named] if each and each not in ids}
    if not links or links[0] != "main":
        found.append("the first link does not skip to the text")
    return found + [f"{each} is referred to and is nowhere" for each in sorted(lost)]


def _tables(root: Element) -> list[str]:
    found = []
    for table in root.all("table"):
        if not any(each.text for each in table.all("caption")):
            found.append("a table has no caption")
        if any("scope" not in each.attributes for each in table.all("th")):
            found.append("a heading of a table does not say what it heads")
        headings = table.all("thead")[0].all("th", "td") if table.all("thead") else []
        for row in (row for body in table.all("tbody") for row in body.all("tr")):
            cells = row.all("th", "td")
            width = sum(int(each.attributes.get("colspan", 1)) for each in cells)
            if width != len(headings):
                found.append("a row is not as wide as its table")
    scrolled = [each for each in root.all("div") if "scroll" in each.attributes.get("class", "")]
    if any(each.attributes.get("tabindex") != "0" for each in scrolled):
        found.append("a wide table cannot be scrolled by keyboard")
    return found


def _fields(root: Element) -> list[str]:
    fields = root.all("input", "select")
    labelled = [each for label in root.all("label") for each in label.all("input", "select")]
    return ["a field has no label"] * (len(fields) - len(labelled))


def _pictures(root: Element) -> list[str]:
    found = [
        "a picture has no description"
        for each in root.every()
        if each.attributes.get("role") == "img"
        and not each.attributes.get("aria-label", "").strip()
    ]
    drawn = [each for each in root.every() if each.attributes.get("role") == "img"]
    inside = [svg for each in drawn for svg in each.all("svg")]
    return found + ["a picture is not marked as one"] * (len(inside) != len(root.all("svg")))


def _colours(page: str) -> list[str]:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", page))
    found = []
    for text, behind in PAIRS:
        if contrast(colours.get(text, text), colours.get(behind, behind)) < ENOUGH:
            found.append(f"{text} on {behind} is too faint")
    return found


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
