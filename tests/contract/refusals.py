"""A check beside those of schemathesis: whoever may not call an operation is told so, whatever else is in the request."""

import os

import schemathesis

CASE = os.environ["CONTRACT_CASE"]
# An address that is none and a method that it does not take are found out before the caller is.
ALWAYS = {404, 405}


@schemathesis.check
def callers_are_told_apart(_context, response, case):
    schemes = {name for scheme in case.operation.definition.raw.get("security", []) for name in scheme}
    if CASE == "none" and schemes:
        allowed = {401}
    elif CASE == "cli" and "apiToken" in schemes or CASE == "api" and "cliToken" in schemes:
        allowed = {403}
    else:
        return
    if response.status_code not in allowed | ALWAYS:
        raise AssertionError(f"{CASE}: answered {response.status_code} where it should be one of {allowed}")
