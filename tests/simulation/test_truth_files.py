"""A truth file says in one message, with lines, everything in which it fits nothing."""

from __future__ import annotations

import pytest
from towns import shipped, town, truth_of

from coproduction.errors import StudyError

WRONG = {
    'conditions: {woman: "sexx == 1"}': "`sexx` is neither an item",
    'conditions: {woman: "sex == 7"}': "an answer that it cannot have",
    'conditions: {trust: "sex == 1"}': "`trust` is the name of a variable",
    "equations: {t1: {}}": "`t1` belongs to a scale",
    "equations: {place: {}}": "`place` belongs to a scale or to the form's design",
    "equations: {duty: {causes: {trsut: 0.1}}}": "did you mean `trust`?",
    'equations: {duty: {causes: {"trust*sexx": 0.1}}}': "`sexx` is neither a variable",
    "equations: {duty: {causes: {t1: 0.1}}}": "or is an item of a scale",
    "equations: {duty: {causes: {helped: 0.1}}}": "`helped` is a multiple choice; name a condition",
    "equations: {duty: {normal: {}, count: {mean: 1}}}": "comes about in two ways",
    "equations: {sex: {causes: {trust: 0.1}}}": "needs to say how it comes about",
    "equations: {firm: {logit: {rate: 0.5}, causes: {trust: 0.1}}}": "is of persons and cannot",
    "equations: {sex: {logit: {rate: 0.5}}}": "`sex` is never 0; possible are 1, 2",
    "equations: {sex: {logit: {values: [1, 2]}}}": "needs either a `rate` or an `intercept`",
    "equations: {sex: {logit: {rate: 0.5, values: [1, 2], exact: true}}}": "is for variables",
    'equations: {area: {categories: {shares: {"4": 1}}}}': "`area` is never 4",
    'equations: {area: {categories: {shares: {"1": 0}}}}': "at least one share must be above",
    'equations: {area: {categories: {shares: {"1": 1}, causes: {"2": {trust: 1}}}}}': "no share of",
    'equations: {area: {ordered: {shares: {"2": 1, "1": 1}}}}': "the codes must ascend",
    "equations: {helped: {count: {mean: 1}}}": "a multiple choice is answered by `ticks`",
    'equations: {helped: {ticks: {shares: {"99": 0.1}}}}': "ticked by those who tick",
    'equations: {duty: {ticks: {shares: {"1": 0.1}}}}': "`ticks` are for a multiple choice",
    "equations: {duty: {uniform: {low: 0, high: 1}, causes: {trust: 1}}}": "does not go with",
    'equations: {more: {expression: "trust + nobody"}}': "`nobody` is neither",
    "equations: {more: {cut: {of: trust, at: [0], codes: [1]}}}": "1 limits make 2 codes",
    "equations: {more: {tally: trust}}": "a multiple choice is counted by `tally`",
    "equations: {more: {aggregate: {of: firm}}}": "`firm` is no variable that can stand",
    "equations: {served: {logit: {rate: 0.3, values: [2, 1]}, community_share: 0.1}}": "use",
    "equations: {duty: {community_sd: 0.1}}": "`community_share` instead",
    "equations: {firm: {logit: {rate: 0.3}, community_sd: 0.1}}": "no deviations of communities",
    "correlations: {names: [trust, duty], values: []}": "2 variables need 1 rows",
    "correlations: {names: [trust, sex], values: [[0.1]]}": "`sex` is no normal variable",
    "correlations: {names: [trust, duty], values: [[1.2]]}": "not positive definite",
    "scales: {constructs: {trsut: {}}}": "there is no construct `trsut`",
    "scales: {constructs: {trust: {loadings: [0.5]}}}": "`trust` has 4 items",
    "scales: {constructs: {trust: {thresholds: easy}}}": "there are no thresholds `easy`",
    "scales: {thresholds: {easy: [0]}, items: {t1: {thresholds: easy}}}": "needs 4 thresholds",
    "scales: {thresholds: {easy: [0, 1, 3, 2]}, items: {t1: {thresholds: easy}}}": "must ascend",
    "scales: {items: {sex: {}}}": "`sex` is no item of a scale",
    "scales: {items: {t1: {cross_loadings: {sex: 0.1}}}}": "`sex` is no construct or facet",
    'scales: {differences: [{condition: "sex == 1", items: [sex]}]}': "`sex` is no item of a scale",
    "scales: {ignorance: {nobody: 1}}": "`nobody` is neither a variable",
    "styles: {acquiescence: {items: {sex: 0.2}}}": "`sex` is no item of a scale",
    "styles: {desirability: {constructs: [nobody]}}": "there is no construct `nobody`",
    "communities: {code: C}": "needs one `{}` for the number",
    'communities: {code: "C{}"}': "`place` must be of the form",
    "equations: {careless: {normal: {}}}": "`careless` is 0 or 1 of persons",
    "equations: {responds: {logit: {rate: 0.5, values: [1, 2]}}}": "`responds` is 0 or 1",
    'sample: {frames: {roster: {where: "srved == 1"}}}': "`srved` is neither",
    'sample: {frames: {roster: {where: "t1 == 1"}}}': "`t1` is neither",
    'sample: {seen: {"2.11": "agreed == 3"}}': "an answer that it cannot have",
    "sample: {margins: [hours]}": "`hours` is no question with one answer",
    "nonresponse: {items: {nobody: {}}}": "`nobody` is no question",
    "nonresponse: {items: {sex: {refused: 0.1}}}": "`sex` does not offer `refused`",
    "nonresponse: {items: {agreed: {blank: 0.1}}}": "the form insists on an answer",
    "nonresponse: {causes: {nobody: 1}}": "`nobody` is neither a variable",
    'equations: {duty: {causes: {"drive*trust": 1, "trust * drive": 1}}}': (
        "trust * drive: is the same product as `drive*trust`; keep one of them"
    ),
    "carelessness: {kinds: {straight: 0}}": "at least one share must be above zero",
    "carelessness: {kinds: {strait: 1}}": "did you mean `straight`?",
    "fieldwork: {impossible: [{item: sex, value: 9, share: 0.1}]}": "`sex` is no question",
    'fieldwork: {start: "3 March"}': "First day",
    "retest: {days: {least: 9, most: 3}}": "must not be above `most`",
    "panel: {waves: [{id: retest, days: 3}]}": "`retest` is the name of another wave",
    "panel: {waves: [{id: a, days: 3}, {id: b, days: 3}]}": "each later than the one before",
    "panel: {waves: [{id: a, days: 3, starts: {staff: 0.1}}]}": "`staff` is no logit variable of",
    "panel: {waves: [{id: a, days: 3, shifts: {nobody: 1}}]}": "`nobody` is no variable that",
    "equations: {was: {before: {of: nobody}}}": "`nobody` is no variable that can stand",
    "texts: {founded: soon}": "`soon` is not of the form",
    "texts: {place: C001}": "`place` is no question for a text",
    "equations: {Duty: {}}": "small letters",
    "equations: {duty: {cause: {trust: 0.1}}}": "did you mean `causes`?",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_fit_is_refused_with_its_line(text):
    with pytest.raises(StudyError) as refusal:
        truth_of(text)
    assert str(refusal.value).startswith("truth.yaml, line 1, ")
    assert WRONG[text] in str(refusal.value)


def test_everything_wrong_is_told_at_once():
    text = (
        "equations:\n  t1: {}\n  duty: {causes: {nobody: 1}}\nscales:\n  ignorance: {nobody: 1}\n"
    )
    with pytest.raises(StudyError) as refusal:
        truth_of(text)
    lines = [line.split(",")[1].strip() for line in str(refusal.value).splitlines()]
    assert lines == ["line 2", "line 3", "line 5"]


def test_a_file_that_says_nothing_is_a_truth():
    truth = truth_of("equations: {}")
    assert truth.communities.number == 40
    names = set(truth.system.equations)
    assert {"trust", "duty", "served", "hours", "firm", "staff"} <= names
    # Styles and facets that nothing makes use of are not drawn.
    assert not names & {"acquiescence", "trust_near", "mark", "check", "place"}


@pytest.mark.parametrize("study", [town, shipped])
def test_every_questionnaire_can_do_without(study):
    main, sheet = study()
    equations = truth_of("equations: {}", main, sheet).system.equations
    assert set(main.constructs) <= set(equations)
    assert set(truth_of("equations: {}", main).system.equations) < set(equations)
