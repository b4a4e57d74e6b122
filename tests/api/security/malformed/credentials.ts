import { ACCESS_TOKENS } from "./access-tokens.js";
import { API_KEYS } from "./api-keys.js";
import { base64, basic, cookie, line, type Row, type Stash, swapped } from "./stash.js";

const SCHEMES: readonly Row[] = [
  "",
  " ",
  "Basic",
  "Bearer,abc",
  "BearerX abc",
  "Bearer\tabc",
  "XBearer abc",
  "Token abc",
  "OAuth abc",
  "Digest username=a",
  "Negotiate YII=",
  "NTLM TlRM",
  "DPoP abc",
  "Hawk id=a",
  "AWS4-HMAC-SHA256 Credential=a",
  "Cookie stowage_session=a",
  "null",
  "undefined",
  "[object Object]",
  "{}",
  "\u00fc\u00fc",
  "a".repeat(8000),
].map(
  (value) =>
    [
      `the field ${JSON.stringify(value.slice(0, 30))}`,
      "unauthenticated",
      () => line(value),
    ] as const,
);

const BEARERS: readonly Row[] = [
  "Bearer",
  "Bearer ",
  "bearer",
  "BEARER x",
  "Bearer a b",
  "Bearer =",
  "Bearer \u00e9",
  "Bearer \t",
  'Bearer "abc"',
  "Bearer {}",
  "Bearer null",
  "Bearer a, Basic Og==",
  "Bearer Bearer",
  "Bearer hello",
  "Bearer %00",
  "Bearer ../../etc/passwd",
  `Bearer ${"a".repeat(8000)}`,
].map(
  (value) =>
    [
      `the field ${JSON.stringify(value.slice(0, 30))}`,
      "invalid-token",
      () => line(value),
    ] as const,
);

/** A proxy in front may ask for such credentials: they are not for us. */
const BASICS: readonly Row[] = (
  [
    ["Basic alone", () => line("Basic ")],
    ["Basic with no base64", () => line("Basic %%%")],
    ["Basic with one character", () => line("Basic a")],
    ["Basic without a colon", () => basic("somebody")],
    ["Basic of a colon", () => basic(":")],
    ["Basic of nothing", () => line("Basic =")],
    ["Basic with too much padding", () => line("Basic Og====")],
    ["Basic in base64url", () => line("Basic -_-_")],
    ["Basic with a space inside", () => line("Basic Oj o6")],
    ["Basic with parameters", () => line('Basic realm="a"')],
    ["Basic of broken UTF-8", () => basic(Buffer.from([0xff, 0x3a, 0xfe]))],
    ["Basic of NUL", () => basic("\0:\0")],
    ["Basic of line ends", () => basic("a\r\nX: y:b\r\n")],
    ["Basic of operators", () => basic('{"$gt":""}:{"$gt":""}')],
    ["Basic of a password", ({ username }) => basic(`${username}:seven-purple-owls`)],
    ["Basic of a wrong password", ({ username }) => basic(`${username}:wrong`)],
    ["Basic of 6,000 bytes", () => basic(`${"u".repeat(3000)}:${"p".repeat(3000)}`)],
    ["Basic with a key as the username", ({ key }) => basic(`${key}:`)],
    ["Basic with an access token as the password", ({ forge }) => basic(`:${forge.valid}`)],
    ["Basic with a refresh token as the password", ({ refreshToken }) => basic(`:${refreshToken}`)],
    ["Basic with a colon before the key", ({ key }) => basic(`::${key}`)],
  ] as readonly (readonly [string, (stash: Stash) => readonly string[]])[]
).map(([title, make]) => [title, "unauthenticated", make] as const);

