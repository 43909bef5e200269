from __future__ import annotations

import pytest
from unanswered import QUESTIONS


@pytest.fixture(scope="session")
def people(parse):
    return parse(QUESTIONS)
