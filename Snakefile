"""From a questionnaire and raw exports to the report: `snakemake --config study=NAME`."""

from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/common.smk"


if "from" in config:

    include: "workflow/rules/start.smk"

else:

    include: "workflow/rules/study.smk"
    include: "workflow/rules/instrument.smk"
    include: "workflow/rules/simulation.smk"
    include: "workflow/rules/intake.smk"
    include: "workflow/rules/cleaning.smk"
    include: "workflow/rules/release.smk"
    include: "workflow/rules/measurement.smk"
    include: "workflow/rules/inference.smk"
    include: "workflow/rules/verdicts.smk"
    include: "workflow/rules/scenario_choice.smk"
    include: "workflow/rules/scenarios.smk"
    include: "workflow/rules/planning_choice.smk"
    include: "workflow/rules/planning.smk"
    include: "workflow/rules/report.smk"
    include: "workflow/rules/manual.smk"

    rule all:
        default_target: True
        input:
            rules.instrument.output,
            rules.intake.output,
            rules.cleaning.output,
            rules.release.output if RELEASE else [],
            rules.measurement.output,
            rules.inference.output,
            rules.verdicts.output,
            rules.report.output,

    onstart:
        claim(RESULTS)
        remove_leftovers()

    onsuccess:
        if any(job.rule.name == "report" for job in workflow.dag.jobs):
            print(
                f"The report is in {RESULTS}/report/:",
                *report_names(),
                sep="\n  ",
                file=sys.stderr,
            )
            for language in SETTINGS["study"]["languages"]:
                if told := borrowed(language):
                    print(f"! {told}", file=sys.stderr)
