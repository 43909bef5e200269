# Without a file of its own a study has the truth of the schema's defaults.
TRUTH = f"{FOLDER}/{SETTINGS.get('simulation', {}).get('truth', 'truth.yaml')}"
TRUTHS = {
    "instruments": INSTRUMENTS,
    "truth": [TRUTH] if Path(TRUTH).is_file() else [],
    "schemas": ["instrument.schema.json", "truth.schema.json"],
}


rule simulation:
    output:
        receipt=receipt("simulation"),
        # A folder, since the name of a file may hold a brace, which would make it a pattern.
        raw=directory(f"{RESULTS}/simulation/raw"),
        frames=f"{RESULTS}/simulation/population/frames.csv",
        margins=f"{RESULTS}/simulation/population/margins.csv",
    log:
        f"{LOGS}/simulation.log",
    params:
        **outside(**TRUTHS),
        code=CODE["simulation"],
        settings={name: SETTINGS[name] for name in ("data", "cleaning") if name in SETTINGS},
        seed=SETTINGS["study"]["seed"],
    message:
        "Makes synthetic raw data with a known truth"
    script:
        "../scripts/simulation.py"


rule true_values:
    output:
        receipt=receipt("true_values"),
        table=f"{RESULTS}/simulation/true_values.csv",
    log:
        f"{LOGS}/true_values.log",
    params:
        **outside(**TRUTHS, plan=f"{FOLDER}/plan.yaml"),
        code=CODE["true_values"],
        plan=PLAN,
    message:
        "Computes the true values of the planned estimands"
    script:
        "../scripts/true_values.py"
