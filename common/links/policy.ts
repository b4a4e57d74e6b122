import type { Role } from "../accounts/role.js";
import type { FieldFault } from "../platform/errors.js";
import type { Permission } from "./link.js";
import type { LinkSettings } from "./settings.js";

/** The clock of a client that adds the longest life to its own time may be a little fast. */
const TOLERANCE_MS = 60_000;

const DAY_MS = 86_400_000;

/** What the operator lets accounts of a role do by links. */
export interface LinkRules {
  /** What share links may let people do. */
  readonly permissions: readonly Permission[];
  /** Whether share links need a password. */
  readonly needsPassword: boolean;
  /** How long a link of any kind lasts at most, from when it was made; `null`: for ever. */
  readonly longestMs: number | null;
}

/** Terms of a link that rules are about. What only share links have is missing for others. */
export interface RuledTerms {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly permission?: Permission;
  readonly passwordHash?: string | null;
}

/** The rules for links of each role. */
export class LinkPolicy {
  readonly #settings: LinkSettings;

  constructor(settings: LinkSettings) {
    this.#settings = settings;
  }

  rulesOf(role: Role): LinkRules {
    const { linkPasswordRoles, ...settings } = this.#settings;
    const isAdmin = role === "admin";
    return {
      permissions: isAdmin ? settings.linkPermissionsOfAdmins : settings.linkPermissions,
      needsPassword: linkPasswordRoles.includes(role),
      longestMs: isAdmin ? settings.longestLinkMsOfAdmins : settings.longestLinkMs,
    };
  }

  /** What rules a link does not keep, as faults of the body that asks for it. */
  faultsOf(role: Role, terms: RuledTerms): FieldFault[] {
    const { permissions, needsPassword, longestMs } = this.rulesOf(role);
    const { permission, passwordHash } = terms;
    const faults: FieldFault[] = [];
    if (permission !== undefined && !permissions.includes(permission)) {
      const allowed = permissions.join(", ");
      faults.push(fault("permission", `may be ${allowed} on this server`));
    }
    if (needsPassword && passwordHash === null) {
      faults.push(fault("password", "is required on this server"));
    }
    if (longestMs !== null && isLater(terms, longestMs)) faults.push(lateFault(terms, longestMs));
    return faults;
  }
}

const isLater = ({ createdAt, expiresAt }: RuledTerms, longestMs: number) =>
  expiresAt === null || expiresAt.getTime() > createdAt.getTime() + longestMs + TOLERANCE_MS;

function lateFault({ createdAt }: RuledTerms, longestMs: number): FieldFault {
  const latest = new Date(createdAt.getTime() + longestMs).toISOString();
  const days = longestMs / DAY_MS;
  return fault(
    "expiresAt",
    `must be ${latest} at the latest: links last at most ${days} days on this server`,
  );
}

const fault = (field: string, what: string): FieldFault => ({
  in: "body",
  pointer: `/${field}`,
  detail: `${field} ${what}`,
});
