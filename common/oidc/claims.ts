import { isUsername } from "../accounts/account.js";
import { ROLES, type Role } from "../accounts/role.js";

/** A claim by its name, or by a path through objects, such as `realm_access.roles`. */
export function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The highest role that the values of a claim give; `undefined` where none of them gives one. */
export function roleOf(claim: unknown, map: ReadonlyMap<string, Role>): Role | undefined {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const given = new Set(values.map((value) => map.get(String(value))));
  return ROLES.find((role) => given.has(role));
}

/** Whether the provider says that it has asked for several factors (RFC 8176). */
export const saysSeveralFactors = ({ amr }: Readonly<Record<string, unknown>>) =>
  Array.isArray(amr) && amr.includes("mfa");

const MAX_LENGTH = 64;

/** Usernames for a new person, the most wanted first: made from a claim, with numbers if others have them already. */
export function* usernamesFrom(claim: unknown, random: string): Generator<string> {
  const wanted = typeof claim === "string" ? (claim.split("@", 1)[0] ?? "") : "";
  const plain = wanted
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-");
  const base = plain.slice(0, MAX_LENGTH - 8);
  if (isUsername(base)) {
    yield base;
    for (let number = 2; number <= 5; number += 1) yield `${base}-${number}`;
  }
  yield `user-${random}`;
}
