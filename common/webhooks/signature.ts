import { createHmac } from "node:crypto";

/** A secret as its owner sees it: as Standard Webhooks says, and as its libraries take it. */
export const secretText = (secret: Buffer): string => `whsec_${secret.toString("base64")}`;

interface Signed {
  /** Of the delivery. */
  readonly id: string;
  /** Of the try, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of a delivery, as Standard Webhooks 1.0 says: HMAC-SHA-256 of id, time and body.
 *
 * @param secrets - Each makes one signature. Who verifies accepts any of them.
 */
export function signatureHeaders({ id, timestamp, body }: Signed, secrets: readonly Buffer[]) {
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`,
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
