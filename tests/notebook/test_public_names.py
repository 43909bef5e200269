"""What `import coproduction` gives, and what it needs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import coproduction as cp
from coproduction.steps.sources import imports

LIBRARY = Path(cp.__file__).parents[1]
WITHOUT = (
    "import sys\n"
    "class Blocked:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name.split('.')[0] in {blocked!r}:\n"
    "            raise ImportError(name)\n"
    "sys.meta_path.insert(0, Blocked())\n"
)
EXTRAS = {
    *("snakemake", "pytest", "typst", "zhplot", "pingouin", "matplotlib", "docx", "fontTools"),
    *("pyxform", "hypothesis", "mypy", "snakemake_interface_logger_plugins"),
}
NOTEBOOK = """
import numpy as np, pandas as pd
import coproduction as cp
rng = np.random.default_rng(1)
trait = rng.normal(size=(400, 1))
answers = np.digitize(trait + rng.normal(size=(400, 4)), [-1, 0, 1])
items = pd.DataFrame(answers, columns=list("abcd"))
print(cp.reliability(items).to_frame()["alpha"].round(2).item())
print(cp.confirmatory(items, {"f": list("abcd")}).headline)
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys\nsys.path.insert(0, {str(LIBRARY)!r})\n{code}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_library_works_without_the_packages_of_reports_workflow_and_tests():
    told = run(WITHOUT.format(blocked=EXTRAS) + NOTEBOOK)
    assert "1 factors of 4 items, WLSMV" in told


def test_importing_it_loads_no_room_and_no_other_package():
    loaded = run("import coproduction\nprint('\\n'.join(sys.modules))").split()
    assert not {"numpy", "pandas", "scipy", "yaml"} & set(loaded)
    assert [name for name in loaded if name.startswith("coproduction.")] == []


def test_the_types_of_the_public_names_stand_beside_them():
    stub = (LIBRARY / "coproduction" / "__init__.pyi").read_bytes()
    modules = {name: f"coproduction.{module}.{name}" for name, module in cp.WHERE.items()}
    typed = {name for name in imports(stub) if name.rsplit(".", 1)[-1] in modules}
    assert typed == set(modules.values())
    assert len(modules) > 20


@pytest.mark.parametrize("name", cp.__all__)
def test_every_public_name_is_documented_with_its_parameters(name):
    given = getattr(cp, name)
    assert given.__doc__
    if inspect.isfunction(given):
        assert given.__module__.startswith("coproduction.notebook.")
        for parameter in inspect.signature(given).parameters:
            assert parameter in given.__doc__, parameter
        assert all(
            each.annotation is not inspect.Parameter.empty
            for each in inspect.signature(given).parameters.values()
        )


def test_an_unknown_name_is_no_attribute():
    assert not hasattr(cp, "nothing")
    assert set(cp.__all__) <= set(dir(cp))
