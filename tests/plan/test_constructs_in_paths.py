"""What stands in paths is measured by several items, or is said to be observed."""

from __future__ import annotations

import pytest
from every_block import INSTRUMENT, texts

from coproduction.errors import StudyError
from coproduction.study import read_study


def test_a_construct_of_one_item_is_refused_with_the_item_to_write(schemas):
    alone = INSTRUMENT
    for item in ("h2", "h3"):
        alone = alone.replace(
            f"{{id: {item}, response_set: agree, construct: hope",
            f"{{id: {item}, response_set: agree",
        )
    with pytest.raises(StudyError) as caught:
        read_study(texts(instrument=alone), "instruments/small", schemas)
    told = [each for each in str(caught.value).split("\n") if "paths.0." in each]
    assert any(
        "`hope` has a single item, which cannot tell its own error; write `h1`" in each
        for each in told
    )
