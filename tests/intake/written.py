"""Every kind of file that the readers know, by name: platform, writer, what the file cannot say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from answered import Submission
from files import delimited, excel, parquet, spss, stata
from layouts import kobotoolbox, limesurvey, odk_central, surveycto, surveyjs
from panels import paper, plain, qualtrics, redcap, wenjuanxing

from coproduction.instrument.definition import Instrument

Write = Callable[[Instrument, Sequence[Submission]], bytes]


@dataclass(frozen=True)
class Layout:
    """A kind of file.

    Attributes
    ----------
    platform
        Name of its reader.
    write
        Writes answers as such a file.
    moments
        Which moments the file holds.
    time_zone
        Zone of its moments, if they name none and it is not the platform's own.
    """

    platform: str
    write: Write
    moments: tuple[str, ...] = ("started_at", "ended_at")
    time_zone: str | None = None


def _kobo(encode: Callable = delimited, **options) -> Layout:
    file = {"delimiter": ";", "quote": True}
    file |= {k: options.pop(k) for k in ("delimiter", "quote", "encoding") if k in options}

    def write(instrument: Instrument, submissions: Sequence[Submission]) -> bytes:
        sheet = kobotoolbox(instrument, submissions, **options)
        return encode(sheet, **file) if encode is delimited else encode(sheet)

    return Layout("kobotoolbox", write)


def _text(platform: str, sheet: Callable, moments=("started_at", "ended_at"), zone=None, **options):
    file = {k: options.pop(k) for k in ("delimiter", "quote", "encoding") if k in options}

    def write(instrument: Instrument, submissions: Sequence[Submission]) -> bytes:
        return delimited(sheet(instrument, submissions, **options), **file)

    return Layout(platform, write, moments, zone)


def _excel(platform: str, sheet: Callable, name: str = "Sheet1", moments=None, **options) -> Layout:
    return Layout(
        platform,
        lambda i, s: excel(sheet(i, s, **options), name),
        moments or ("started_at", "ended_at"),
    )


LIME = {"delimiter": ";", "quote": True, "encoding": "utf-8-sig"}
CHINESE = "Asia/Shanghai"
LAYOUTS: dict[str, Layout] = {
    "kobo values": _kobo(),
    "kobo values without groups": _kobo(groups=False),
    "kobo values before 2026-09": _kobo(recent=False),
    "kobo values with commas": _kobo(delimiter=","),
    "kobo values unquoted": _kobo(quote=False),
    "kobo values with byte-order mark": _kobo(encoding="utf-8-sig"),
    "kobo values in UTF-16": _kobo(encoding="utf-16"),
    "kobo values in GB18030": _kobo(encoding="gb18030"),
    "kobo joined choices": _kobo(multiple="summary"),
    "kobo split choices": _kobo(multiple="details"),
    "kobo with HXL tags": _kobo(tagged=True),
    "kobo with another mark between groups": _kobo(mark=":"),
    "kobo Chinese labels": _kobo(words="zh-CN"),
    "kobo Chinese labels without groups": _kobo(words="zh-CN", groups=False, recent=False),
    "kobo English labels": _kobo(words="en"),
    "kobo Excel": _kobo(excel),
    "kobo Excel with English labels": _kobo(excel, words="en"),
    "central": _text("odk_central", odk_central),
    "central without groups": _text("odk_central", odk_central, groups=False),
    "central split": _text("odk_central", odk_central, split=True),
    "surveycto": _text("surveycto", surveycto, zone=CHINESE),
    "limesurvey codes": _text("limesurvey", limesurvey, **LIME),
    "limesurvey headings": _text("limesurvey", limesurvey, headings="full", **LIME),
    "limesurvey long answers": _text("limesurvey", limesurvey, words="zh-CN", **LIME),
    "limesurvey all in words": _text("limesurvey", limesurvey, words="en", headings="full", **LIME),
    "qualtrics values": _text("qualtrics", qualtrics, zone=CHINESE),
    "qualtrics labels": _text("qualtrics", qualtrics, zone=CHINESE, words="en"),
    "qualtrics joined": _text("qualtrics", qualtrics, zone=CHINESE, split=False),
    "qualtrics by wording": _text("qualtrics", qualtrics, zone=CHINESE, tags=False),
    "qualtrics old": _text("qualtrics", qualtrics, zone=CHINESE, legacy=True, encoding="utf-8-sig"),
    "redcap raw": _text("redcap", redcap, ()),
    "redcap labels": _text("redcap", redcap, (), words="en"),
    "wenjuanxing text": _text("wenjuanxing", wenjuanxing, encoding="gb18030"),
    "wenjuanxing numbers": _text("wenjuanxing", wenjuanxing, numbers=True),
    "wenjuanxing text in Excel": _excel("wenjuanxing", wenjuanxing),
    "wenjuanxing numbers in Excel": _excel("wenjuanxing", wenjuanxing, numbers=True),
    "surveyjs": Layout("surveyjs", surveyjs),
    "spss": Layout("spss_stata", spss),
    "stata": Layout("spss_stata", stata),
    "paper": _excel("paper", paper, "录入"),
    "plain": _text("plain", plain),
    "plain in tabs": _text("plain", plain, delimiter="\t"),
    "plain by wording": _text("plain", plain, names=lambda item: item.text["zh-CN"]),
    "plain Excel": _excel("plain", plain),
    "plain Parquet": Layout("plain", lambda i, s: parquet(plain(i, s))),
}
