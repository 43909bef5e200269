import os
import re
import sys
from dataclasses import asdict
from itertools import chain
from pathlib import Path

ROOT = Path(str(workflow.current_basedir)).parents[1]
LIBRARY = ROOT / "workflow" / "lib"
# Where this is a module of another workflow, nobody else says where the library is; steps are
# processes of their own and look where their environment says.
if str(LIBRARY) not in sys.path:
    sys.path.insert(0, str(LIBRARY))
    further = filter(None, [os.environ.get("PYTHONPATH")])
    os.environ.update(PYTHONPATH=os.pathsep.join([str(LIBRARY), *further]))

import coproduction.schemas
from coproduction.dictionary import dictionary
from coproduction.errors import StudyError
from coproduction.steps.locks import take
from coproduction.privacy.private import keep_key
from coproduction.report.words import borrowed, catalogue
from coproduction.steps.receipts import altered, digest, digests, read_receipt
from coproduction.instrument.item_scales import scales_of
from coproduction.scenarios.choice import refuse_unknown, written_text
from coproduction.schemas import schema
from coproduction.steps.sources import fingerprints, inside
from coproduction.study import named_files, read_study

LOCK = ROOT / "workflow" / "envs" / "requirements.lock"
SCHEMAS = os.path.relpath(coproduction.schemas.__path__[0])
SCRIPTS = ROOT / "workflow" / "scripts"
# Of every script: its own content, the library modules it uses and the pinned packages.
USED = fingerprints(SCRIPTS.glob("*.py"), [SCRIPTS, LIBRARY], [LOCK])
CODE = {script: f"program {content}" for script, content in USED.items()}
if "study" not in config and any(word.startswith("study=") for word in sys.argv):
    sys.exit("✗ A study is named behind `--config`: snakemake --config study=NAME")
if Path(workflow.main_snakefile).resolve() == (ROOT / "Snakefile").resolve():
    # A workflow that takes this one as a module may hand on a configuration with keys of its own.
    try:
        refuse_unknown(config)
    except StudyError as error:
        sys.exit(f"✗ {error}")

# Kinds of files that make a study, each with a schema.
STUDY_FILES = ("instrument", "study", "plan")
try:
    NAME = written_text(config, "study", "coproduction")
except StudyError as error:
    sys.exit(f"✗ {error}")
FOLDER = f"instruments/{NAME}"
RAW = f"data/raw/{NAME}"
CONFIDENTIAL = f"data/confidential/{NAME}"
RESULTS = f"results/{NAME}"
LOGS = f"{RESULTS}/logs"
RECEIPTS = f".snakemake/receipts/{NAME}"


def raw_files(sources):
    return [f"{RAW}/{file}" for source in sources for file in source["files"]]


def check_raw_files(settings):
    """Refuse a study whose files are not where it says, naming all of them.

    Whoever simulates a study has none yet, so that only steps that read them ask.
    """
    named = [(f"{RAW}/{file.name}", file) for file in named_files(settings)]
    missing = [
        f"{path} is missing: put the {file.what} there, or correct `{file.key}` in "
        f"{FOLDER}/study.yaml."
        for path, file in named
        if not Path(path).is_file()
    ]
    if missing:
        sys.exit("✗ " + "\n".join(missing))
    for path, _ in named:
        kept(path, RAW)


def kept(path, folder):
    """Refuse a file that a link leads out of its folder."""
    if not inside(Path(path), Path(folder)):
        sys.exit(f"✗ {path} is a link that leads out of {folder}: put the file itself there.")
    return path


def in_folder(name, what, key):
    """Give the path of a file of the study's folder, which is to be there and no link out of it."""
    path = f"{FOLDER}/{name}"
    if not Path(path).is_file():
        sys.exit(f"✗ {path} is missing: put the {what} there, or correct `{key}` in study.yaml.")
    return kept(path, FOLDER)


def claim(folder):
    """Hold a results folder until this run ends, however it ends."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{folder}/.lock", os.O_WRONLY | os.O_CREAT)
    if not take(lock):
        sys.exit(f"✗ Another run is at work on {folder}; wait for its end, then start again.")


def receipt(step):
    """Where a step puts down what it read and wrote."""
    return f"{RECEIPTS}/{step}.json"


def outside(schemas=(), **files):
    """Files that no step makes, by name, and their contents: these count, dates do not.

    Beside them every step is told whether its data are synthetic.
    """
    files = {name: [file] if isinstance(file, str) else file for name, file in files.items()}
    paths = [*chain(*files.values()), *(f"{SCHEMAS}/{name}" for name in schemas)]
    contents = {path: DEFINED[path] for path in paths if path in DEFINED}
    contents |= digests(path for path in paths if path not in DEFINED)
    synthetic = SETTINGS["study"]["synthetic"]
    return {"files": files, "contents": contents, "synthetic": synthetic}


def results_as_written():
    """What the steps of the study wrote, by path; ends where a result is another by now."""
    files = sorted(Path(RECEIPTS).glob("*.json"))
    written = [read_receipt(file.read_bytes()).written for file in files]
    edited = [path for each in written for path in altered(each)]
    if edited:
        raise StudyError(
            f"{', '.join(edited)}: changed after the run that made it. Results are made, not "
            "edited; delete it, and the next run makes it again."
        )
    return [Path(path) for each in written for path in each]


def made_with_key():
    """What holds numbers that the study's key made: the tables of communities, the release."""
    return [NUMBERS, f"{CONFIDENTIAL}/release_key.csv", f"{RESULTS}/release"]


def remove_leftovers():
    """Remove results that the study no longer asks for, such as a report in a language given up."""
    asked = {Path(file) for rule in workflow.rules for file in rule.output}
    for path in WRITTEN:
        if asked.isdisjoint([path, *path.parents]):
            path.unlink(missing_ok=True)


def tables_by(step, without=()):
    """Result tables that a step makes, but those that this study has not."""
    tables = dictionary().made_by(step)
    return [f"{RESULTS}/{table}" for table in tables if Path(table).stem not in without]


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
