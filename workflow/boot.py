"""Set up the pinned environment, once, and run a command in it.

    python3 workflow/boot.py snakemake
    python3 workflow/boot.py pytest

The environment is `.venv`, made from the hash-checked pins in `workflow/envs/requirements.lock`: by
uv if it is installed, else by Python's own venv and pip. It is made anew when the pins change, by
the Python that made it before; an environment of another Python is used as it is, and one that was
not made here is left alone. Only Python's standard library is used here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "workflow" / "envs" / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
STAMP = ".made-from"
UNFINISHED = "unfinished"
STATE = ROOT / ".snakemake"
OLDEST_PYTHON = (3, 11)


def main(command: list[str]) -> int:
    """Make the environment if needed, run the command in it and return its exit status."""
    if os.name == "nt":
        sys.exit("On Windows, run this in WSL.")
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if not command:
        sys.exit("Say what to run, for example: python3 workflow/boot.py snakemake")
    try:
        (STATE / "cache").mkdir(parents=True, exist_ok=True)
        with (STATE / "environment.lock").open("w") as turn:
            prepare(turn.fileno())
            return run(command)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.exit(f"{error.filename or ROOT} cannot be used: {error.strerror}.")


def prepare(turn: int) -> None:
    """Wait until the environment is ready, or make it while nobody uses it.

    Whoever uses the environment shares the lock; whoever makes it holds the lock alone.
    """
    hold(turn, alone=False)
    while not is_ready():
        hold(turn, alone=True)
        if not is_ready():
            install()
        hold(turn, alone=False)


def hold(turn: int, alone: bool) -> None:
    """Take the lock, which ends with this process, and say so if another has it."""
    import fcntl

    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        fcntl.flock(turn, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another command that uses .venv or sets it up …")
        fcntl.flock(turn, kind)
    except OSError:
        say("This file system knows no locks; start one command at a time.")


def run(command: list[str]) -> int:
    """Run a command in the environment and return its exit status."""
    program = shutil.which(command[0], path=str(ENVIRONMENT / "bin")) or command[0]
    try:
        return subprocess.run([program, *command[1:]], cwd=ROOT, env=surroundings()).returncode
    except FileNotFoundError:
        sys.exit(f"There is no program `{command[0]}` in the environment.")


def say(sentence: str) -> None:
    """Tell the user what is going on."""
    print(sentence, file=sys.stderr, flush=True)


def is_ready() -> bool:
    """Tell whether the environment was made from these pins, by this Python or by its own."""
    made_from = stamp()
    if made_from in ("", UNFINISHED):
        return False
    return made_from == wanted(sys.version) or made_from == wanted(own_python()[1])


def stamp() -> str:
    """Read what the environment was made from; nothing where it was not made here."""
    file = ENVIRONMENT / STAMP
    return file.read_text() or UNFINISHED if file.is_file() else ""


def wanted(version: str) -> str:
    """Fingerprint of what an environment is made from: the pins and a Python."""
    return hashlib.sha256(LOCK.read_bytes() + version.encode()).hexdigest()


def own_python() -> tuple[str, str]:
    """Give program and version of the environment's Python; nothing where it is gone."""
    question = "import sys; print(sys._base_executable); print(sys.version)"
    try:
        answer = subprocess.run(
            [ENVIRONMENT / "bin" / "python", "-I", "-c", question],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return "", ""
    program, version = answer.rstrip("\n").split("\n", 1)
    return program, version


def check_that_it_may_be_emptied() -> None:
    """Refuse to empty an environment that somebody else may need."""
    if ENVIRONMENT.is_symlink():
        sys.exit(
            f".venv is a link to {ENVIRONMENT.readlink()}, where other packages are installed than "
            f"those in {LOCK.relative_to(ROOT)}; remove the link, and an environment is made here."
        )
    if not ENVIRONMENT.exists() or stamp() == UNFINISHED:
        return
    if not ENVIRONMENT.is_dir() or (any(ENVIRONMENT.iterdir()) and not stamp()):
        sys.exit(".venv was not made by this program; move it away or delete it, then start again.")
    if stamp() and not own_python()[0]:
        sys.exit(
            ".venv was made by a Python that is not here; delete it, and this one makes it again."
        )


def install() -> None:
    """Make the environment from the pins, checking every hash."""
    check_that_it_may_be_emptied()
    maker = own_python()[0] or getattr(sys, "_base_executable", sys.executable)
    say("Setting up the environment in .venv (once; up to a minute) …")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    ENVIRONMENT.mkdir(exist_ok=True)
    (ENVIRONMENT / STAMP).write_text(UNFINISHED)
    python = str(ENVIRONMENT / "bin" / "python")
    uv = shutil.which("uv")
    if uv:
        create = [uv, "venv", "-q", "--allow-existing", "--python", maker, str(ENVIRONMENT)]
        fill = [uv, "pip", "install", "-q", "--python", python]
    else:
        create = [maker, "-m", "venv", str(ENVIRONMENT)]
        fill = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    settings = {"UV_SYSTEM_CERTS": "1", "UV_COMPILE_BYTECODE": "1", "PIP_USER": "0"}
    environment = {**os.environ, **settings}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        subprocess.run(create, check=True, env=environment)
        subprocess.run([*fill, "--require-hashes", "-r", str(LOCK)], check=True, env=environment)
    except subprocess.CalledProcessError as error:
        sys.exit(
            "The environment could not be set up (see the lines above). Python's venv module "
            "(package python3-venv on Debian and Ubuntu) or uv and a connection to a package index "
            f"are needed once. Failed: {' '.join(map(str, error.cmd[:4]))} …"
        )
    (ENVIRONMENT / STAMP).write_text(wanted(own_python()[1]))


def surroundings() -> dict[str, str]:
    """Environment variables of the command: same results in any locale and on any machine."""
    variables = dict(os.environ)
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables.pop("PYTHONHOME", None)
    variables.update(
        PATH=f"{ENVIRONMENT / 'bin'}{os.pathsep}{variables.get('PATH', '')}",
        VIRTUAL_ENV=str(ENVIRONMENT),
        PYTHONPATH=str(ROOT / "workflow" / "lib"),
        PYTHONUTF8="1",
        PYTHONHASHSEED="0",
        MPLBACKEND="Agg",
        # A home that cannot be written is no hindrance.
        XDG_CACHE_HOME=str(STATE / "cache"),
        # One thread per process: sums then have one order, and jobs share the cores fairly.
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
    )
    variables.setdefault("SNAKEMAKE_PROFILE", str(ROOT / "workflow" / "profiles" / "default"))
    return variables


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
