from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest


@pytest.fixture
def boot(root):
    spec = importlib.util.spec_from_file_location("boot", root / "workflow/boot.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(boot, tmp_path, monkeypatch):
    """An environment that is already made, by this Python, so that nothing is installed."""
    monkeypatch.setattr(boot, "ROOT", tmp_path)
    monkeypatch.setattr(boot, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(boot, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(boot, "STATE", tmp_path / ".snakemake")
    boot.LOCK.write_text("")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / ".venv/.made-from").write_text(boot.wanted(sys.version))
    return boot


@pytest.fixture
def checkout(root, tmp_path):
    """A checkout that needs no packages, so that its environment is made without a network."""
    (tmp_path / "workflow/envs").mkdir(parents=True)
    shutil.copy(root / "workflow/boot.py", tmp_path / "workflow")
    (tmp_path / "workflow/envs/requirements.lock").write_text("# none\n")
    return tmp_path


def start(checkout, *command, **options):
    python = getattr(sys, "_base_executable", sys.executable)
    return subprocess.Popen(
        [python, str(checkout / "workflow/boot.py"), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


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


def test_the_environment_is_made_anew_when_the_pins_change(made, monkeypatch):
    made.LOCK.write_text("other==1")
    made_of = []

    def install():
        made_of.append(made.LOCK.read_text())
        (made.ENVIRONMENT / made.STAMP).write_text(made.wanted(sys.version))

    monkeypatch.setattr(made, "install", install)
    made.main([sys.executable, "-c", ""])
    assert made_of == ["other==1"]


def test_an_environment_of_another_python_is_used_as_it_is(made, monkeypatch):
    monkeypatch.setattr(made, "own_python", lambda: ("/elsewhere/python", "3.99"))
    (made.ENVIRONMENT / made.STAMP).write_text(made.wanted("3.99"))
    assert made.main([sys.executable, "-c", "raise SystemExit(4)"]) == 4


def linked(boot):
    boot.ENVIRONMENT.rename(boot.ROOT / "shared")
    boot.ENVIRONMENT.symlink_to(boot.ROOT / "shared")
    boot.LOCK.write_text("other==1")


def of_a_python_that_is_gone(boot):
    (boot.ENVIRONMENT / "bin/python").unlink()
    boot.LOCK.write_text("other==1")


def not_made_here(boot):
    (boot.ENVIRONMENT / boot.STAMP).unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (linked, r"\.venv is a link to .*shared"),
        (of_a_python_that_is_gone, r"made by a Python that is not here; delete it"),
        (not_made_here, r"not made by this program; move it away"),
    ],
)
def test_an_environment_that_others_may_need_is_never_emptied(spoil, sentence, made):
    (made.ENVIRONMENT / "precious").write_text("")
    spoil(made)
    with pytest.raises(SystemExit, match=sentence):
        made.main([sys.executable, "-c", ""])
    assert (made.ENVIRONMENT / "precious").exists()


def test_a_link_to_an_environment_of_the_same_pins_is_used(made):
    linked(made)
    made.LOCK.write_text("")
    assert made.main([sys.executable, "-c", "raise SystemExit(4)"]) == 4


def test_two_commands_at_the_same_time_make_one_environment(checkout):
    both = [start(checkout, "python", "-c", "print('ran')") for _ in range(2)]
    outputs = [each.communicate(timeout=120) for each in both]
    assert [out for out, _ in outputs] == ["ran\n"] * 2, outputs
    assert sum("Setting up" in errors for _, errors in outputs) == 1


def test_an_environment_whose_making_was_interrupted_is_made_again(checkout):
    first = start(checkout, "python", "-c", "", start_new_session=True)
    stamp = checkout / ".venv/.made-from"
    until = time.monotonic() + 60
    while not stamp.is_file() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert stamp.read_text() in ("", "unfinished")
    (checkout / ".venv/half").write_text("")
    out, errors = start(checkout, "python", "-c", "print('ran')").communicate(timeout=120)
    assert out == "ran\n", errors
    assert not (checkout / ".venv/half").exists()


def test_a_checkout_that_cannot_be_written_is_a_sentence(made):
    made.STATE.write_text("")
    with pytest.raises(SystemExit, match=r"\.snakemake.* cannot be used: "):
        made.main([sys.executable, "-c", ""])


def test_nothing_is_written_to_the_home(boot, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere")
    assert boot.surroundings()["XDG_CACHE_HOME"].startswith(str(boot.ROOT))


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
