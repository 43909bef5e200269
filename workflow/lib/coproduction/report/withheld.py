"""What result tables tell of few people stays out of every report that is composed from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.cleaning.exclusions import REASONS
from coproduction.codes import code_text
from coproduction.inference.data import derive
from coproduction.inference.hidden import ESTIMATED, hide_groups
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import variables_in
from coproduction.plan.descriptions import Description
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan
from coproduction.privacy.small_cells import hidden_cells, with_others

Tables = dict[str, pd.DataFrame]
Parts = Mapping[str, Mapping[str, frozenset[str]]]
FREQUENCIES, FLOW = "cleaning/frequencies.csv", "cleaning/flow.csv"
MODEL_FLOW = "inference/model_flow.csv"
TOGETHER = "not_told_apart"
"""Reason in the flow under which reasons stand that are not told one by one."""
OF_ANSWERS = ("no_consent", "not_eligible")
"""Reasons to leave somebody out that tell what somebody answered."""
SIZES = ("n", "n_cell", "n_dropped", "n_removed", "n_remaining")
SPREAD = (*ESTIMATED, "n_cell")
ARMS = (["experiment", "factor"], ["0", "1"])
LEFT_OUT = (["model", "reason"], ["kept", "left_out"])
"""What makes up one whole of what two groups are compared in, and how columns name the groups."""
WEIGHTED = ("weighted_share", "weighted_conf_low", "weighted_conf_high")
SHARES = ("sample_share", "before_share", "weighted_share")
LEVELS: dict[str, tuple[Sequence[str], str, str, str, Sequence[str]]] = {
    # File: what makes up one whole, variable, its level, number of people, what is blanked.
    "measurement/sample.csv": (["item"], "item", "value", "n", ("n", "share", *WEIGHTED)),
    "cleaning/weight_margins.csv": (["item"], "item", "value", "n", ("n", *SHARES)),
    "measurement/invariance_groups.csv": (["comparison"], "group", "level", "n", ("n",)),
    "measurement/functioning.csv": (
        ["comparison", "item"],
        *("group", "level", "n_group"),
        (*SPREAD, "standardised", "n_group", "p_adjusted"),
    ),
    "inference/group_means.csv": (["description"], "by", "level", "n_cell", SPREAD),
    "inference/moderation.csv": (["moderation", "term", "by"], "by", "level", "n_cell", SPREAD),
}


def withhold(
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    plan: Plan,
    minimum: int,
) -> Tables:
    """Blank what stands for few people in result tables, and what that could be worked out from.

    Parameters
    ----------
    tables
        Result tables by file; what the frequencies hide is hidden in the others too.
    instrument
        The questionnaire.
    plan
        The analysis plan: its variables, and who its models are about.
    minimum
        The smallest number of people that may be shown.

    Returns
    -------
    dict
        The same tables; what is withheld is NaN.
    """
    shown = dict(tables)
    hidden = hidden_answers(tables)
    parts = _parts(hidden, tables, instrument, plan)
    for file, (within, variable, level, size, names) in LEVELS.items():
        if len(shown.get(file, ())):
            places = (within, variable, level, size, names)
            shown[file] = _hide_levels(shown[file], *places, parts, minimum)
    steps: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        FLOW: lambda table: _flow(table, "cleaning/response_rates.csv" in tables, minimum),
        "measurement/loadings.csv": lambda table: _thresholds(table, hidden, tables),
        "inference/effects.csv": lambda table: _effects(table, parts, minimum),
        "inference/curves.csv": lambda table: _curves(table, parts),
        "inference/arms.csv": lambda table: _arms(table, minimum),
        "inference/balance.csv": lambda table: _compared(table, ARMS, parts, minimum),
        "inference/left_out.csv": lambda table: _compared(table, LEFT_OUT, parts, minimum),
        "inference/surface.csv": lambda table: _margins(table, minimum),
    }
    for file, step in steps.items():
        if len(shown.get(file, ())):
            shown[file] = step(shown[file])
    return _scale_means(_sizes(shown, hidden, plan, minimum), hidden)


def hidden_answers(tables: Mapping[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    """Name the codes of answers that the frequencies hide, by question."""
    table = tables.get(FREQUENCIES)
    if table is None or table.empty:
        return {}
    cells = hidden_cells(table[table["kind"].eq("answer")])
    return {item: frozenset(codes) for item, codes in cells.items()}


def counted(findings: pd.DataFrame, flow: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Count findings by code and action, as far as they may be told.

    A number below the minimum is NaN, and so is that of a reason to be left out which the flow does
    not tell.
    """
    found = findings[findings["severity"] != "note"].groupby(["code", "action"]).size()
    rows = found.rename("n").astype(float).reset_index()
    told = set(flow.get("reason", ()))
    silent = set(REASONS) - told if TOGETHER in told else set()
    return rows.assign(n=rows["n"].mask((rows["n"] < minimum) | rows["code"].isin(silent)))


