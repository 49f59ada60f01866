"""Validates every profile of a folder against the JSON Schema in it, and makes sure that the schema refuses something.

Usage: validate_profiles.py FOLDER. Exit code 0: all is as it should be.
"""

import copy
import glob
import json
import os
import sys

import yaml
from jsonschema import Draft202012Validator


def as_json(value):
    """YAML as JSON has it: keys are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_json(below) for below in value]
    return value


def main(folder):
    with open(os.path.join(folder, "station-profile.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    files = sorted(glob.glob(os.path.join(folder, "*.yaml")))
    failures = 0 if files else 1
    for path in files:
        with open(path, encoding="utf-8") as file:
            profile = as_json(yaml.safe_load(file))
        for error in validator.iter_errors(profile):
            print(f"{path}: {'.'.join(map(str, error.path))}: {error.message}", file=sys.stderr)
            failures += 1
        for damage in (
            lambda p: p.pop("limit"),
            lambda p: p["connection"].update(port=0),
            lambda p: p["registers"].update(x={"address": 1, "type": "u17"}),
            lambda p: p["limit"].update(surprise=1),
            lambda p: p["status"][0].update({"is": "empty"}),
        ):
            damaged = copy.deepcopy(profile)
            damage(damaged)
            if validator.is_valid(damaged):
                print(f"{path}: the schema takes a damaged profile", file=sys.stderr)
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
