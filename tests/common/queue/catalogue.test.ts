import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { checkJob, jobId, type JobOf, JOBS } from "../../../common/queue/catalogue.js";

const [ownerId, id] = [newId(), newId()];

const EXAMPLES: readonly [JobOf, string][] = [
  [
    { name: "version.process", data: { ownerId, versionId: id, generation: 2 } },
    `version.process-${id}-2`,
  ],
  [{ name: "quota.settle", data: { ownerId, uploadId: id } }, `quota.settle-${id}`],
  [{ name: "file.purge", data: { ownerId, fileId: id } }, `file.purge-${id}`],
  [{ name: "version.purge", data: { ownerId, versionId: id } }, `version.purge-${id}`],
  [{ name: "version.expire", data: { ownerId, fileId: id } }, `version.expire-${id}`],
  [{ name: "folder.purge", data: { ownerId, folderId: id } }, `folder.purge-${id}`],
  [{ name: "trash.empty", data: { ownerId } }, `trash.empty-${ownerId}`],
  [{ name: "usage.measure", data: { ownerId } }, `usage.measure-${ownerId}`],
  [{ name: "archive.prepare", data: { ownerId, archiveId: id } }, `archive.prepare-${id}`],
  [{ name: "job.run", data: { ownerId, jobId: id, turn: 3 } }, `job.run-${id}-3`],
  [{ name: "account.purge", data: { deletionId: id } }, `account.purge-${id}`],
  [{ name: "mail.send", data: { mailId: id } }, `mail.send-${id}`],
  [
    { name: "webhook.dispatch", data: { ownerId, turn: "at-1" } },
    `webhook.dispatch-${ownerId}-at-1`,
  ],
  [{ name: "webhook.replay", data: { webhookId: id, turn: "a" } }, `webhook.replay-${id}-a`],
  [{ name: "webhook.deliver", data: { webhookId: id, turn: id } }, `webhook.deliver-${id}-${id}`],
];

describe("The table of jobs", () => {
  test.each(EXAMPLES)("takes %j, and gives it the id %s", async (job, expectedId) => {
    expect(await checkJob(job)).toEqual(job);
    expect(jobId(job)).toBe(expectedId);
  });

  test("has an example of every job here, and tries each again within bounds", () => {
    expect(EXAMPLES.map(([{ name }]) => name)).toEqual(Object.keys(JOBS));
    for (const { attempts, backoffMs, timeLimitMs } of Object.values(JOBS)) {
      expect(attempts).toBeGreaterThan(1);
      expect(backoffMs * 2 ** attempts).toBeLessThan(60 * 60_000);
      expect(timeLimitMs).toBeLessThanOrEqual(60 * 60_000);
    }
  });
});
