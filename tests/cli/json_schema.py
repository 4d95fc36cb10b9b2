#!/usr/bin/env python3
"""Check JSON lines against docs/json-schema.json.

    json_schema.py SCHEMA FILE...     every line of every file
    json_schema.py SCHEMA --self      the checker itself

Nothing but the standard library: of JSON Schema it knows what our schema
uses, and refuses a schema that uses more.
"""
import json
import re
import sys

KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type",
    "const", "enum", "required", "properties", "additionalProperties",
    "items", "maxItems", "minLength", "minimum", "maximum", "pattern",
    "oneOf", "if", "then", "else",
}
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool,
    "null": type(None),
}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def same(a, b):
    return type(a) is type(b) and a == b


def problems(value, schema, root, where="$"):
    """Yield what is wrong with value."""
    unknown = set(schema) - KNOWN
    if unknown:
        raise SystemExit("schema uses %s, which is not checked" % unknown)
    if "$ref" in schema:
        target = root
        for part in schema["$ref"][2:].split("/"):
            target = target[part]
        yield from problems(value, target, root, where)
    if "type" in schema and not is_type(value, schema["type"]):
        yield "%s: %r is no %s" % (where, value, schema["type"])
        return
    if "const" in schema and not same(value, schema["const"]):
        yield "%s: %r is not %r" % (where, value, schema["const"])
    if "enum" in schema and not any(same(value, e) for e in schema["enum"]):
        yield "%s: %r is none of %r" % (where, value, schema["enum"])
    if is_type(value, "number"):
        if value < schema.get("minimum", value):
            yield "%s: %r is too small" % (where, value)
        if value > schema.get("maximum", value):
            yield "%s: %r is too large" % (where, value)
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield "%s: %r is too short" % (where, value)
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield "%s: %r is not like %s" % (where, value, schema["pattern"])
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield "%s: %d items are too many" % (where, len(value))
        for i, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), root,
                                "%s[%d]" % (where, i))
    if isinstance(value, dict):
        yield from object_problems(value, schema, root, where)
    if "oneOf" in schema:
        fits = [s for s in schema["oneOf"]
                if not list(problems(value, s, root, where))]
        if len(fits) != 1:
            yield "%s: fits %d of oneOf" % (where, len(fits))
    if "if" in schema:
        holds = not list(problems(value, schema["if"], root, where))
        branch = schema.get("then" if holds else "else", {})
        yield from problems(value, branch, root, where)


def object_problems(value, schema, root, where):
    props = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in value:
            yield "%s: no %s" % (where, key)
    for key, item in value.items():
        if key in props:
            yield from problems(item, props[key], root,
                                "%s.%s" % (where, key))
        elif schema.get("additionalProperties") is False:
            yield "%s: %s is unknown" % (where, key)


def no_constant(name):
    raise ValueError("%s is not JSON" % name)


def once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice: %s" % keys)
    return dict(pairs)


def load(line):
    return json.loads(line, parse_constant=no_constant,
                      object_pairs_hook=once)


def self_test():
    """The checker finds what it should find."""
    schema = {
        "type": "object", "required": ["a"],
        "properties": {
            "a": {"$ref": "#/$defs/n"},
            "b": {"type": "array", "maxItems": 1, "items": {"enum": ["x"]}},
            "c": {"oneOf": [{"type": "null"}, {"type": "string",
                                               "pattern": "^[0-9]+$"}]},
            "d": {"type": "boolean"}, "e": {"const": 1},
            "f": {"type": "string", "minLength": 1},
        },
        "additionalProperties": False,
        "if": {"properties": {"e": {"const": 1}}, "required": ["e"]},
        "then": {"required": ["d"]},
        "$defs": {"n": {"type": "number", "minimum": 0, "maximum": 5}},
    }
    good = ['{"a":0}', '{"a":5.0,"b":["x"],"c":null}', '{"a":1,"c":"12"}',
            '{"a":1,"e":1,"d":true}', '{"a":1,"f":"x"}']
    bad = ['{}', '[]', '{"a":-1}', '{"a":6}', '{"a":true}', '{"a":"1"}',
           '{"a":1,"b":["y"]}', '{"a":1,"b":["x","x"]}', '{"a":1,"c":"x"}',
           '{"a":1,"c":3}', '{"a":1,"z":1}', '{"a":1,"e":1}',
           '{"a":1,"e":true}', '{"a":1,"f":""}', '{"a":null}']
    broken = ['{"a":NaN}', '{"a":1,"a":1}', '{"a":Infinity}', '{"a":01}']
    failed = 0
    for line in good + bad:
        found = list(problems(load(line), schema, schema))
        if bool(found) != (line in bad):
            print("not ok - %s: %s" % (line, found))
            failed += 1
    for line in broken:
        try:
            load(line)
            print("not ok - %s was read" % line)
            failed += 1
        except ValueError:
            pass
    return failed


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = load(f.read())
    if sys.argv[2:] == ["--self"]:
        return 1 if self_test() else 0
    bad = lines = 0
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8", newline="\n") as f:
            for line in f:
                lines += 1
                try:
                    found = list(problems(load(line), schema, schema))
                except ValueError as e:
                    found = [str(e)]
                for what in found:
                    print("not ok - %s:%d: %s" % (name, lines, what))
                bad += bool(found)
    if not lines:
        print("not ok - nothing to check")
    return 1 if bad or not lines else 0


sys.exit(main())
