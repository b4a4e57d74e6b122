import type { AuditEvent } from "../../common/audit/event.js";
import type { LinkDoc } from "../../common/links/link.js";

type Changes = NonNullable<AuditEvent["changes"]>;

/** The terms that differ: the old value and the new one. Neither the label nor the password is among them. */
export function changesOf(before: LinkDoc | undefined, after: LinkDoc): Changes {
  const old = before === undefined ? {} : termsOf(before);
  const pairs = Object.entries(termsOf(after)).map(
    ([term, now]) => [term, [old[term] ?? null, now]] as const,
  );
  return Object.fromEntries(
    pairs.filter(([, [was, now]]) => JSON.stringify(was) !== JSON.stringify(now)),
  );
}

function termsOf(link: LinkDoc): Readonly<Record<string, unknown>> {
  const { kind, entryId, expiresAt, isEnabled } = link;
  const common = { kind, entryId, expiresAt, isEnabled };
  if (link.kind !== "share") return common;
  const { permission, passwordHash, maxDownloads, notifiesFirstUse } = link;
  const hasPassword = passwordHash !== null;
  return { ...common, permission, hasPassword, maxDownloads, notifiesFirstUse };
}
