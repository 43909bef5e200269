from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture
def boot(root):
    spec = importlib.util.spec_from_file_location("boot", root / "workflow/boot.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(boot, tmp_path, monkeypatch):
    """An environment that is already made, so that nothing is installed."""
    stamp = tmp_path / "stamp"
    stamp.write_text(boot.wanted())
    monkeypatch.setattr(boot, "STAMP", stamp)
    return boot


def test_without_a_command_it_says_what_can_be_run(root):
    command = [sys.executable, str(root / "workflow/boot.py")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode != 0
    assert run.stderr.startswith("Say what to run, for example:")


def test_an_unknown_program_is_a_sentence(made):
    with pytest.raises(SystemExit, match="no program `nosuchprogram` in the environment"):
        made.main(["nosuchprogram"])


def test_the_command_s_exit_status_is_passed_on(made):
    assert made.main([sys.executable, "-c", "raise SystemExit(3)"]) == 3


def test_the_environment_is_made_anew_when_the_pins_change(made, monkeypatch, tmp_path):
    pins = tmp_path / "requirements.lock"
    pins.write_text("other==1")
    made_of = []
    monkeypatch.setattr(made, "LOCK", pins)
    monkeypatch.setattr(made, "install", lambda: made_of.append(pins.read_text()))
    made.main([sys.executable, "-c", ""])
    assert made_of == ["other==1"]


def test_an_old_python_is_refused_with_a_sentence(boot, monkeypatch):
    monkeypatch.setattr(boot, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(SystemExit, match=r"^Python 3\.11 or newer is needed"):
        boot.main(["snakemake"])


def test_commands_see_one_thread_and_utf8_whatever_the_machine_says(boot, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    seen = boot.surroundings()
    assert (seen["OMP_NUM_THREADS"], seen["PYTHONUTF8"]) == ("1", "1")
    assert "PYTHONHOME" not in seen
