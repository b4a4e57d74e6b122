import type { Db } from "mongodb";
import { DeletedEntries } from "./access/deleted-entries.js";
import { Access } from "./access/service.js";
import type { AuditLog } from "./audit/log.js";
import type { ContentIndexSettings } from "./content-index/settings.js";
import { openFiling } from "./filing.js";
import { openJobWork } from "./jobs/open.js";
import type { JobSettings } from "./jobs/settings.js";
import { Operations } from "./operations/service.js";
import type { Records } from "./records.js";
import type { JobProducer } from "./queue/producer.js";
import type { QueueSettings } from "./queue/settings.js";
import { openSharedEntries } from "./shares/open.js";
import type { TrashSettings } from "./trash/settings.js";
import { openCopies, type openPublishing } from "./uploads/open.js";
import type { ContentGate } from "./versions/content-gate.js";
import type { VersionRuleSettings } from "./versions/settings.js";

type WatchedJobParts = Records &
  ReturnType<typeof openPublishing> & {
    readonly db: Db;
    readonly jobs: JobProducer;
    readonly audit: AuditLog;
    readonly contentGate: ContentGate;
    readonly settings: ContentIndexSettings &
      JobSettings &
      QueueSettings &
      TrashSettings &
      VersionRuleSettings;
    readonly now: () => Date;
  };

/** What the worker does for people who watch it: the same as requests do, many times. */
export function openWatchedJobs(parts: WatchedJobParts) {
  const shared = openSharedEntries(parts);
  const access = new Access({ ...parts, shared });
  const deleted = new DeletedEntries({ shared });
  // A dead worker's job goes to another one after `jobLockMs`. The lease is over by then, even if clocks differ.
  const leaseMs = parts.settings.jobLockMs / 2;
  const filing = openFiling({ ...parts, access });
  const copies = openCopies({ ...parts, leaseMs });
  const operations = new Operations({ ...filing, access, copies });
  return openJobWork({ ...parts, ...filing, access, deleted, copies, operations, leaseMs });
}
