import { ROLES, type Role } from "../accounts/role.js";
import type { ConfigOf } from "../platform/config.js";
import { oneOf, optionalText, text, topic } from "../platform/setting.js";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Without TLS, anybody on the way could be the issuer. */
function isIssuer(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, search, hash, username } = new URL(given);
  const isSafe = protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
  return isSafe && search === "" && hash === "" && username === "";
}

/** `value=role`, separated by commas. */
function isRoleMap(given: string): boolean {
  return given.split(",").every((entry) => parseEntry(entry) !== undefined);
}

function parseEntry(entry: string): readonly [string, Role] | undefined {
  const [, value = "", word] = /^\s*(.+)=([a-z]+)\s*$/.exec(entry) ?? [];
  const role = ROLES.find((each) => each === word);
  return role === undefined ? undefined : [value.trim(), role];
}

/** Which role each value of the role claim gives. */
export const readRoleMap = (map: string): ReadonlyMap<string, Role> =>
  new Map(map.split(",").flatMap((entry) => [parseEntry(entry) ?? []].filter(isPair)));

const isPair = (entry: readonly unknown[]): entry is readonly [string, Role] => entry.length === 2;

/** Single sign-on with OpenID Connect. */
export const oidcSettings = topic("Single sign-on", {
  oidcIssuer: optionalText(
    "OIDC_ISSUER",
    "The OpenID provider, such as https://id.example.com. Empty: no single sign-on.",
    { check: isIssuer, form: "an https URL without a query (http on this machine only)" },
  ),
  oidcClientId: optionalText("OIDC_CLIENT_ID", "What the provider calls this server.", {
    check: (id) => id.length <= 1024,
    form: "at most 1024 characters",
  }),
  oidcClientSecret: {
    ...optionalText(
      "OIDC_CLIENT_SECRET",
      "The secret that the provider has given this server. Empty for a public client.",
      { check: (secret) => secret.length <= 4096, form: "at most 4096 characters" },
    ),
    isSecret: true,
  },
  oidcName: text("OIDC_NAME", "What people know the provider as.", {
    pattern: /^.{1,64}$/,
    form: "1 to 64 characters",
    default: "Single sign-on",
  }),
  oidcScopes: text("OIDC_SCOPES", "The scopes to ask for, separated by spaces.", {
    pattern: /^(?:\S+ )*openid(?: \S+)*$/,
    form: "scopes with openid among them",
    default: "openid profile email",
  }),
  oidcRegistration: oneOf(
    "OIDC_REGISTRATION",
    "Who may sign in: accounts that their owners have linked (`existing`), or also new people, who get an account (`open`).",
    ["existing", "open"],
  ),
  oidcSecondFactor: oneOf(
    "OIDC_SECOND_FACTOR",
    "Whether an account with a second factor of its own is asked for it after single sign-on: always (`ask`), or only where the provider does not say in `amr` that it has asked for several factors (`trust`).",
    ["ask", "trust"],
  ),
  oidcUsernameClaim: text(
    "OIDC_USERNAME_CLAIM",
    "The claim that a new account's username is made from.",
    { pattern: /^[\w.:/-]{1,128}$/, form: "the name of a claim", default: "preferred_username" },
  ),
  oidcRoleClaim: optionalText(
    "OIDC_ROLE_CLAIM",
    "The claim that says what people may do, such as `groups` or `realm_access.roles`. It counts at each sign-in. Empty: admins give roles.",
    { check: (claim) => /^[\w.:/-]{1,128}$/.test(claim), form: "the name of a claim" },
  ),
  oidcRoleMap: optionalText(
    "OIDC_ROLE_MAP",
    "The role for each value of that claim, such as `storage-admins=admin,staff=member`. The highest counts.",
    { check: isRoleMap, form: `value=role, separated by commas; a role is ${ROLES.join(", ")}` },
  ),
  oidcDefaultRole: oneOf(
    "OIDC_DEFAULT_ROLE",
    "The role of people for whom the claim has no such value; `none`: they may not sign in.",
    ["none", "viewer", "member"],
  ),
});

export type OidcSettings = ConfigOf<typeof oidcSettings>;
