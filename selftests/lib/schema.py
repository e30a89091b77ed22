#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judge what a command prints under --json by the schema that is installed with it.

usage: schema.py SCHEMA [--lines] < OUTPUT

Knows the keywords that the schemas use, and refuses a schema with any other one: a
keyword that were passed over would allow everything. A property that the schema does
not name is an error here, as it is not documented; programs that read the output have
to accept it. With --lines each line is a value of its own.
"""
import json
import re
import sys
from typing import Any, Callable, Dict, Iterator, List

TYPES: Dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
NOTES = {"$schema", "title", "description"}
LIMITS = {"enum", "minimum", "minLength", "pattern"}
INSIDE = {"properties", "additionalProperties", "items", "required", "oneOf"}


def check_schema(schema: Any, where: str, is_part: bool = False) -> Iterator[str]:
    """Errors of the schema itself. Each one says what it is about; a part need not."""
    if not isinstance(schema, dict):
        yield f"{where}: not a schema"
        return
    for keyword in schema.keys() - NOTES - LIMITS - INSIDE - {"type"}:
        yield f"{where}: unknown keyword {keyword}"
    types = schema.get("type", [])
    for name in [types] if isinstance(types, str) else types:
        if name not in TYPES:
            yield f"{where}: unknown type {name}"
    if not is_part and "type" not in schema:
        yield f"{where}: no type"
    properties = schema.get("properties", {})
    for name, inner in properties.items():
        yield from check_schema(inner, f"{where}.{name}", is_part)
    if not is_part:
        for name in set(schema.get("required", [])) - properties.keys():
            yield f"{where}: {name} is required and not described"
    if "items" in schema:
        yield from check_schema(schema["items"], f"{where}[]")
    if "additionalProperties" in schema:
        yield from check_schema(schema["additionalProperties"], f"{where}.*")
    for inner in schema.get("oneOf", []):
        yield from check_schema(inner, where, True)


def check_limits(schema: Dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and TYPES["integer"](value) and value < schema["minimum"]:
        yield f"{where}: {value} is below {schema['minimum']}"
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{where}: {value!r} is too short"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{where}: {value!r} does not match {schema['pattern']}"


def check_object(schema: Dict[str, Any], value: Dict[str, Any], where: str,
                 is_part: bool) -> Iterator[str]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: no {name}"
    for name, inner in value.items():
        if name in properties:
            yield from check(properties[name], inner, f"{where}.{name}", is_part)
        elif others is not None:
            yield from check(others, inner, f"{where}.{name}")
        elif not is_part:
            yield f"{where}: {name} is not documented"


def check(schema: Dict[str, Any], value: Any, where: str, is_part: bool = False) -> Iterator[str]:
    """Errors of the value; of an alternative of oneOf, which knows only its part of it."""
    types: List[str] = ([schema["type"]] if isinstance(schema.get("type"), str)
                        else schema.get("type", []))
    if types and not any(TYPES[name](value) for name in types):
        yield f"{where}: {value!r} is no {' or '.join(types)}"
        return
    yield from check_limits(schema, value, where)
    if isinstance(value, dict):
        yield from check_object(schema, value, where, is_part)
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from check(schema.get("items", {}), inner, f"{where}[{number}]")
    if "oneOf" in schema:
        fitting = [part for part in schema["oneOf"] if not any(check(part, value, where, True))]
        if len(fitting) != 1:
            yield f"{where}: {len(fitting)} of the alternatives fit: {value!r}"


def read_values(text: str, by_line: bool) -> List[Any]:
    if not by_line:
        return [json.loads(text)]
    return [json.loads(line) for line in text.splitlines()]


def main(arguments: List[str]) -> int:
    path = arguments[0]
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    errors = list(check_schema(schema, path))
    if not errors:
        try:
            values = read_values(sys.stdin.read(), "--lines" in arguments[1:])
        except ValueError as reason:
            values, errors = [], [f"no JSON: {reason}"]
        if not values and not errors:
            errors = ["no value to judge"]
        for value in values:
            errors += check(schema, value, "")
    for error in errors:
        print(f"{path}: {error}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
