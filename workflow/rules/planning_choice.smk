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
