"""What the pages for readers say of the result tables is what there is."""

from __future__ import annotations

import re

from coproduction.dictionary import dictionary

OTHERS = {"instrument/findings.csv", "report/dictionary.csv"}
"""CSV files that are no result tables."""


def test_the_readme_names_every_result_table(root):
    text = (root / "README.md").read_text("utf-8")
    part = text.partition("## What comes out")[2].partition("###")[0]
    lines = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    named = set()
    for files in lines:
        room = ""
        for folder, name in re.findall(r"`(?:(\w+)/)?(\w+\.csv)`", files):
            room = folder or room or re.search(r"`(\w+)/", files)[1]
            named.add(f"{room}/{name}")
    assert named - OTHERS == set(dictionary().tables)


def test_the_page_of_results_lists_the_tables_of_each_folder(root):
    text = (root / "results" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)/` \| .* \| ([^|]*)\|$", text, re.MULTILINE)
    listed = {folder: re.findall(r"`(\w+)`", tables) for folder, tables in rows}
    assert {"cleaning", "measurement", "inference"} <= set(listed)
    assert listed == {folder: dictionary().tables_of(folder) for folder in listed}
    rooms = {table.partition("/")[0] for table in dictionary().tables}
    assert rooms <= set(listed)