def _parts(
    hidden: Mapping[str, frozenset[str]],
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    plan: Plan,
) -> Parts:
    """Name the hidden answers that every level of a variable holds.

    Variables are the questions with hidden answers, and what the plan derives from one of these
    alone.
    """
    origins = plan.origins()
    found: dict[str, dict[str, frozenset[str]]] = {}
    for item, secret in hidden.items():
        found[item] = {code: frozenset([code]) for code in secret}
        question = instrument.by_id.get(item)
        if question is None or question.type == "select_multiple":
            continue
        own = [each for each in plan.variables if origins[each.id] == {item}]
        levels = derive(pd.DataFrame({item: [float(code) for code in secret]}), own)
        for each in own:
            codes = pd.Series(list(secret)).groupby(levels[each.id].map(code_text))
            found[each.id] = {str(level): frozenset(given) for level, given in codes}
    return found


def _split(variable: str, level: str, parts: Parts) -> bool:
    """Tell whether a level holds some of a question's hidden answers and not the others."""
    known = parts.get(variable, {})
    held = frozenset().union(*(known.get(each, frozenset()) for each in level.split("+")))
    return bool(held) and held != frozenset().union(*known.values())


def _hide_levels(
    table: pd.DataFrame,
    within: Sequence[str],
    variable: str,
    level: str,
    size: str,
    names: Sequence[str],
    parts: Parts,
    minimum: int,
) -> pd.DataFrame:
    """Blank the rows of levels with few people, and of levels that tell of a hidden answer."""
    gone = pd.Series(False, index=table.index)
    for _, rows in table.groupby(list(within), dropna=False, sort=False):
        name = str(rows[variable].iloc[0])
        sizes = rows[size].astype(float).groupby(rows[level].astype(str), sort=False).min()
        few = set(sizes.index[(sizes > 0) & (sizes < minimum)])
        few |= {each for each in sizes.index if _split(name, each, parts)}
        away = {*few, *with_others(sizes.fillna(0), few, minimum)} if few else few
        gone[rows.index] = rows[level].astype(str).isin(away)
    return _blanked(table, gone, names)


