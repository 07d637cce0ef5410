# SPDX-License-Identifier: GPL-2.0
"""Validates JSON documents, one after another in a file: validate.py SCHEMA FILE"""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
text = open(sys.argv[2]).read().lstrip()
decoder = json.JSONDecoder()
count = 0
while text:
    document, end = decoder.raw_decode(text)
    jsonschema.validate(document, schema)
    text = text[end:].lstrip()
    count += 1
print(count, "documents")
assert count
