"""How many dimensions the explored sets of items have, and which factors."""

from __future__ import annotations

import pandas as pd

from coproduction.notes import SEPARATOR
from coproduction.report.blocks import Block, Figure, Table
from coproduction.report.figures.estimates import scree_plot
from coproduction.report.material import Material
from coproduction.report.numbers import count, equated, number
from coproduction.report.sections.tables import shown
from coproduction.report.sentences import described

CHECKS, FIT = "measurement/dimensionality.csv", "measurement/exploratory_fit.csv"
SOLUTION = "measurement/exploratory.csv"
SUGGESTIONS = ("n_components", "n_factors", "n_map")
SUMMARY = ("set", "correlation", "n", "kmo", "chisq", "df", "p_value", *SUGGESTIONS)


def dimensions(material: Material) -> list[Block]:
    """Compose what was explored: checks, scree figures, rotated loadings."""
    table = material.table(CHECKS)
    if table.empty:
        return []
    blocks: list[Block] = [*shown(material, CHECKS, SUMMARY, rows=_summary(table), further=True)]
    for name in table["set"].unique():
        blocks += _scree(material, table[table["set"] == name], name)
        blocks += _loadings(material, name)
    return blocks


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    """Put the checks of each set and kind of correlation into one row."""
    rows = []
    for (name, correlation), part in table.groupby(["set", "correlation"], sort=False):
        single = part.drop_duplicates("check").set_index("check")
        row = {"set": name, "correlation": correlation, "n": part["n"].iloc[0]}
        row |= {key: single["estimate"].get(key) for key in ("kmo", *SUGGESTIONS)}
        if "bartlett" in single.index:
            test = single.loc["bartlett"]
            row |= {"chisq": test["estimate"], "df": test["df"], "p_value": test["p_value"]}
        rows.append(row | {"warning": SEPARATOR.join(text for text in part["warning"] if text)})
    return pd.DataFrame(rows, columns=[*SUMMARY, "warning"])


def _scree(material: Material, table: pd.DataFrame, name: str) -> list[Figure]:
    """Draw the eigenvalues of the correlations that the factors were extracted from."""
    text = material.text
    fit = material.table(FIT)
    kind = fit.loc[fit["set"] == name, "correlation"].iloc[0]
    rows = table[(table["correlation"] == kind) & (table["check"] == "component")]
    if rows.empty:
        return []
    drawing = scree_plot(rows, text, material.stamp)
    caption = text["captions"]["scree"].format(set=material.labels.model(name))
    places = [count(place) for place in rows["number"]]
    words = described(places, rows["estimate"], text["list_separator"])
    return [
        Figure(f"scree_{name}", caption, drawing, words, [text["notes"]["scree"]], CHECKS, True)
    ]


def _loadings(material: Material, name: str) -> list[Table]:
    """Show the rotated pattern, an item per row, with how it was found underneath."""
    text, labels = material.text, material.labels
    fit = material.table(FIT).set_index("set").loc[name]
    table = material.table(SOLUTION)
    rows = table[table["set"] == name]
    if rows.empty:
        return []
    loadings = rows[rows["kind"] == "loading"]
    communality = rows[rows["kind"] == "communality"].set_index("item")["estimate"]
    columns = [(labels.heading("item"), False)]
    columns += [(factor, True) for factor in loadings["factor"].unique()]
    columns += [(labels.heading("communality"), True)]
    cells = [
        [f"{item} {labels.name(item)}", *map(number, part["estimate"]), number(communality[item])]
        for item, part in loadings.groupby("item", sort=False)
    ]
    notes = [_method(material, fit), *_between(material, rows)]
    notes += [labels.message(fit["warning"])] if fit["warning"] else []
    caption = text["captions"]["exploratory"].format(set=labels.model(name))
    return [Table(caption, columns, cells, notes, SOLUTION, further=True)]


def _method(material: Material, fit: pd.Series) -> str:
    labels = material.labels
    return material.text["exploratory_note"].format(
        correlation=labels.word("correlations", fit["correlation"]),
        method=labels.word("extractions", fit["method"]),
        rotation=labels.word("rotations", fit["rotation"]),
        chisq=number(fit["chisq"], 1),
        df=count(fit["df"]),
        p=equated(fit["p_value"]),
        rmsea=number(fit["rmsea"]),
        tli=number(fit["tli"]),
    )


def _between(material: Material, rows: pd.DataFrame) -> list[str]:
    pairs = rows[rows["kind"] == "factor_correlation"]
    if pairs.empty:
        return []
    names = [f"{row['other_factor']}–{row['factor']}" for row in pairs.to_dict("records")]
    listed = described(names, pairs["estimate"], material.text["list_separator"])
    return [material.text["factor_correlations"].format(list=listed)]
