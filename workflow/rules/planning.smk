from coproduction.intake.schema import with_platforms
from coproduction.planning.designs import design_problems
from coproduction.scenarios.choice import FEWEST
from coproduction.yamlfiles.problems import refuse_all

PLANNING = STUDY.planning
DESIGNS = [each.id for each in PLANNING.designs] if PLANNING else []
PAGES = [f"{RESULTS}/planning/{{page}}_{each}.html" for each in SETTINGS["study"]["languages"]]
# A few imputed tables tell the power, as errors hold what few of them add.
TABLES_IMPUTED = (CHOICE.imputations or FEWEST) if STUDY.plan.missing else None


def check_designs():
    """Refuse designs that name what the study's truth does not know."""
    if PLANNING is None:
        return
    path = f"{FOLDER}/study.yaml"
    settings = read_yaml(Path(path).read_text("utf-8-sig"), path, with_platforms(schema("study")))
    text = Path(TRUTH).read_text("utf-8-sig") if Path(TRUTH).is_file() else "equations: {}"
    truth = read_yaml(text, TRUTH, schema("truth"))
    problems = design_problems(PLANNING, SCENARIOS, truth.data)
    refuse_all((settings, problem) for problem in problems)


@cache
def of_designs():
    """Files that say what is true in the designs, and their contents."""
    base = PLANNING.scenario if PLANNING else None
    schemas = [*TRUTHS["schemas"], "scenario.schema.json"]
    return outside(**TRUTHS | {"schemas": schemas}, scenarios=scenario_paths(base) if base else [])


try:
    check_designs()
except (StudyError, UnicodeDecodeError) as error:
    sys.exit(f"✗ {error}")


rule planning:
    output:
        tables=tables_by("planning"),
        pages=expand(PAGES, page="formula"),
        receipt=receipt("planning"),
    log:
        f"{LOGS}/planning.log",
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["planning"],
        folder=FOLDER,
        plan=PLAN,
        planning=SETTINGS.get("planning"),
        study=SETTINGS["study"],
    message:
        "Tells by formula what the planned designs cost and can detect"
    script:
        "../scripts/planning.py"


rule power_batch:
    output:
        receipt=f"{RECEIPTS}/planning/{{design}}/{{first}}-{{last}}.json",
        table=f"{RESULTS}/planning/batches/{{design}}/{{first}}-{{last}}.csv",
    log:
        f"{LOGS}/planning/{{design}}/{{first}}-{{last}}.log",
    params:
        files=lambda wildcards: of_designs()["files"],
        contents=lambda wildcards: of_designs()["contents"],
        code=CODE["power_batch"],
        imputations=TABLES_IMPUTED,
        plan=PLAN,
        settings={
            name: SETTINGS[name]
            for name in ("data", "cleaning", "weights", "planning")
            if name in SETTINGS
        },
        seed=SETTINGS["study"]["seed"],
    message:
        "Analyses surveys {wildcards.first} to {wildcards.last} of design {wildcards.design}"
    script:
        "../scripts/power_batch.py"


rule power:
    input:
        receipts=[
            receipt("planning"),
            *(
                f"{RECEIPTS}/planning/{design}/{first}-{last}.json"
                for design in DESIGNS
                for first, last in CHOICE.batches
            ),
        ],
        designs=f"{RESULTS}/planning/designs.csv",
        formula=f"{RESULTS}/planning/formula.csv",
        replicates=[
            f"{RESULTS}/planning/batches/{design}/{first}-{last}.csv"
            for design in DESIGNS
            for first, last in CHOICE.batches
        ],
    output:
        tables=tables_by("power"),
        pages=expand(PAGES, page="power"),
        receipt=receipt("power"),
    log:
        f"{LOGS}/power.log",
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["power"],
        imputations=TABLES_IMPUTED,
        plan=PLAN,
        planning=SETTINGS.get("planning"),
        study=SETTINGS["study"],
    message:
        "Tells how often each planned design would reach its verdicts"
    script:
        "../scripts/power.py"
