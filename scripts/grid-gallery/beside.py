"""Where the reference of a network stands: beside its file, whole or not at all."""
import json
from pathlib import Path


def path_of(file):
    return Path(f"{file}.reference")


def write(file, reference):
    part = Path(f"{file}.part")
    part.write_text(json.dumps(reference))
    part.replace(path_of(file))
