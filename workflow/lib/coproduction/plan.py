"""The analysis plan checked against the questionnaires and against itself, before any data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from coproduction.errors import StudyError
from coproduction.inference.adjustment import variables_of
from coproduction.inference.causal_diagram import cycle
from coproduction.inference.split import terms_of
from coproduction.inference.variables import columns_of
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import variables_in
from coproduction.yamlfile import Document

Path = tuple[str | int, ...]
ADDED = ("flags",)
CLUSTERED = ("CR1", "CR2")
TWO_LEVEL = ("binomial", "gaussian", "ordinal")
WITHOUT_LEVERAGES = (
    *("negative_binomial", "ordinal"),
    *("hurdle_negative_binomial", "two_part_gamma", "two_part_poisson"),
)


def check_plan(document: Document, main: Instrument, others: Sequence[Instrument] = ()) -> None:
    """Refuse a plan that names what does not exist, or breaks its own rules.

    Parameters
    ----------
    document
        The plan.
    main
        The questionnaire that is analysed.
    others
        Further questionnaires of the study, such as the sheets of communities.

    Raises
    ------
    StudyError
        With file, line and key.
    """
    plan = document.data
    sheets = [item for instrument in others for item in instrument.by_id]
    origins = {name: {name} for name in [*sheets, *main.by_id, *ADDED]}
    origins |= {
        name: {item.id for item in main.questions if item.construct == name}
        for name in main.constructs
    }
    for position, name in enumerate(plan.get("measurement", {}).get("sample", ())):
        if name not in main.by_id:
            raise document.error(("measurement", "sample", position), f"there is no item `{name}`.")
    for position, variable in enumerate(plan.get("variables", ())):
        _add_variable(document, ("variables", position), variable, origins)
    _check_communities(document, main, set(sheets), origins)
    for position, model in enumerate(plan.get("models", ())):
        _check_model(document, ("models", position), model, origins)
        _check_splits(document, ("models", position), model, {*origins, *_facets(main)})
    _check_populations(document, plan)
    _check_hypotheses(document, plan)
    _check_moderation(document, plan, set(origins))
    _check_experiments(document, plan, set(origins))
    _check_descriptions(document, plan, set(origins))
    _check_specifications(document, plan)
    if "diagram" in plan:
        _check_nodes(document, plan["diagram"], origins)
        _check_edges(document, plan["diagram"])


def check_names(document: Document, path: Path, expression: str, known: set[str]) -> None:
    """Refuse an expression that is malformed or uses a name that is not known."""
    try:
        unknown = variables_in(expression) - known
    except StudyError as error:
        raise document.error(path, str(error)) from error
    for name in sorted(unknown):
        raise document.error(path, f"`{name}` is neither an item nor a variable defined before.")


def _add_variable(
    document: Document, path: Path, variable: Mapping[str, Any], origins: dict[str, set[str]]
) -> None:
    """Check a derived variable and note the items it comes from."""
    if variable["id"] in origins:
        raise document.error(path, f"`{variable['id']}` is already the name of something.")
    if "expression" in variable:
        check_names(document, (*path, "expression"), variable["expression"], set(origins))
    used = columns_of(variable)
    for name in sorted(used - set(origins)):
        raise document.error(path, f"`{name}` is neither an item nor a variable defined before.")
    origins[variable["id"]] = set().union(*(origins[name] for name in used))


def _check_communities(
    document: Document, main: Instrument, sheets: set[str], origins: dict[str, set[str]]
) -> None:
    """Check how sheets are joined, and note the items that summaries come from."""
    rule = document.data.get("communities")
    if not rule:
        return
    for position, summary in enumerate(rule.get("summaries", ())):
        path = ("communities", "summaries", position)
        if summary["id"] in origins:
            raise document.error(path, f"`{summary['id']}` is already the name of something.")
        if (summary["statistic"] == "concentration") != ("by" in summary):
            raise document.error(path, "a concentration takes `by`, and nothing else does.")
        used = columns_of(summary)
        for name in sorted(used):
            if name not in origins:
                raise document.error(path, f"`{name}` is neither an item nor a variable.")
        origins[summary["id"]] = set().union(*(origins[name] for name in used))
    for key, known in (("cluster", set(main.by_id)), ("key", sheets)):
        if rule[key] not in known:
            raise document.error(("communities", key), f"there is no item `{rule[key]}`.")


def _check_model(
    document: Document, path: Path, model: Mapping[str, Any], origins: Mapping[str, set[str]]
) -> None:
    entries = [*model["predictors"], *model.get("covariates", ())]
    names = [entry if isinstance(entry, str) else entry["variable"] for entry in entries]
    for name in [model["outcome"], *names, *([model["cluster"]] if "cluster" in model else [])]:
        if name not in origins:
            raise document.error(
                path, f"`{name}` is neither an item, a construct nor a derived variable."
            )
    if "level" in model and "communities" not in document.data:
        raise document.error((*path, "level"), "needs a block `communities` in the plan.")
    if "subset" in model:
        check_names(document, (*path, "subset"), model["subset"], set(origins))
    covariance, family = model["covariance"], model["family"]
    if covariance in CLUSTERED and "cluster" not in model:
        raise document.error(path, f"covariance {covariance} needs a `cluster`.")
    if family in WITHOUT_LEVERAGES and covariance in ("CR2", "HC2", "HC3"):
        raise document.error(
            (*path, "covariance"), f"{family} has no {covariance}; choose CR1, HC1 or classical."
        )
    if family == "pseudo_poisson" and covariance == "classical":
        raise document.error(
            (*path, "covariance"), "a pseudo-likelihood has no classical standard errors."
        )
    _check_random(document, path, model)
    _check_apart(document, path, model["outcome"], names, origins)


def _check_random(document: Document, path: Path, model: Mapping[str, Any]) -> None:
    """Check what makes a model a two-level one."""
    if "random" not in model:
        for key in ("random_slope", "quadrature_points", "restricted_likelihood"):
            if key in model:
                raise document.error((*path, key), "needs `random: intercept`.")
        if not model["predictors"]:
            raise document.error(
                (*path, "predictors"), "a model without predictors needs `random: intercept`."
            )
        return
    if "cluster" not in model or model["family"] not in TWO_LEVEL:
        allowed = ", ".join(TWO_LEVEL)
        raise document.error(
            (*path, "random"), f"needs a `cluster`, and one of the families {allowed}."
        )
    if model["covariance"] != "classical":
        raise document.error(
            (*path, "covariance"), "a model with random effects has classical standard errors."
        )
    if "quadrature_points" in model and ("random_slope" in model or model["family"] == "gaussian"):
        raise document.error(
            (*path, "quadrature_points"),
            "stands only with a random intercept alone, and not in a linear model.",
        )
    if "restricted_likelihood" in model and model["family"] != "gaussian":
        raise document.error(
            (*path, "restricted_likelihood"), "stands only in a linear (gaussian) model."
        )


def _facets(main: Instrument) -> list[str]:
    """Name the scores of facets."""
    return [f"{name}_{facet}" for name, each in main.constructs.items() for facet in each.facets]


def _check_splits(
    document: Document, path: Path, model: Mapping[str, Any], known: Collection[str]
) -> None:
    """Refuse a split that no cluster bears, or whose parts bear the name of something else."""
    for key in ("predictors", "covariates"):
        for position, entry in enumerate(model.get(key, ())):
            if isinstance(entry, str) or "split" not in entry:
                continue
            place, name = (*path, key, position, "split"), entry["variable"]
            if "cluster" not in model:
                raise document.error(place, "needs a `cluster` in the model.")
            if entry.get("categorical"):
                raise document.error(place, "is for numbers; leave `categorical` or `split` out.")
            for term in sorted(set(terms_of(entry)) & set(known) - {name}):
                raise document.error(
                    place,
                    f"the split of `{name}` makes a term `{term}`, which is already the name of "
                    "something else; rename that.",
                )


def _check_apart(
    document: Document,
    path: Path,
    outcome: str,
    predictors: Sequence[str],
    origins: Mapping[str, set[str]],
) -> None:
    """Refuse a model whose predictors come from items that must not predict its outcome."""
    for rule in document.data.get("keep_apart", ()):
        if not origins[outcome] & set(rule["outcomes"]):
            continue
        for name in predictors:
            if origins[name] & set(rule["predictors"]):
                raise document.error(
                    path, f"`{name}` must not predict `{outcome}`: {rule['reason']}"
                )


def _check_populations(document: Document, plan: Mapping[str, Any]) -> None:
    planned = [*plan.get("models", ()), *plan.get("descriptions", ())]
    used = {each["subset"] for each in planned if "subset" in each}
    for position, population in enumerate(plan.get("populations", ())):
        if population["condition"] not in used:
            raise document.error(
                ("populations", position, "condition"),
                f"no model or description has the `subset` `{population['condition']}`.",
            )


def _check_hypotheses(document: Document, plan: Mapping[str, Any]) -> None:
    models = {model["id"]: model for model in plan.get("models", ())}
    families = {family["id"] for family in plan.get("families", ())}
    seen: dict[str, Mapping[str, Any]] = {}
    for position, hypothesis in enumerate(plan.get("hypotheses", ())):
        path = ("hypotheses", position)
        if hypothesis["id"] in seen:
            raise document.error(path, f"the hypothesis `{hypothesis['id']}` stands twice.")
        for kind, names in (("model", models), ("family", families)):
            if hypothesis[kind] not in names:
                raise document.error(
                    (*path, kind), f"there is no {kind} `{hypothesis[kind]}` in this plan."
                )
        _check_estimand(document, path, hypothesis)
        _check_rival(document, path, hypothesis, seen)
        seen[hypothesis["id"]] = hypothesis


def _check_estimand(document: Document, path: Path, hypothesis: Mapping[str, Any]) -> None:
    estimand = hypothesis["estimand"]
    pair = estimand["kind"] in ("cross_partial", "difference")
    needed, other = ("variables", "variable") if pair else ("variable", "variables")
    if needed not in estimand or other in estimand:
        raise document.error((*path, "estimand"), f"a {estimand['kind']} takes `{needed}`.")


def _check_rival(
    document: Document,
    path: Path,
    hypothesis: Mapping[str, Any],
    seen: Mapping[str, Mapping[str, Any]],
) -> None:
    name = hypothesis.get("rival_of")
    if name is None:
        return
    if name not in seen:
        raise document.error((*path, "rival_of"), f"no hypothesis `{name}` stands before this one.")
    for key in ("family", "model", "estimand"):
        if seen[name][key] != hypothesis[key]:
            raise document.error((*path, key), f"must be that of its rival `{name}`.")


def _check_moderation(document: Document, plan: Mapping[str, Any], known: set[str]) -> None:
    models = {model["id"] for model in plan.get("models", ())}
    for position, moderation in enumerate(plan.get("moderation", ())):
        path = ("moderation", position)
        if moderation["model"] not in models:
            raise document.error(
                (*path, "model"), f"there is no model `{moderation['model']}` in this plan."
            )
        if "split" in moderation["by"]:
            raise document.error(
                (*path, "by", "split"), "a moderator is one term, not two; leave `split` out."
            )
        if moderation["by"]["variable"] not in known:
            raise document.error(
                (*path, "by"),
                f"`{moderation['by']['variable']}` is neither an item nor a variable.",
            )


def _check_experiments(document: Document, plan: Mapping[str, Any], known: set[str]) -> None:
    for position, experiment in enumerate(plan.get("experiments", ())):
        used = [experiment["outcome"], *experiment["factors"], *experiment.get("balance", ())]
        for name in used:
            if name not in known:
                raise document.error(
                    ("experiments", position), f"`{name}` is neither an item nor a variable."
                )


def _check_descriptions(document: Document, plan: Mapping[str, Any], known: set[str]) -> None:
    summaries = {each["id"] for each in plan.get("communities", {}).get("summaries", ())}
    for position, planned in enumerate(plan.get("descriptions", ())):
        place = ("descriptions", position)
        if planned.get("level") and "communities" not in plan:
            raise document.error(place, "the plan says nothing of `communities`.")
        for name in (planned[key] for key in ("outcome", "by", "cluster") if key in planned):
            if name not in known | (summaries if planned.get("level") else set()):
                raise document.error(place, f"`{name}` is neither an item nor a variable.")


def _check_specifications(document: Document, plan: Mapping[str, Any]) -> None:
    outcomes = {model["outcome"] for model in plan.get("models", ())}
    for position, name in enumerate(plan.get("specifications", {}).get("outcomes", ())):
        if name not in outcomes:
            raise document.error(
                ("specifications", "outcomes", position), f"no model has the outcome `{name}`."
            )


def _check_nodes(
    document: Document, diagram: Mapping[str, Any], origins: Mapping[str, set[str]]
) -> None:
    """Check that nodes of the causal diagram stand for variables, no item in two of them."""
    owners: dict[str, str] = {}
    names: set[str] = set()
    for position, node in enumerate(diagram["nodes"]):
        path = ("diagram", "nodes", position)
        if node["id"] in names:
            raise document.error(path, f"the node `{node['id']}` stands twice.")
        names.add(node["id"])
        if node.get("unmeasured"):
            if "variables" in node or "label" not in node:
                raise document.error(
                    path, "an unmeasured node has a `label` and stands for no `variables`."
                )
            continue
        if "variables" in node and node["id"] not in origins and "label" not in node:
            raise document.error(path, f"the node `{node['id']}` needs a `label`.")
        for name in variables_of(node):
            if name not in origins:
                raise document.error(
                    path,
                    f"`{name}` is neither an item, a construct nor a derived variable; name the "
                    "node's `variables`, or call it `unmeasured`.",
                )
            for item in sorted(origins[name]):
                if owners.setdefault(item, node["id"]) != node["id"]:
                    raise document.error(
                        path, f"`{item}` stands in the nodes `{owners[item]}` and `{node['id']}`."
                    )
    for role in ("exposure", "outcome"):
        if not any(node.get("role") == role for node in diagram["nodes"]):
            raise document.error(("diagram", "nodes"), f"no node has the role `{role}`.")


def _check_edges(document: Document, diagram: Mapping[str, Any]) -> None:
    """Refuse edges that name no node, lead nowhere, stand twice or go round in a circle."""
    names = [node["id"] for node in diagram["nodes"]]
    seen: list[tuple[str, ...]] = []
    for position, edge in enumerate(map(tuple, diagram["edges"])):
        path, written = ("diagram", "edges", position), " -> ".join(edge)
        for name in edge:
            if name not in names:
                raise document.error(path, f"`{written}`: there is no node `{name}`.")
        if edge[0] == edge[1]:
            raise document.error(path, f"`{written}` leads from a node to itself.")
        if edge in seen:
            raise document.error(path, f"`{written}` stands twice.")
        seen.append(edge)
        circle = cycle(seen)
        if circle:
            raise document.error(
                path,
                f"`{written}` closes a circle, and no cause follows from its effect: "
                f"`{' -> '.join(circle)}`.",
            )
    for position, name in enumerate(names):
        if not any(name in edge for edge in seen):
            raise document.error(("diagram", "nodes", position), f"no edge touches `{name}`.")
