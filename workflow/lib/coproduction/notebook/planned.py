"""A study's whole plan at once: what the steps of the workflow compute."""

from __future__ import annotations

import pandas as pd

from coproduction.cleaning.clean import Cleaned
from coproduction.inference import analysis
from coproduction.inference.analysis import Analysis
from coproduction.inference.completed import Answers
from coproduction.instrument.item_scales import scales_of
from coproduction.measurement import tables
from coproduction.measurement.results import Measurement
from coproduction.notebook.weighing import weighed
from coproduction.study import Study


def measure(cleaned: Cleaned, study: Study, *, cores: int = 1) -> Measurement:
    """Judge the scales of a study as its plan says.

    Parameters
    ----------
    cleaned
        What `clean` made of its data, and `weigh` where the study asks for weights.
    study
        The study.
    cores
        Number of processes; results do not depend on it.

    Returns
    -------
    Measurement
        It prints which tables it has: `reliability`, `loadings`, `fit`, `validity`, `invariance`
        and more.
    """
    return tables.measure(
        cleaned.scores,
        cleaned.nonresponse,
        study.main,
        study.plan.measurement,
        study.settings["study"]["seed"],
        cores,
        None if cleaned.retest.empty else cleaned.retest,
        study.plan.flagged_rows,
        weighed(cleaned, study),
    )


def analyse(
    cleaned: Cleaned, study: Study, communities: pd.DataFrame | None = None, *, cores: int = 1
) -> Analysis:
    """Fit the models of a study and judge its hypotheses as its plan says.

    Parameters
    ----------
    cleaned
        What `clean` made of its data, and `weigh` where the study asks for weights.
    study
        The study.
    communities
        One row per community, where the plan joins them.
    cores
        Number of processes; results do not depend on it.

    Returns
    -------
    Analysis
        It prints which tables it has: `models`, `coefficients`, `effects`, `verdicts` and more.
    """
    seed = study.settings["study"]["seed"]
    return analysis.analyse(
        cleaned.scores,
        study.plan,
        seed,
        communities,
        scales_of(study.main),
        answers=Answers(study.main, cleaned.nonresponse),
        cores=cores,
        sample=weighed(cleaned, study),
    )
