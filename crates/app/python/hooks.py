"""Leads schemathesis to things that exist: most ids it makes up would find nothing, and nothing behind them be tried.

QUARTERMASTER_THINGS is a JSON object: the name of a field or of a part of a path, and a real value for it. A made-up
value that is good is replaced by the real one four times in five; one that is meant to be wrong stays wrong.
"""

import json
import os
import re
import uuid
import zlib

import schemathesis

THINGS = json.loads(os.environ["QUARTERMASTER_THINGS"])
KEY = "Idempotency-Key"
SEEN = "If-Match"


def is_like(made_up, real):
    """True where both are ids of one kind, or the real one is a code and the other could be."""
    if not isinstance(made_up, str):
        return False
    prefix = re.match(r"[a-z]{3}_", real)
    if prefix:
        return re.fullmatch(prefix[0] + r"[a-z0-9_-]{1,64}", made_up) is not None
    return 1 <= len(made_up) <= 100 and made_up.isprintable()


def real(name, made_up):
    thing = THINGS.get(name)
    if thing is None or not is_like(made_up, thing) or zlib.crc32(made_up.encode("utf-8", "replace")) % 5 == 0:
        return made_up
    return thing


def within(value, name=""):
    if isinstance(value, dict):
        return {member: within(part, member) for member, part in value.items()}
    if isinstance(value, list):
        return [within(part, name.removesuffix("s")) for part in value]
    return real(name, value)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return within(path_parameters) if path_parameters else path_parameters


@schemathesis.hook
def map_query(context, query):
    return within(query) if query else query


@schemathesis.hook
def map_body(context, body):
    return within(body)


@schemathesis.hook
def map_headers(context, headers):
    # A key is used once: a repeat with another body would be refused before anything is tried.
    if headers and is_like(headers.get(KEY), "key"):
        headers[KEY] = str(uuid.uuid4())
    # Nobody guesses the version of a thing; most changes are meant for whatever is there.
    if headers and is_like(headers.get(SEEN), "*") and zlib.crc32(headers[SEEN].encode("utf-8", "replace")) % 5:
        headers[SEEN] = "*"
    return headers
