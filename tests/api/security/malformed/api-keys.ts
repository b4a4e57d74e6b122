import { apiKeyText } from "../../../../common/credentials/api-key-text.js";
import { newSecret } from "../../../../common/credentials/secret.js";
import { newId } from "../../../../common/platform/ids.js";
import { basic, line, type Row, type Stash, swapped } from "./stash.js";

const changed = (key: string) => key.replace(/.$/, (last) => (last === "a" ? "b" : "a"));

/** What is wrong with an API key; each is sent as a bearer, and as the password of Basic credentials. */
const KEYS: readonly (readonly [string, (stash: Stash) => string])[] = [
  ["of its prefix alone", () => "stw_"],
  ["with a wrong checksum", ({ key }) => changed(key)],
  ["that never was", () => apiKeyText({ id: newId(), secret: newSecret() })],
  ["with another secret", ({ key }) => apiKeyText({ id: key.slice(4, 26), secret: newSecret() })],
  ["one character short", ({ key }) => key.slice(0, -1)],
  ["cut in half", ({ key }) => key.slice(0, 38)],
  ["one character long", ({ key }) => `${key}a`],
  ["twice", ({ key }) => key + key],
  ["in the other case", ({ key }) => `stw_${swapped(key.slice(4))}`],
  ["in lower case", ({ key }) => key.toLowerCase()],
  [
    "with its parts swapped",
    ({ key }) => `stw_${key.slice(26, 69)}${key.slice(4, 26)}${key.slice(69)}`,
  ],
  ["that is revoked", ({ revokedKey }) => revokedKey],
  ["that is expired", ({ expiredKey }) => expiredKey],
  ["of a disabled account", ({ keyOfDisabled }) => keyOfDisabled],
  ["from an address that is not its own", ({ keyFromElsewhere }) => keyFromElsewhere],
  ["of 5,000 characters", () => `stw_${"a".repeat(5000)}`],
];

/** API keys that let nobody in, wherever they are sent. */
export const API_KEYS: readonly Row[] = [
  ...KEYS.flatMap(([title, make]): Row[] => [
    [`an API key ${title}`, "invalid-token", (stash) => line(`Bearer ${make(stash)}`)],
    [`an API key ${title}, as a password`, "invalid-token", (stash) => basic(`:${make(stash)}`)],
  ]),
  ["an API key with another prefix", "invalid-token", ({ key }) => line(`Bearer x${key}`)],
  ["an API key in capitals", "invalid-token", ({ key }) => line(`Bearer ${key.toUpperCase()}`)],
  ["an API key in quotes", "invalid-token", ({ key }) => line(`Bearer "${key}"`)],
  ["two API keys", "invalid-token", ({ key }) => line(`Bearer ${key},${key}`)],
  ["an API key without a scheme", "unauthenticated", ({ key }) => line(key)],
  ["an API key as a cookie", "unauthenticated", ({ key }) => [`Cookie: stowage_session=${key}`]],
  ["an API key in X-API-Key", "unauthenticated", ({ key }) => [`X-API-Key: ${key}`]],
  ["an API key of another username", "invalid-token", ({ key }) => basic(`somebody:${key}`)],
  ["an API key of an operator", "invalid-token", ({ key }) => basic(`{$ne}:${key}`)],
];
