"""Every block of EXAMPLES.md runs, and prints what stands below it."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import sys
from pathlib import Path

import pandas as pd

EXAMPLES = Path(__file__).resolve().parents[2] / "EXAMPLES.md"
BLOCKS = re.compile(r"```python\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.DOTALL)


def shown(code: str, names: dict) -> str:
    """What a notebook shows of a block: whatever it prints, and its last value."""
    *statements, last = ast.parse(code).body
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pd.option_context("display.width", 110):
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(statements, []), str(EXAMPLES), "exec"), names)
            value = eval(compile(ast.Expression(last.value), str(EXAMPLES), "eval"), names)
            if value is not None:
                print(repr(value))
        else:
            exec(compile(code, str(EXAMPLES), "exec"), names)
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def blocks(text: str) -> list[tuple[str, str, str]]:
    """Every block of code with what the page says that it prints, and what it prints."""
    names: dict = {}
    return [(code, said, shown(code, names)) for code, said in BLOCKS.findall(text)]


def test_every_example_prints_what_the_page_says(monkeypatch):
    monkeypatch.chdir(EXAMPLES.parent)
    found = blocks(EXAMPLES.read_text("utf-8"))
    assert len(found) > 8
    for code, said, printed in found:
        assert printed == said, code


def write() -> None:
    """Put what the blocks print into the page: `python tests/notebook/test_examples.py`."""
    os.chdir(EXAMPLES.parent)
    text = EXAMPLES.read_text("utf-8")
    for code, said, printed in blocks(text):
        old = f"```python\n{code}```\n```text\n{said}```\n"
        text = text.replace(old, f"```python\n{code}```\n```text\n{printed}```\n")
    EXAMPLES.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, "workflow/lib")
    write()
