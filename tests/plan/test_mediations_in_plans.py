"""What is wrong with a planned mediation is told with its place before any data."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

MEDIATORS = "mediators: [{variable: hope, family: gaussian}], outcome: hours"
BRIEFLY = "id: briefly\n    exposure: trust"
INDIRECT = "{kind: natural_indirect, along: [trust, hope, hours]}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            MEDIATORS,
            MEDIATORS.replace("variable: hope", "variable: hours"),
            "mediations.0.mediators.0: `hours` is the outcome already",
        ),
        (
            MEDIATORS,
            MEDIATORS.replace("variable: hope", "variable: age"),
            "mediations.0.covariates.1: `age` is a mediator already",
        ),
        (
            MEDIATORS,
            MEDIATORS.replace("variable: hope", "variable: trust"),
            "mediations.0.mediators.0: `trust` is the exposure already",
        ),
        (
            MEDIATORS,
            MEDIATORS.replace("variable: hope", "variable: party"),
            "mediations.0.mediators.0.variable: `party` has 3 categories without order",
        ),
        (
            MEDIATORS,
            MEDIATORS.replace("family: gaussian}", "family: two_part_gamma}"),
            "mediations.0.mediators.0.family: there is no distribution of two_part_gamma",
        ),
        (
            MEDIATORS,
            MEDIATORS.replace("family: gaussian}", "family: poisson}"),
            "path_hypotheses.1.fragile_below: needs one mediator of the family gaussian",
        ),
        ("standardise: true, variable: trust}", "construct: trust}", "construct"),
        (MEDIATORS, f"{MEDIATORS}, category: 2", "mediations.0.category: stands only with"),
        (MEDIATORS, f"{MEDIATORS}, contrast: [1, 1]", "mediations.0.contrast: names two"),
        (MEDIATORS, f"{MEDIATORS}, bootstrap: 99", "mediations.0.bootstrap: is of rows"),
        (MEDIATORS, f"{MEDIATORS}, weights: study", "mediations.0.weights: the study has no"),
        (
            BRIEFLY,
            BRIEFLY.replace(
                "exposure: trust", "exposure: {variable: trust, split: within_cluster}"
            ),
            "mediations.1.exposure.split: needs a `cluster`",
        ),
        (
            INDIRECT,
            "{kind: indirect, along: [trust, hope, hours]}",
            "path_hypotheses.1.estimand: `through` gives no indirect along trust, hope, hours",
        ),
        (
            "mediation: through\n    family",
            "family",
            "path_hypotheses.1: needs a `path` or a `mediation`",
        ),
        (
            "    path: along\n",
            "    path: along\n    mediation: through\n",
            "path_hypotheses.0.mediation: stands beside a `path` only for `fragile_below`",
        ),
        (
            "{kind: indirect_difference, along: [trust, hope, hours], less: [busy, hope, hours]}\n"
            "    direction",
            f"{INDIRECT}\n    direction",
            "path_hypotheses.0.estimand.kind: `natural_indirect` is an effect of a mediation",
        ),
    ],
)
def test_what_is_wrong_with_a_mediation_is_told(schemas, old, new, words):
    with pytest.raises(StudyError) as error:
        read_study(texts(plan=PLAN.replace(old, new, 1)), "instruments/small", schemas)
    assert words in str(error.value)


def test_a_mediator_that_the_diagram_has_after_the_outcome_is_refused(schemas):
    nodes = '    - {id: trust, role: exposure}\n    - {id: hope, label: {en: "Hope"}}\n'
    changed = PLAN.replace("    - {id: trust, role: exposure}\n", nodes).replace(
        "edges: [[trust, work]]", "edges: [[trust, work], [work, hope]]"
    )
    with pytest.raises(StudyError, match="by the diagram `hope` follows from `hours`") as error:
        read_study(texts(plan=changed), "instruments/small", schemas)
    assert "mediations.0" in str(error.value)
