from coproduction.start.writing import marked

FILES = [f"{kind}.yaml" for kind in STUDY_FILES]


def usable(path):
    """Give a file a name under which a workflow can have it: its own, without braces and such."""
    return path.name if re.fullmatch(r"\w[\w .()-]*", path.name) else f"answers{path.suffix}"


def file_to_begin_from():
    """Give the file behind `from=`; ends where it is none, or the study is there already."""
    path = Path(written_text(config, "from")).expanduser()
    if "study" not in config or not re.fullmatch("[a-z][a-z0-9_]{0,29}", NAME):
        raise StudyError(
            "Name the new study in small letters, digits and underscores, the first a letter: "
            "--config study=NAME from=FILE"
        )
    if path.is_dir():
        raise StudyError(f"{path} is a folder: write after `from=` which file in it to start from.")
    if not path.is_file():
        raise StudyError(f"There is no file {path}: say after `from=` where it is.")
    if Path(FOLDER).is_dir() and any(Path(FOLDER).iterdir()):
        raise StudyError(
            f"{FOLDER} is there already and nothing of it is overwritten: take another name, or "
            "move it away."
        )
    copy = Path(RAW, usable(path))
    if copy.is_file() and copy.read_bytes() != path.read_bytes():
        raise StudyError(f"{copy} is another file than {path}: move it away, or take another name.")
    return path


try:
    FROM = file_to_begin_from()
except StudyError as error:
    sys.exit(f"✗ {error}")

COPY = f"{RAW}/{usable(FROM)}"
# Whoever has put the export where it belongs keeps it as it is.
COPIED = Path(COPY).is_file()


rule start:
    default_target: True
    output:
        receipt=f".snakemake/receipts/start_{NAME}.json",
        files=[f"{FOLDER}/{name}" for name in FILES],
        raw=[] if COPIED else COPY,
    log:
        f"{LOGS}/start.log",
    params:
        contents=digests([FROM]),
        study=NAME,
        file=usable(FROM),
        code=CODE["start"],
    message:
        f"Makes the study {NAME} from {FROM.name}"
    script:
        "../scripts/start.py"


onsuccess:
    if Path(FOLDER).is_dir():
        texts = {f"{FOLDER}/{name}": Path(FOLDER, name).read_text("utf-8") for name in FILES}
        print(
            f"The study is in {FOLDER}/, its data in {RAW}/. It runs as it is:",
            f"  python3 workflow/boot.py snakemake --config study={NAME}",
            "For you to decide:",
            *(f"  {told}" for told in marked(texts)),
            sep="\n",
            file=sys.stderr,
        )
