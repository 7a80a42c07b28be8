// Verifies a webhook of AVS Render. Node 16 or newer, nothing to install.

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TOLERANCE_SECS = 300;

/**
 * Returns the id of the event; throws where the request is not genuine.
 *
 * `headers` by lower-case names (as `request.headers` has them), `body` as a Buffer with the raw bytes that arrived,
 * `secret` exactly as it was sent with the job. Do nothing twice for the same id.
 */
export function verify(headers, body, secret, now = Date.now() / 1000) {
  if (!secret) {
    throw new Error("there is no secret");
  }
  const hmac = () => createHmac("sha256", Buffer.from(secret, "utf8"));
  const expected = "sha256=" + hmac().update(body).digest("hex");
  if (!equal(expected, headers["x-avs-signature"] ?? "")) {
    throw new Error("X-AVS-Signature does not fit the body");
  }

  // Only this signature covers the id and the time: without it an old delivery could be replayed.
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const standard = "v1," + hmac().update(`${id}.${timestamp}.`).update(body).digest("base64");
  if (!(headers["webhook-signature"] ?? "").split(" ").some((given) => equal(standard, given))) {
    throw new Error("webhook-signature does not fit id, time and body");
  }

  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECS) {
    throw new Error("webhook-timestamp is too far from now");
  }
  return id;
}

function equal(expected, given) {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // AVS_WEBHOOK_SECRET=… node verify.mjs 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
  const pairs = process.argv.slice(2).map((argument) => argument.split(/:(.*)/s));
  const headers = Object.fromEntries(pairs.map(([name, value]) => [name.trim().toLowerCase(), value.trim()]));
  try {
    console.log(verify(headers, readFileSync(0), process.env.AVS_WEBHOOK_SECRET));
  } catch (refused) {
    console.error(`refused: ${refused.message}`);
    process.exitCode = 1;
  }
}
