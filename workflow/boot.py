"""Set up the pinned environment, once, and run a command in it.

    python3 workflow/boot.py snakemake
    python3 workflow/boot.py pytest

The environment is `.venv`, made from the hash-checked pins in `workflow/envs/requirements.lock`: by
uv if it is installed, else by Python's own venv and pip. It is made anew when the pins or the
Python version change. Only Python's standard library is used here.
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
STAMP = ENVIRONMENT / ".made-from"
PROGRAMS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
OLDEST_PYTHON = (3, 11)


def main(command: list[str]) -> int:
    """Make the environment if needed, run the command in it and return its exit status."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if not command:
        sys.exit("Say what to run, for example: python3 workflow/boot.py snakemake")
    if not STAMP.is_file() or STAMP.read_text() != wanted():
        install()
    program = shutil.which(command[0], path=str(PROGRAMS)) or command[0]
    try:
        return subprocess.run([program, *command[1:]], cwd=ROOT, env=surroundings()).returncode
    except FileNotFoundError:
        sys.exit(f"There is no program `{command[0]}` in the environment.")
    except KeyboardInterrupt:
        return 130


def wanted() -> str:
    """Fingerprint of what the environment is made from: the pins and this Python."""
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()


def install() -> None:
    """Make the environment from the pins, checking every hash."""
    print(
        "Setting up the environment in .venv (once; up to a minute) …", file=sys.stderr, flush=True
    )
    python = str(PROGRAMS / "python")
    uv = shutil.which("uv")
    if uv:
        create = [uv, "venv", "-q", "--clear", "--python", sys.executable, str(ENVIRONMENT)]
        fill = [uv, "pip", "install", "-q", "--python", python]
    else:
        create = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
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
    STAMP.write_text(wanted())


def surroundings() -> dict[str, str]:
    """Environment variables of the command: same results in any locale and on any machine."""
    variables = dict(os.environ)
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables.pop("PYTHONHOME", None)
    variables.update(
        PATH=f"{PROGRAMS}{os.pathsep}{variables.get('PATH', '')}",
        VIRTUAL_ENV=str(ENVIRONMENT),
        PYTHONPATH=str(ROOT / "workflow" / "lib"),
        PYTHONUTF8="1",
        PYTHONHASHSEED="0",
        MPLBACKEND="Agg",
        # One thread per process: sums then have one order, and jobs share the cores fairly.
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
    )
    variables.setdefault("SNAKEMAKE_PROFILE", str(ROOT / "workflow" / "profiles" / "default"))
    return variables


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
