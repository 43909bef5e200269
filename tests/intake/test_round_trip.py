"""Whatever is asked and answered, each platform's file gives back what was answered."""

from __future__ import annotations

import made
import pandas as pd
import pytest
from answered import Submission, answers_in, expected, utc
from hypothesis import HealthCheck, given, settings
from written import LAYOUTS, Layout

from coproduction.instrument.definition import Instrument
from coproduction.intake.readers import read_export

EXAMPLES = settings(max_examples=15, suppress_health_check=list(HealthCheck))
# Files of statistics programs are read by a process each.
FEW = settings(EXAMPLES, max_examples=4)

ONE_EACH = {layout.platform: name for name, layout in LAYOUTS.items()}.values()


def check(layout: Layout, instrument: Instrument, people: list[Submission]) -> None:
    file = layout.write(instrument, people)
    intake = read_export(
        file, instrument, "export", platform=layout.platform, time_zone=layout.time_zone
    )
    pd.testing.assert_frame_equal(
        answers_in(intake.responses, instrument), expected(instrument, people)
    )
    for name in layout.moments:
        moments = [utc(getattr(person, name.removesuffix("_at"))) for person in people]
        assert intake.responses[name].tolist() == moments


@pytest.mark.parametrize("name", LAYOUTS)
def test_answers_survive_the_way_through_a_platform(name: str) -> None:
    @(FEW if LAYOUTS[name].platform == "spss_stata" else EXAMPLES)
    @given(made.surveys())
    def law(survey) -> None:
        check(LAYOUTS[name], *survey)

    law()


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_questionnaire_of_500_items_is_read_whole(name: str) -> None:
    check(LAYOUTS[name], *made.long_survey(500, 3, seed=7))
