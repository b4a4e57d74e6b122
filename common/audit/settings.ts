import type { ConfigOf } from "../platform/config.js";
import { topic, wholeNumber } from "../platform/setting.js";

/** How long the audit log is kept. */
export const auditSettings = topic("Audit log", {
  auditRetentionDays: wholeNumber(
    "AUDIT_RETENTION_DAYS",
    "How long an event stays in the audit log, in days.",
    { default: 365, min: 1, max: 36_500 },
  ),
});

export type AuditSettings = ConfigOf<typeof auditSettings>;