const COOKIES: readonly Row[] = (
  [
    ["without its signature", ({ session: { id } }) => [`Cookie: stowage_session=${id}`]],
    ["of its signature alone", ({ session: { sig } }) => [`Cookie: stowage_session.sig=${sig}`]],
    ["that is cut", ({ session: { id, sig } }) => cookie({ id: id.slice(0, -1), sig })],
    ["that is longer", ({ session: { id, sig } }) => cookie({ id: `${id}a`, sig })],
    [
      "with a signature that is cut",
      ({ session: { id, sig } }) => cookie({ id, sig: sig.slice(1) }),
    ],
    ["without a value", ({ session: { sig } }) => cookie({ id: "", sig })],
    ["signed by another secret", ({ foreignSession }) => cookie(foreignSession)],
    [
      "of another user under its signature",
      (stash) => cookie({ ...stash.otherSession, sig: stash.session.sig }),
    ],
    [
      "under the signature of another",
      (stash) => cookie({ ...stash.session, sig: stash.otherSession.sig }),
    ],
    ["in the other case", ({ session: { id, sig } }) => cookie({ id: swapped(id), sig })],
    ["that was signed out", ({ endedSession }) => cookie(endedSession)],
    ["of a disabled account", ({ sessionOfDisabled }) => cookie(sessionOfDisabled)],
    ["of JSON", ({ session: { sig } }) => cookie({ id: base64('{"accountId":"a"}'), sig })],
    ["of an operator", ({ session: { sig } }) => cookie({ id: "{$ne:1}", sig })],
    ["of a prototype", () => ["Cookie: __proto__=a; constructor=b"]],
    [
      "of another name",
      ({ session: { id, sig } }) => [`Cookie: session=${id}; session.sig=${sig}`],
    ],
    ["of percent signs", () => cookie({ id: "%00%ff", sig: "%" })],
    ["of 6,000 characters", ({ session: { sig } }) => cookie({ id: "a".repeat(6000), sig })],
    ["of separators", () => ["Cookie: ;;;=;,=,"]],
    ["that is no pair", () => ["Cookie: stowage_session"]],
  ] as readonly (readonly [string, (stash: Stash) => readonly string[]])[]
).map(([title, make]) => [`a cookie ${title}`, "unauthenticated", make] as const);

/** What no parser of HTTP lets pass. */
const BROKEN: readonly Row[] = [
  ["a field with NUL", 400, () => line("Bearer a\0b")],
  ["a field with a control character", 400, () => line("Bearer a\x01b")],
  ["a field with DEL", 400, () => line("Bearer a\x7fb")],
  ["a field with a lone line end", 400, () => line("Bearer a\rb")],
  ["two fields", 400, ({ key }) => [...line(`Bearer ${key}`), ...line(`Bearer ${key}`)]],
  [
    "two fields of different kinds",
    400,
    ({ key }) => [...line(`Bearer ${key}`), ...basic(`:${key}`)],
  ],
  ["two fields, one of them empty", 400, ({ key }) => [...line(`Bearer ${key}`), ...line("")]],
  ["two cookies", 400, ({ session }) => [...cookie(session), ...cookie(session)]],
  ["a field of 100 KB", 431, () => line(`Bearer ${"a".repeat(100_000)}`)],
  ["a cookie of 100 KB", 431, () => [`Cookie: stowage_session=${"a".repeat(100_000)}`]],
];

/** The cookie of a valid session does not help bearer credentials that are not. */
const BESIDE_A_COOKIE: readonly Row[] = [
  "Bearer",
  "Bearer a b",
  "Bearer hello",
  "Bearer stw_",
  "bearer a.b.c",
].map(
  (value) =>
    [
      `the field ${value} beside a valid cookie`,
      "invalid-token",
      ({ session }: Stash) => [...line(value), ...cookie(session)],
    ] as const,
);

/** Credentials that let nobody in, at any door. */
export const CREDENTIALS: readonly Row[] = [
  ["nothing", "unauthenticated", () => []],
  ...SCHEMES,
  ...BEARERS,
  ...BASICS,
  ...API_KEYS,
  ...COOKIES,
  ...BROKEN,
  ...BESIDE_A_COOKIE,
  ["a refresh token", "invalid-token", ({ refreshToken }) => line(`Bearer ${refreshToken}`)],
  ...ACCESS_TOKENS.map(([title, make]): Row => [
    `an access token ${title}`,
    "invalid-token",
    async ({ forge }) => line(`Bearer ${await make(forge)}`),
  ]),
];
