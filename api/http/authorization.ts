import type { IncomingHttpHeaders } from "node:http";

type Fields = Pick<IncomingHttpHeaders, "authorization">;

const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Whether a request has bearer credentials (RFC 6750 §2.1), well-formed or not. */
export function isBearer({ authorization = "" }: Fields): boolean {
  return /^bearer(?: |$)/i.test(authorization);
}

/** The token of bearer credentials (RFC 6750 §2.1); `undefined` where a request has none, or malformed ones. */
export function bearerToken({ authorization = "" }: Fields): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

/** Basic credentials (RFC 7617), in UTF-8; `undefined` where a request has none, or malformed ones. */
export function basicCredentials({ authorization = "" }: Fields) {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A challenge to send bearer credentials, with what is wrong with those that were sent (RFC 6750 §3). */
export function bearerChallenge(parameters: Readonly<Record<string, string>> = {}): string {
  const quoted = Object.entries(parameters).map(
    ([name, value]) => `, ${name}="${value.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, "'")}"`,
  );
  return `Bearer realm="stowage"${quoted.join("")}`;
}
