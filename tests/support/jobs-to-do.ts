import type { Db } from "mongodb";
import type { AccountDoc } from "../../common/accounts/account.js";
import type { ArchiveDoc } from "../../common/archives/archive.js";
import type { Entry } from "../../common/entries/entry.js";
import { type JobDoc, UNFINISHED } from "../../common/jobs/job.js";
import { queuedAs } from "../../common/jobs/runner.js";
import type { MailDoc } from "../../common/mail/mail.js";
import { processingOf } from "../../common/pipeline/job.js";
import type { JobOf } from "../../common/queue/catalogue.js";
import type { UsageDoc } from "../../common/usage/usage.js";
import type { VersionDoc } from "../../common/versions/version.js";
import { listWebhookJobs } from "./webhook-work.js";

/** The jobs that there are to do, as MongoDB tells them. */
export async function listJobs(db: Db, now: Date): Promise<JobOf[]> {
  const versions = await db
    .collection<VersionDoc>("versions")
    .find({ state: { $ne: "staged" }, "pipeline.dueAt": { $exists: true } })
    .toArray();
  const purged = await db
    .collection<Entry>("entries")
    .find({ purgingSince: { $ne: null } })
    .toArray();
  const mails = await db
    .collection<MailDoc>("mails")
    .find({ dueAt: { $lte: now } })
    .toArray();
  const removed = await db
    .collection<VersionDoc>("versions")
    .find({ purgingSince: { $exists: true } })
    .toArray();
  const accounts = await db.collection<AccountDoc>("accounts").find().toArray();
  const usages = await db
    .collection<UsageDoc>("usages")
    .find({ requestedAt: { $exists: true } })
    .toArray();
  const archives = await db
    .collection<ArchiveDoc>("archives")
    .find({ state: "preparing" })
    .toArray();
  const watched = await db
    .collection<JobDoc>("jobs")
    .find({ state: { $in: UNFINISHED } })
    .toArray();
  return [
    ...(await listWebhookJobs(db, now)),
    ...usages.map(({ _id: ownerId }) => ({ name: "usage.measure" as const, data: { ownerId } })),
    ...watched.map(queuedAs),
    ...archives.map(({ _id: archiveId, ownerId }) => ({
      name: "archive.prepare" as const,
      data: { ownerId, archiveId },
    })),
    ...versions.map(processingOf),
    ...purged.map(({ kind, ownerId, _id }) =>
      kind === "file"
        ? { name: "file.purge" as const, data: { ownerId, fileId: _id } }
        : { name: "folder.purge" as const, data: { ownerId, folderId: _id } },
    ),
    ...mails.map(({ _id: mailId }) => ({ name: "mail.send" as const, data: { mailId } })),
    ...removed.map(({ _id: versionId, ownerId }) => ({
      name: "version.purge" as const,
      data: { ownerId, versionId },
    })),
    ...accounts.flatMap(({ _id: ownerId, reservations }) =>
      reservations.map(({ uploadId }) => ({
        name: "quota.settle" as const,
        data: { ownerId, uploadId },
      })),
    ),
    ...accounts.flatMap(({ _id: ownerId, trashEmptiedAt }) =>
      trashEmptiedAt === undefined ? [] : [{ name: "trash.empty" as const, data: { ownerId } }],
    ),
    ...accounts.flatMap(({ deletion }) =>
      deletion === undefined || deletion.purgeAt > now
        ? []
        : [{ name: "account.purge" as const, data: { deletionId: deletion.id } }],
    ),
  ];
}
