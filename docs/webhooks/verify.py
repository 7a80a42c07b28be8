"""Verifies a webhook of AVS Render. Python 3.8 or newer, nothing to install."""

import base64
import hashlib
import hmac
import os
import re
import sys
import time

TOLERANCE_SECS = 300


def verify(headers, body, secret, now=None):
    """Returns the id of the event; raises ValueError where the request is not genuine.

    `headers` by lower-case names, `body` as the raw bytes that arrived, `secret` exactly as it was sent with the job.
    Do nothing twice for the same id.
    """
    key = secret.encode()
    if not key:
        raise ValueError("there is no secret")
    signature = headers.get("x-avs-signature", "")
    expected = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise ValueError("X-AVS-Signature does not fit the body")

    # Only this signature covers the id and the time: without it an old delivery could be replayed.
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = f"{event_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    if not any([hmac.compare_digest(expected.encode(), one.encode()) for one in given]):
        raise ValueError("webhook-signature does not fit id, time and body")

    now = time.time() if now is None else now
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > TOLERANCE_SECS:
        raise ValueError("webhook-timestamp is too far from now")
    return event_id


if __name__ == "__main__":
    # AVS_WEBHOOK_SECRET=… verify.py 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
    pairs = (argument.split(":", 1) for argument in sys.argv[1:])
    try:
        given = {name.strip().lower(): value.strip() for name, value in pairs}
        print(verify(given, sys.stdin.buffer.read(), os.environ["AVS_WEBHOOK_SECRET"]))
    except ValueError as refused:
        sys.exit(f"refused: {refused}")
