/** A request with a body of JSON, which is wrong. */
export interface BodyRow {
  readonly title: string;
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** The very text of the body. */
  readonly body: string;
}

interface Operation {
  readonly method: BodyRow["method"];
  readonly path: string;
  /** A body with a good value for each field that the table puts bad ones into. */
  readonly good: Readonly<Record<string, unknown>>;
}

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const PERSON = { username: "somebody", password: "seven-purple-owls" };
const PROOF = { password: "not the password", code: "123456" };

/** What takes credentials, or changes them. */
const OPERATIONS: readonly Operation[] = [
  { method: "POST", path: "/login", good: { ...PERSON, code: "123456", passkey: {} } },
  { method: "POST", path: "/register", good: { ...PERSON, invitation: "a" } },
  { method: "POST", path: "/tokens", good: { ...PERSON, name: "a", scopes: ["files:read"] } },
  { method: "POST", path: "/tokens/refresh", good: { refreshToken: "a" } },
  { method: "POST", path: "/login/passkey", good: { passkey: {} } },
  { method: "POST", path: "/me/restore", good: PERSON },
  {
    method: "POST",
    path: "/password-reset",
    good: { token: "a".repeat(65), newPassword: "seven-purple-owls" },
  },
  {
    method: "PUT",
    path: "/me/password",
    good: { currentPassword: "seven-purple-owls", newPassword: "password456" },
  },
  { method: "PATCH", path: "/me", good: { username: "somebody", password: "seven-purple-owls" } },
  { method: "DELETE", path: "/me", good: PROOF },
  { method: "POST", path: "/me/totp", good: PROOF },
  { method: "POST", path: "/me/totp/confirm", good: { code: "123456" } },
  { method: "DELETE", path: "/me/totp", good: PROOF },
  { method: "POST", path: "/me/recovery-codes", good: PROOF },
  { method: "POST", path: "/me/passkeys", good: { name: "a", passkey: {} } },
  { method: "POST", path: "/me/passkeys/options", good: PROOF },
  { method: "POST", path: "/api-keys", good: { name: "a", scopes: ["files:read"] } },
  { method: "PATCH", path: `/api-keys/${ID}`, good: { name: "a", scopes: ["files:read"] } },
  {
    method: "PATCH",
    path: `/admin/accounts/${ID}`,
    good: { role: "viewer", limitBytes: 1, isDisabled: true },
  },
  { method: "POST", path: "/admin/invitations", good: { role: "viewer", maxUses: 1 } },
];

/** Values that are right for no field of any of them. */
const BAD_VALUES: readonly (readonly [title: string, json: string])[] = [
  ["an operator", '{"$ne":null}'],
  ["a regular expression", '{"$regex":".*"}'],
  ["a list of an operator", '[{"$gt":""}]'],
  ["a list in a list", "[[]]"],
  ["a number beyond all", "1e400"],
  ["a lone surrogate", '"\\ud800"'],
];

/** What is wrong with a field is told of those fields that could be right otherwise. */
const isRightFor = (title: string, value: unknown) =>
  title.endsWith("operator") || title.startsWith("a regular")
    ? typeof value === "object" && !Array.isArray(value)
    : false;

const deep = `${'{"a":'.repeat(40)}1${"}".repeat(40)}`;

/** Bodies that are wrong for every operation. */
const BAD_BODIES: readonly (readonly [title: string, body: string])[] = [
  ["null", "null"],
  ["a list", "[]"],
  ["a list of bodies", "[{},{}]"],
  ["a text", '"seven-purple-owls"'],
  ["a number", "1"],
  ["a space", " "],
  ["half a body", '{"username":"some'],
  ["two bodies", "{}{}"],
  ["code", '{"$where":"sleep(5000)"}'],
  ["a prototype", '{"__proto__":{"role":"admin"}}'],
  ["a constructor", '{"constructor":{"prototype":{"role":"admin"}}}'],
  ["a field that nobody may set", '{"isAdmin":true}'],
  ["40 levels", deep],
  ["a key of 100 KB", `{"${"a".repeat(100_000)}":1}`],
  ["2 MiB", `{"password":"${"a".repeat(2_097_152)}"}`],
];

const encode = (good: object, field: string, json: string) =>
  `{${Object.entries(good)
    .map(([name, value]) => `"${name}":${name === field ? json : JSON.stringify(value)}`)
    .join(",")}}`;

function rowsOf({ method, path, good }: Operation): BodyRow[] {
  const rowFor = (title: string, body: string): BodyRow => ({ title, method, path, body });
  const fields = Object.entries(good).flatMap(([field, value]) =>
    BAD_VALUES.filter(([title]) => !isRightFor(title, value)).map(([title, json]) =>
      rowFor(`${field} is ${title}`, encode(good, field, json)),
    ),
  );
  const again = Object.keys(good).map((field) => {
    const once = encode(good, "", "");
    // Of equal keys the last one counts.
    return rowFor(`${field} comes twice`, `${once.slice(0, -1)},"${field}":{"$ne":1},"x":1}`);
  });
  return [...BAD_BODIES.map(([title, body]) => rowFor(`is ${title}`, body)), ...fields, ...again];
}

/** Bodies that change nothing, and sign nobody in. */
export const BODIES: readonly BodyRow[] = OPERATIONS.flatMap(rowsOf);