def _blanked(table: pd.DataFrame, gone: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    if not gone.any():
        return table
    held = [name for name in names if name in table]
    return table.assign(**{name: table[name].astype(float).mask(gone) for name in held})


def _flow(table: pd.DataFrame, logged: bool, minimum: int) -> pd.DataFrame:
    """Join the reasons that tell what few answered, with as many others as it takes.

    Who answered again, and who broke off where contacts were logged, is told elsewhere.
    """
    known = {"retest", *(["break_off"] if logged else [])}
    open_to = table["step"].eq("excluded") & ~table["reason"].isin(known)
    counts = table[open_to].set_index("reason")["n_removed"].astype(float)
    few = counts.index[counts.index.isin(OF_ANSWERS) & (counts > 0) & (counts < minimum)]
    joined = with_others(counts, few, minimum)
    if joined.empty:
        return table
    away = table["reason"].isin(joined)
    row = {"step": "excluded", "reason": TOGETHER, "n_removed": counts[joined].sum()}
    ends = table["step"].eq("analysed")
    rows = pd.concat([table[~away & ~ends], pd.DataFrame([row]), table[ends]], ignore_index=True)
    remaining = table["n_remaining"].iloc[0] - rows["n_removed"].cumsum()
    return rows.assign(n_remaining=remaining)


def _thresholds(
    table: pd.DataFrame, hidden: Mapping[str, frozenset[str]], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Leave out thresholds that part hidden answers; all of an item whose categories were joined.

    A threshold is the share of everybody who answered below it: with all hidden answers on one of
    its sides it tells their sum only.
    """
    items = tables.get("measurement/items.csv", pd.DataFrame())
    turned = set(items.loc[items["reverse"].eq(1), "item"]) if len(items) else set()
    away: list[Any] = []
    cuts = table[table["kind"].eq("threshold") & table["lhs"].isin(list(hidden))]
    for (_, item), rows in cuts.groupby(["model", "lhs"], sort=False):
        codes = sorted(_given(tables[FREQUENCIES], item), key=float, reverse=item in turned)
        below = [hidden[item] & set(codes[:place]) for place in range(1, len(codes))]
        if len(rows) != len(below):
            away.extend(rows.index)
            continue
        parted = [bool(held) and held != hidden[item] for held in below]
        away.extend(rows.index[parted])
    return table.drop(index=away).reset_index(drop=True)


def _given(frequencies: pd.DataFrame, item: str) -> list[str]:
    """List the codes of the answers that somebody gave to a question."""
    own = frequencies["item"].eq(item) & frequencies["kind"].eq("answer")
    return list(frequencies.loc[own & frequencies["n"].ne(0), "value"])


def _effects(table: pd.DataFrame, parts: Parts, minimum: int) -> pd.DataFrame:
    """Blank effects at values that few have, and at those that tell of a hidden answer."""
    if "at" not in table or "n_cell" not in table:
        return table
    clauses = table["at"].fillna("").str.partition(" = ")
    single = clauses[1].ne("") & ~clauses[2].str.contains(" = ", regex=False)
    split = table.assign(
        variable=clauses[0].where(single, ""), level=clauses[2].where(single, table["at"])
    )
    within = [name for name in ("model", "term", "estimand", "variable") if name in split]
    chosen = split["level"].fillna("").ne("")
    if not chosen.any():
        return table
    places = (within, "variable", "level", "n_cell", SPREAD)
    made = _hide_levels(split[chosen], *places, parts, minimum)
    return pd.concat([split[~chosen], made]).sort_index()[list(table.columns)]


def _curves(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """Leave out the curves of groups that tell of a hidden answer."""
    pairs = zip(table["by"].fillna(""), table["by_value"].fillna("").astype(str), strict=True)
    away = [_split(by, level, parts) for by, level in pairs]
    return table[~pd.Series(away, index=table.index)].reset_index(drop=True)


def _margins(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Draw no bar beside a surface for a value that few people are near to."""
    sizes = {name: table[name].mask(table[name] < minimum) for name in ("n_value", "n_by_value")}
    return table.assign(**sizes)


def _arms(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    alike = {"n": "n_cell", "mean": "estimate"}
    back = {new: old for old, new in alike.items()}
    made = hide_groups(table.rename(columns=alike), minimum, ["experiment"]).rename(columns=back)
    return made.assign(sd=made["sd"].mask(made["mean"].isna()))


def _compared(
    table: pd.DataFrame, groups: tuple[Sequence[str], Sequence[str]], parts: Parts, minimum: int
) -> pd.DataFrame:
    """Blank characteristics that few have in either of two groups that are compared."""
    within, sides = groups
    gone = pd.Series(False, index=table.index)
    for side in sides:
        if f"n_{side}" not in table:
            continue
        share = table["level"].fillna("").astype(str).ne("")
        size = table[f"n_{side}"].astype(float)
        people = (size * table[f"mean_{side}"]).round().where(share, size)
        places = ([*within, "variable"], "variable", "level", "people", ["people"])
        made = _hide_levels(table.assign(people=people), *places, parts, minimum)
        gone |= made["people"].isna()
    means = [f"mean_{side}" for side in sides]
    return _blanked(table, gone, (*means, "standardised_difference", "p_value"))


def _sizes(
    tables: Tables, hidden: Mapping[str, frozenset[str]], plan: Plan, minimum: int
) -> Tables:
    """Blank how many people a model has where that tells how many gave a hidden answer.

    That is so where it selects people by a question with hidden answers, and where it is about few
    more or fewer people than everybody or another model.
    """
    planned: tuple[Model | Description, ...] = (*plan.models, *plan.descriptions)
    selected = {each.id: each.subset for each in planned if each.subset is not None}
    origins = plan.origins()
    models = tables.get("inference/models.csv", pd.DataFrame())
    meant = pd.Series(dtype=float)
    if len(models) and "n_dropped" in models:
        meant = (models["n"] + models["n_dropped"]).set_axis(models["model"])
    if len(tables.get(FLOW, ())):
        meant = pd.concat([meant, tables[FLOW]["n_remaining"].tail(1)])
    if len(down := tables.get(MODEL_FLOW, pd.DataFrame())):
        meant = pd.concat([meant, down.loc[down["step"].eq("counted"), "n_remaining"]])
    silent = set()
    for name, condition in selected.items():
        items = set().union(*(origins.get(each, {each}) for each in variables_in(condition)))
        apart = (meant - meant.get(name, float("nan"))).abs()
        if items & set(hidden) or apart.between(0, minimum, inclusive="neither").any():
            silent.add(name)
    return {file: _without_sizes(table, silent) for file, table in tables.items()}


def _without_sizes(table: pd.DataFrame, silent: set[str]) -> pd.DataFrame:
    for column in {"model", "description"} & set(table):
        table = _blanked(table, table[column].isin(silent), SIZES)
    return table


def _scale_means(tables: Tables, hidden: Mapping[str, frozenset[str]]) -> Tables:
    """Blank the mean of the smallest group where all means would give a hidden item's answers.

    Where everybody answered every item of a scale, its means in groups and the frequencies of the
    other items give the sum of the one item whose answers are hidden.
    """
    items = tables.get("measurement/items.csv", pd.DataFrame())
    exposed = {
        str(scale)
        for scale, rows in (items.groupby("construct") if len(items) else ())
        if rows["item"].isin(list(hidden)).sum() == 1 and rows["n"].nunique() == 1
    }
    means, balance = "inference/group_means.csv", "inference/balance.csv"
    made = dict(tables)
    if exposed and len(tables.get(means, ())):
        told = tables[means][tables[means]["outcome"].isin(exposed)]
        known = told.dropna(subset=["estimate"]).groupby("description")["n_cell"]
        gone = tables[means].index.isin(known.idxmin())
        names = [name for name in SPREAD if name != "n_cell"]
        made[means] = _blanked(tables[means], pd.Series(gone, tables[means].index), names)
    if exposed and len(tables.get(balance, ())):
        gone = tables[balance]["variable"].isin(exposed)
        made[balance] = _blanked(tables[balance], gone, ("mean_0", "mean_1"))
    return made
