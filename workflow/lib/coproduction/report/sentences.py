"""Sentences about results, made by rule from the same cells that the tables show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.paths.questions import PathHypothesis
from coproduction.report.labels import Labels
from coproduction.report.numbers import beside, count, equated, given, interval, number
from coproduction.report.words import wording, words


def sample_sentence(flow: pd.DataFrame, language: str) -> str:
    """Say how many submissions came in and how many are analysed."""
    received, analysed = flow["n_remaining"].iloc[0], flow["n_remaining"].iloc[-1]
    name = "whole_sample_sentence" if received == analysed else "sample_sentence"
    return words(language)[name].format(received=count(received), analysed=count(analysed))


def measurement_sentences(
    reliability: pd.DataFrame, minimum: float, planned: bool, labels: Labels
) -> list[str]:
    """Say how many scales reach the minimal reliability, and name those that do not."""
    text = labels.text
    weak = reliability[~(reliability["alpha"] >= minimum)]
    sentences = [
        text["measurement_sentence"].format(
            minimum=given(minimum),
            planned=text["minimum_planned"] if planned else "",
            good=count(len(reliability) - len(weak)),
            all=count(len(reliability)),
        )
    ]
    if len(weak):
        named = [
            text["bracketed"].format(name=labels.name(name), words=beside(alpha, minimum))
            for name, alpha in zip(weak["construct"], weak["alpha"], strict=True)
        ]
        sentences.append(text["weak_sentence"].format(scales=text["list_separator"].join(named)))
    return sentences


def verdict_sentences(
    row: Mapping[str, Any],
    hypothesis: Hypothesis | PathHypothesis,
    labels: Labels,
    corrected: bool = True,
    objections: Sequence[str] = (),
) -> list[str]:
    """Say what was estimated for a hypothesis and what follows from the plan's rule.

    Parameters
    ----------
    row
        Row of `inference/verdicts.csv`.
    hypothesis
        The hypothesis as planned.
    labels
        Names in the language of the report.
    corrected
        Whether the p values of its family are corrected for their number.
    objections
        Notes of what is said against it.
    """
    text, language = labels.text, labels.language
    exploratory = row["status"] == "exploratory"
    status = [text["exploratory_sentence"]] if exploratory else []
    status += [labels.message(row["note"])] if row["note"] else []
    if row["verdict"] == "not_estimable":
        reason = labels.message(row["reason"])
        return [text["verdict_sentence"]["not_estimable"].format(reason=reason), *status]
    words = text["correction" if corrected else "no_correction"]
    estimate = text["estimate_sentence"].format(
        estimate=beside(row["estimate"], *_bounds(row)),
        interval=interval(row["conf_low"], row["conf_high"]),
        p=equated(row["p_adjusted"]),
        n=count(row["n"]),
        clusters=clusters_clause(row["n_clusters"], language),
        unit=wording(hypothesis.unit, language),
        **words,
    )
    verdict = text["between"].join(_verdict(row, words, text))
    if labels.synthetic:
        verdict = text["simulated_verdict"].format(sentence=verdict)
    against = text["between"].join(labels.message(each) for each in objections)
    told = [text["objections_sentence"].format(sentences=against)] if against else []
    return [verdict, *told, estimate, *status]


def _verdict(
    row: Mapping[str, Any], words: Mapping[str, str], text: Mapping[str, Any]
) -> Iterator[str]:
    """Say the rule that applied, and what the intervals say beyond it."""
    sign = 1 if row["direction"] == "positive" else -1
    margin, smallest = row["comparison"] == "non_inferiority", row["smallest_effect"]
    ends = row["equivalence_low"], row["equivalence_high"]
    shown = {
        "smallest": given(smallest, digits=3),
        "bound": given((-sign if margin else sign) * smallest, digits=3),
        "judged": text["judged"][row["estimand"]],
        "opposite": given(-sign * smallest, digits=3),
        "equivalence": interval(*ends, limits=_bounds(row)),
        **words,
    }
    sentences = text["non_inferiority_sentence" if margin else "verdict_sentence"]
    told = sentences[row["verdict"]]
    yield (told if isinstance(told, str) else told[row["direction"]]).format(**shown)
    if not margin:
        for each in _reaches(row, sign):
            yield text["interval_sentence"][each].format(**shown)


def _bounds(row: Mapping[str, Any]) -> tuple[float, float]:
    """Smallest effect of interest, either way."""
    return row["smallest_effect"], -row["smallest_effect"]


def _reaches(row: Mapping[str, Any], sign: int) -> Iterator[str]:
    """Name what the 90 % interval holds, and whether the 95 % interval tells it from zero."""
    code, smallest = row["verdict"], row["smallest_effect"]
    low, high = sorted((sign * row["equivalence_low"], sign * row["equivalence_high"]))
    if code == "supported":
        yield "all_large" if low >= smallest else "smaller_too"
    elif code == "detected_below_smallest_effect":
        yield "as_large_too" if high >= smallest else "none_as_large"
    elif code == "inconclusive":
        yield "as_predicted_only" if low >= smallest else "as_predicted_too"
    elif code == "contradicted" and high < smallest:
        yield "none_as_predicted"
    if code in ("contradicted", "effect_ruled_out", "inconclusive") and low <= -smallest:
        yield "opposite_only" if high <= -smallest else "opposite_too"
    if code == "inconclusive":
        yield "no_evidence_of_absence"
    elif code == "practically_null" and not row["conf_low"] <= 0 <= row["conf_high"]:
        yield "small_but_not_zero"


def tally(verdicts: pd.DataFrame, labels: Labels) -> str:
    """Say how many hypotheses have which verdict, in the order of the words' verdicts."""
    text, parts = labels.text, []
    objected = verdicts.get("objections", pd.Series("", verdicts.index)).fillna("").ne("")
    for code, verdict in text["verdict"].items():
        own = verdicts["verdict"].eq(code)
        told = {verdict: own & ~objected}
        told[text["with_objections_short"].format(verdict=verdict)] = own & objected
        parts += [
            text["tally_part"].format(n=count(which.sum()), verdict=each)
            for each, which in told.items()
            if which.any()
        ]
    listed = text["list_separator"].join(parts)
    sentence = text["tally"].format(n=count(len(verdicts)), parts=listed)
    return text["simulated_tally"].format(tally=sentence) if labels.synthetic else sentence


def estimate_in_words(row: Mapping[str, Any], labels: Labels) -> str:
    """Give a hypothesis with its verdict, estimate and interval, for those who see no picture."""
    estimate = f"{number(row['estimate'])} {interval(row['conf_low'], row['conf_high'])}"
    verdict = labels.verdict(row["verdict"], row.get("objections") or "")
    return f"{row['hypothesis']} {verdict} {estimate}"


def clusters_clause(n_clusters: Any, language: str) -> str:
    """Name the number of clusters, or nothing where there are none."""
    shown = count(n_clusters)
    return words(language)["notes"]["clusters"].format(n=shown) if shown != "–" else ""


def described(names: Iterable[str], values: Iterable[float], separator: str) -> str:
    """Give the points of a figure in words, for those who see no picture."""
    pairs = zip(names, values, strict=True)
    return separator.join(f"{name} {number(value)}" for name, value in pairs)
