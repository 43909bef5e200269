"""What the scripts share that draw from a study's truth."""

import json
from collections.abc import Mapping

from common import SCHEMAS, load_document, load_instrument
from coproduction.instrument.definition import Instrument
from coproduction.simulation.generator import Generator, prepare
from coproduction.simulation.truth.reading import read_truth
from coproduction.steps.receipts import Reader
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.yamlfile import read_yaml

Files = Mapping[str, list[str]]


def load_generator(files: Files, read: Reader) -> Generator:
    """Read a study's questionnaires and what is true of it, and make it ready to draw from."""
    main, sheet = load_questionnaires(files, read)
    return prepare(read_truth(load_truth(files, read), main, sheet), main, sheet)


def load_questionnaires(files: Files, read: Reader) -> tuple[Instrument, Instrument | None]:
    """Read the questionnaire of persons and, if there is one, of communities."""
    main, *others = (load_instrument(path, read) for path in files["instruments"][:2])
    return main, others[0] if others else None


def load_truth(files: Files, read: Reader) -> Document:
    """Read what is true of a study; without a file, what the schema says."""
    if files["truth"]:
        return load_document(files["truth"][0], "truth", read)
    rules = json.loads(read(f"{SCHEMAS}/truth.schema.json"))
    return read_yaml("equations: {}", "truth.yaml", rules)
