def load_study():
    folder = Path(FOLDER)
    if not folder.parent.is_dir():
        raise StudyError(
            f"There is no folder instruments/ in {Path.cwd()}; start where instruments/ and data/ "
            "are, or name that folder: --directory FOLDER"
        )
    if not re.fullmatch("[a-z][a-z0-9_]{0,29}", NAME) or not folder.is_dir():
        known = ", ".join(sorted(path.name for path in Path("instruments").glob("*/")))
        raise StudyError(f"There is no study `{NAME}` in instruments/ (there are: {known}).")
    contents = {path.name: path.read_bytes() for path in folder.glob("*.yaml")}
    texts = {name: content.decode("utf-8-sig") for name, content in contents.items()}
    study = read_study(texts, FOLDER, {name: schema(name) for name in STUDY_FILES})
    return study, {f"{FOLDER}/{name}": digest(content) for name, content in contents.items()}


try:
    STUDY, DEFINED = load_study()
    WRITTEN = results_as_written()
except (StudyError, UnicodeDecodeError) as error:
    sys.exit(f"✗ {error}")


INSTRUMENTS = [f"{FOLDER}/{file}" for file in STUDY.files.values()]
MAIN = INSTRUMENTS[0]
SETTINGS = STUDY.settings
# Handed whole to every step that reads a part of it, as plain values.
PLAN = asdict(STUDY.plan)
CLUSTERS = sorted(
    STUDY.plan.clusters & set(STUDY.main.by_id)
    | {item.id for item in STUDY.main.with_role("cluster")}
)
NUMBERS = f"{CONFIDENTIAL}/community_numbers.parquet"
# A study of synthetic data takes its key from its seed. The key is in no report's provenance.
KEY = None if SETTINGS["study"]["synthetic"] else f"{CONFIDENTIAL}/key.txt"
try:
    KEY_DIGEST = KEY and keep_key(KEY, made_with_key())
except StudyError as error:
    sys.exit(f"✗ {error}")
KEYED = {"key": KEY, "key_digest": KEY_DIGEST, "seed": SETTINGS["study"]["seed"]}
