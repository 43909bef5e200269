"""The small bilingual study as the report reads it, whole or with parts replaced."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from plans import plan_of
from small_study import PLAN, PROVENANCE, STUDY, instrument, result_tables

from coproduction.report.document import compose


@pytest.fixture
def planned() -> list[Any]:
    """What the small study plans and comes from."""
    return [PLAN, PROVENANCE]


@pytest.fixture
def people(schemas):
    """The questionnaire of the small study."""
    return instrument(schemas)


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Every result table with its declared columns, a few of them with rows."""
    return result_tables()


@pytest.fixture(scope="session")
def documents(schemas):
    """The report of the small study in both languages."""
    people, tables = instrument(schemas), result_tables()
    return {
        language: compose(language, tables, people, STUDY, plan_of(PLAN), PROVENANCE)
        for language in ("zh-CN", "en")
    }


@pytest.fixture
def composed(tables, schemas):
    """Compose the small study's English report with parts of it replaced."""

    def make(label: str = "Most people can be trusted", language: str = "en", **other: Any):
        return compose(
            language,
            other.get("tables", tables),
            instrument(schemas, label),
            {**STUDY, **other.get("study", {})},
            plan_of(other.get("plan", PLAN)),
            PROVENANCE,
        )

    return make
