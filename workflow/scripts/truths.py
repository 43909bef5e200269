"""What the scripts share that draw from a study's truth."""

import json
from collections.abc import Mapping

from common import SCHEMAS, load_document, load_instrument
from coproduction.receipts import Reader
from coproduction.simulation.generator import Generator, prepare
from coproduction.simulation.truth.reading import read_truth
from coproduction.yamlfile import read_yaml


def load_generator(files: Mapping[str, list[str]], read: Reader) -> Generator:
    """Read a study's questionnaires and what is true of it, and make it ready to draw from."""
    main, *others = (load_instrument(path, read) for path in files["instruments"][:2])
    sheet = others[0] if others else None
    if files["truth"]:
        document = load_document(files["truth"][0], "truth", read)
    else:
        rules = json.loads(read(f"{SCHEMAS}/truth.schema.json"))
        document = read_yaml("equations: {}", "truth.yaml", rules)
    return prepare(read_truth(document, main, sheet), main, sheet)
