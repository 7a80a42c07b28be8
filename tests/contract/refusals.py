"""A check beside those of schemathesis: whoever may not call an operation is told so, whatever else is in the request."""

import os

import schemathesis

# "api", "cli" or "none", and the header that belongs to it.
CALLER, AUTHORIZATION = os.environ["CONTRACT_CASE"], os.environ["CONTRACT_AUTHORIZATION"]
# An address that is none and a method that it does not take are found out before the caller is.
ALWAYS = {404, 405}


@schemathesis.check
def callers_are_told_apart(_context, response, case):
    schemes = {name for scheme in case.operation.definition.raw.get("security", []) for name in scheme}
    if not schemes:
        return
    # Schemathesis leaves the header out, or breaks it, now and then.
    is_known = bool(AUTHORIZATION) and response.request.headers.get("Authorization") == AUTHORIZATION
    is_wanted = is_known and f"{CALLER}Token" in schemes
    status = response.status_code
    refused_as_it_should = status in ALWAYS | ({403} if is_known else {401})
    if is_wanted and status in {401, 403} or not is_wanted and not refused_as_it_should:
        raise AssertionError(f"{CALLER}, token sent: {is_known}, token wanted: {is_wanted}, answer: {status}")
