import { type Role, ROLES } from "../accounts/role.js";
import type { ConfigOf } from "../platform/config.js";
import { days, optionalSecrets, type Setting, SettingError, topic } from "../platform/setting.js";
import { PERMISSIONS } from "./link.js";

/** Links that let somebody in who has no account. */
export const linkSettings = topic("Links", {
  linkSecrets: optionalSecrets(
    "LINK_SECRETS",
    "The secrets that tokens of links are made with, separated by commas. The first makes; all verify. Empty: SESSION_SECRETS.",
  ),
  linkLogMs: days(
    "LINK_LOG_DAYS",
    "How long it is kept who used a link, and a link that has expired or was revoked, in days.",
    { default: 90, min: 1, max: 3650 },
  ),
  linkPasswordRoles: someOf<Role>(
    "LINK_PASSWORD_ROLES",
    "The roles whose share links need a password, separated by commas: admin, member. Empty: none.",
    { words: ROLES, byDefault: [] },
  ),
  longestLinkMs: daysOrUnlimited(
    "LINK_MAX_DAYS",
    "How long a link lasts at most, from when it was made, in days, or `unlimited`.",
  ),
  longestLinkMsOfAdmins: daysOrUnlimited("LINK_MAX_DAYS_ADMIN", "The same for links of admins."),
  linkPermissions: someOf(
    "LINK_PERMISSIONS",
    "What share links may let people do, separated by commas: view, download, upload, upload+view.",
    { words: PERMISSIONS, byDefault: PERMISSIONS },
  ),
  linkPermissionsOfAdmins: someOf("LINK_PERMISSIONS_ADMIN", "The same for share links of admins.", {
    words: PERMISSIONS,
    byDefault: PERMISSIONS,
  }),
});

export type LinkSettings = ConfigOf<typeof linkSettings>;

/** A whole number of days, read as milliseconds, or the word `unlimited`, read as `null`, which is the default. */
function daysOrUnlimited(name: string, about: string): Setting<number | null> {
  const inDays = days(name, about, { default: 1, min: 1 });
  const unlimited = "unlimited";
  return {
    ...inDays,
    defaultText: unlimited,
    read: (env) => {
      const text = env[name]?.trim() ?? "";
      return text === "" || text === unlimited ? null : inDays.read(env);
    },
  };
}

interface Words<T extends string> {
  readonly words: readonly T[];
  readonly byDefault: readonly T[];
}

/** Some of a few words, separated by commas. */
function someOf<T extends string>(
  name: string,
  about: string,
  { words, byDefault }: Words<T>,
): Setting<readonly T[]> {
  const readWord = (given: string): T => {
    const word = words.find((candidate) => candidate === given.trim());
    if (word === undefined) {
      throw new SettingError(`${name} must be a comma list of ${words.join(", ")}`);
    }
    return word;
  };
  return {
    name,
    about,
    defaultText: byDefault.join(","),
    isSecret: false,
    isOptional: byDefault.length === 0,
    read: (env) => {
      const text = env[name]?.trim() ?? "";
      return text === "" ? byDefault : text.split(",").map(readWord);
    },
  };
}
