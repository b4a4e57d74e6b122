import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { checkJob, jobId, type JobOf, JOBS } from "../../../common/queue/catalogue.js";

const [ownerId, id] = [newId(), newId()];

const EXAMPLES: readonly [JobOf, string][] = [
  [
    { name: "file.inspect", data: { ownerId, versionId: id, generation: 2 } },
    `file.inspect-${id}-2`,
  ],
  [{ name: "quota.settle", data: { ownerId, uploadId: id } }, `quota.settle-${id}`],
  [{ name: "file.purge", data: { ownerId, fileId: id } }, `file.purge-${id}`],
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
