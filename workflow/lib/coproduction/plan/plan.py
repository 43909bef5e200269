"""The analysis plan: every block of it, made once and handed whole to whoever needs a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

from coproduction.plan.data.communities import Communities, Summary
from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.data.missing import MissingAnswers
from coproduction.plan.data.variables import Variable
from coproduction.plan.descriptions import Description
from coproduction.plan.experiments import Experiment
from coproduction.plan.grid.cells import Cell, cells
from coproduction.plan.grid.grid import Grid
from coproduction.plan.hypotheses.diagram import CausalDiagram
from coproduction.plan.hypotheses.hypotheses import FamilyOfTests, Hypothesis
from coproduction.plan.hypotheses.without_verdict import WithoutVerdict
from coproduction.plan.measurement.measurement import MeasurementPlan
from coproduction.plan.models.model import Model
from coproduction.plan.models.moderation import Moderation
from coproduction.plan.models.rules import Checks, KeepApart, Population
from coproduction.plan.options import IMPUTED
from coproduction.plan.paths.mediations import Mediation
from coproduction.plan.paths.paths import PathModel
from coproduction.plan.paths.questions import Composite, PathHypothesis
from coproduction.plan.reading import read
from coproduction.yamlfiles.problems import Path


@dataclass(frozen=True)
class Edition:
    """Which plan it is: its version, and where and when it was registered, if it was."""

    version: str
    registration: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The planned analysis.

    Attributes
    ----------
    plan
        Which plan it is.
    measurement
        How scales are judged.
    variables
        Derived variables, in order.
    keep_apart
        What must never predict what.
    communities
        How sheets of communities are joined, if they are.
    flagged_rows
        Which quality flags leave a row out of models.
    populations
        Names of the conditions under `subset`.
    models
        Models, in the order in which they are fitted.
    paths, mediations
        Path models, and mediations of observed variables.
    families, hypotheses
        Hypotheses, and the families in which their tests are corrected.
    path_hypotheses, composites
        Hypotheses on path models and mediations, and ones that so many of several others hold.
    without_verdict
        Hypotheses of the study that are not judged, and why.
    moderation
        Moderations that are tabulated beside the hypotheses.
    descriptions
        Figures that describe.
    grids
        Specifications under which hypotheses are estimated again.
    experiments
        Randomised experiments within the questionnaire.
    diagram
        The causes that the plan assumes, if it says any.
    checks
        Checks beside the planned tests.
    missing
        How missing answers are imputed, if they are.
    left_out
        Keys that the file leaves out, and that have the default of the schema.
    """

    plan: Edition
    measurement: MeasurementPlan
    variables: tuple[Variable, ...] = ()
    keep_apart: tuple[KeepApart, ...] = ()
    communities: Communities | None = None
    flagged_rows: FlaggedRows
    populations: tuple[Population, ...] = ()
    models: tuple[Model, ...] = ()
    paths: tuple[PathModel, ...] = ()
    mediations: tuple[Mediation, ...] = ()
    families: tuple[FamilyOfTests, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    path_hypotheses: tuple[PathHypothesis, ...] = ()
    composites: tuple[Composite, ...] = ()
    without_verdict: tuple[WithoutVerdict, ...] = ()
    moderation: tuple[Moderation, ...] = ()
    descriptions: tuple[Description, ...] = ()
    grids: tuple[Grid, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    diagram: CausalDiagram | None = None
    checks: Checks
    missing: MissingAnswers | None = None
    left_out: tuple[tuple[str | int, ...], ...] = field(default=(), compare=False)

    def states(self, *path: str | int) -> bool:
        """Tell of a key that has a default whether the plan itself says what stands there."""
        return not any(path[: len(each)] == each for each in self.left_out)

    @cached_property
    def by_name(self) -> dict[str, Model]:
        """Models by their names."""
        return {model.id: model for model in self.models}

    def flagged_rows_of(self, model: Model) -> FlaggedRows:
        """Say which flags leave a row out of a model: by its own rule, or by the plan's."""
        return model.flagged_rows or self.flagged_rows

    @cached_property
    def questions(self) -> tuple[Hypothesis, ...]:
        """What models are asked: the hypotheses, and each again for every further model it has."""
        further = (
            hypothesis.asked_of(check, model)
            for hypothesis in self.hypotheses
            for check, model in hypothesis.further_models.items()
        )
        return (*self.hypotheses, *further)

    def primary_of(self, grid: Grid) -> Model:
        """Find the model that the hypotheses of a grid rest on."""
        models = {each.id: each.model for each in self.hypotheses}
        return self.by_name[models[grid.hypotheses[0]]]

    @cached_property
    def cells(self) -> dict[str, tuple[Cell, ...]]:
        """Cells of each grid, by the name of the grid."""
        return {each.id: tuple(cells(each, self.primary_of(each))) for each in self.grids}

    @property
    def imputed(self) -> tuple[Model, ...]:
        """Models that are fitted to imputed tables: of those who count by the plan's own rule."""
        return self._imputed(self.models)

    @property
    def imputed_cells(self) -> tuple[Model, ...]:
        """Models of the grids' cells that are fitted to imputed tables."""
        return self._imputed(self.grid_models)

    @property
    def grid_models(self) -> tuple[Model, ...]:
        """Models of the cells of all grids."""
        return tuple(cell.model for found in self.cells.values() for cell in found)

    @cached_property
    def imputing(self) -> tuple[Model, ...]:
        """Models whose variables are imputed: of several on the same variables and rows one."""
        alike = {
            (
                each.outcome,
                each.subset,
                each.level,
                each.cluster,
                each.entries,
                each.interactions,
            ): each
            for each in reversed((*self.imputed, *self.imputed_cells))
        }
        return tuple(reversed(alike.values()))

    def _imputed(self, models: Sequence[Model]) -> tuple[Model, ...]:
        if self.missing is None:
            return ()
        return tuple(
            model
            for model in models
            if model.missing in (None, IMPUTED) and model.flagged_rows is None
        )

    def imputed_rows(self, constructs: Mapping[str, object]) -> tuple[Model, ...]:
        """Say of models, path models and mediations on imputed tables what they must have."""
        paths = (each.rows(constructs) for each in self.imputed_paths)
        mediations = self._imputed([each.model for each in self.mediations])
        return (*self.imputing, *paths, *mediations)

    @property
    def judged(self) -> tuple[Hypothesis | PathHypothesis, ...]:
        """Hypotheses that have a verdict each, on models and then on paths."""
        return (*self.hypotheses, *self.path_hypotheses)

    @property
    def imputed_paths(self) -> tuple[PathModel, ...]:
        """Path models that are fitted to imputed tables; FIML takes answers as they are."""
        if self.missing is None:
            return ()
        return tuple(
            each
            for each in self.paths
            if each.missing in (None, IMPUTED)
            and each.estimator not in ("FIML", "WLSMV")
            and each.bootstrap is None
        )

    @property
    def imputed_descriptions(self) -> tuple[Description, ...]:
        """Means of groups that are pooled where something of them is imputed."""
        if self.missing is None:
            return ()
        return tuple(
            each
            for each in self.descriptions
            if each.level is None and each.missing in (None, IMPUTED)
        )

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Summaries of communities."""
        return self.communities.summaries if self.communities else ()

    def origins(self, constructs: Mapping[str, Sequence[str]] | None = None) -> dict[str, set[str]]:
        """Items that constructs, derived variables and summaries of communities come from.

        Parameters
        ----------
        constructs
            Items of each construct; a construct that is not named stands for itself.
        """
        origins = {name: set(items) for name, items in (constructs or {}).items()}
        sources: tuple[Variable | Summary, ...] = (*self.variables, *self.summaries)
        for made in sources:
            parts = (origins.get(name, {name}) for name in made.columns)
            origins[made.id] = set().union(*parts)
        return origins

    @property
    def splits(self) -> dict[str, tuple[str, str]]:
        """Terms that hold one part of a variable: the variable, and the part."""
        entries = [each for model in self.models for each in model.entries if each.split]
        return {
            term: (entry.name, part)
            for entry in entries
            for term, part in entry.terms.items()
            if part
        }

    @property
    def clusters(self) -> set[str]:
        """Variables that any block takes as clusters."""
        return set(_named("cluster", self))


def read_plan(content: Mapping[str, Any], left_out: tuple[Path, ...] = ()) -> Plan:
    """Make the plan out of its file's content, defaults included.

    Parameters
    ----------
    content
        Content of `plan.yaml` as its schema completes it, or a plan as `dataclasses.asdict` gives
        it.
    left_out
        Keys that the file leaves out.

    Raises
    ------
    StudyError
        If a key or an option is unknown, or a key is missing.
    """
    return read(Plan, {"left_out": left_out, **content})


def _named(key: str, part: Any) -> Iterator[str]:
    """Find what any block at any depth holds under a key."""
    if isinstance(part, tuple):
        for each in part:
            yield from _named(key, each)
    elif is_dataclass(part):
        for each in fields(part):
            value = getattr(part, each.name)
            if each.name == key and value is not None:
                yield value
            yield from _named(key, value)
