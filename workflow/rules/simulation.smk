rule simulation:
    output:
        receipt=receipt("simulation"),
        residents=f"{RESULTS}/simulation/residents.csv",
        communities=f"{RESULTS}/simulation/communities.csv",
        contacts=f"{RESULTS}/simulation/contacts.csv",
        retest=f"{RESULTS}/simulation/retest.csv",
        retest_links=f"{RESULTS}/simulation/retest_links.csv",
    log:
        f"{LOGS}/simulation.log",
    params:
        **outside(
            instruments=INSTRUMENTS,
            truth=f"{FOLDER}/{SETTINGS.get('simulation', {}).get('truth', 'truth.yaml')}",
            schemas=["instrument.schema.json", "truth.schema.json"],
        ),
        code=CODE["simulation"],
        seed=SETTINGS["study"]["seed"],
    message:
        "Makes synthetic exports with a known truth"
    script:
        "../scripts/simulation.py"
