import json
import re
import sys
from pathlib import Path

from coproduction.errors import StudyError
from coproduction.sources import fingerprint, inside
from coproduction.study import read_study

ROOT = Path(workflow.basedir)
LOCK = ROOT / "workflow" / "envs" / "requirements.lock"
SCHEMAS = {
    name: json.loads((ROOT / f"workflow/schemas/{name}.schema.json").read_text("utf-8"))
    for name in ("instrument", "study", "plan")
}
NAME = str(config.get("study", "coproduction"))
FOLDER = f"instruments/{NAME}"
RAW = f"data/raw/{NAME}"
CONFIDENTIAL = f"data/confidential/{NAME}"
RESULTS = f"results/{NAME}"
LOGS = f"{RESULTS}/logs"


def load_study():
    folder = Path(FOLDER)
    if not re.fullmatch("[a-z][a-z0-9_]{0,29}", NAME) or not folder.is_dir():
        known = ", ".join(sorted(path.name for path in Path("instruments").glob("*/")))
        raise StudyError(f"There is no study `{NAME}` in instruments/ (there are: {known}).")
    texts = {path.name: path.read_text("utf-8-sig") for path in folder.glob("*.yaml")}
    study = read_study(texts, FOLDER, SCHEMAS)
    for source in study.settings["data"]:
        for file in source["files"]:
            raw_file(file, "raw export", "`files`")
    return study


def raw_files(sources):
    return [f"{RAW}/{file}" for source in sources for file in source["files"]]


def raw_file(file, what, key):
    path = f"{RAW}/{file}"
    if not Path(path).is_file():
        sys.exit(
            f"✗ {path} is missing: put the {what} there, or correct {key} in "
            f"{FOLDER}/study.yaml."
        )
    return kept(path, RAW)


def kept(path, folder):
    """Refuse a file that a link leads out of its folder."""
    if not inside(Path(path), Path(folder)):
        sys.exit(f"✗ {path} is a link that leads out of {folder}: put the file itself there.")
    return path


def code(script):
    """Fingerprint of a script, the library modules it uses and the pinned packages."""
    folder = ROOT / "workflow" / "scripts"
    return fingerprint(folder / f"{script}.py", [folder, ROOT / "workflow" / "lib"], [LOCK])


def instrument_files():
    return {name: f"{FOLDER}/{file}" for name, file in STUDY.files.items()}


def result_tables(*names):
    """Every CSV that the rules of these names write."""
    outputs = [file for name in names for file in getattr(rules, name).output]
    return [file for file in outputs if str(file).endswith(".csv")]


def report_names():
    """Files of the report and, where the study wants one, of the short report."""
    study = STUDY.settings["study"]
    kinds = {"report": ("html", "pdf", "docx")}
    if "short_report" in study:
        kinds["short"] = ("html", "pdf")
    return [
        f"{name}_{language}.{ending}"
        for name, endings in kinds.items()
        for language in study["languages"]
        for ending in endings
    ]


try:
    STUDY = load_study()
except (StudyError, UnicodeDecodeError) as error:
    sys.exit(f"✗ {error}")

MAIN = f"{FOLDER}/{STUDY.files[STUDY.main.id]}"
SETTINGS = STUDY.settings
PLAN = STUDY.plan
