import { expect, test } from "@jest/globals";
import { AccountsRepository } from "../../../common/accounts/repository.js";
import type { Entry, FolderEntry } from "../../../common/entries/entry.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { UsageMeasuring } from "../../../common/maintenance/usage-measuring.js";
import { newId } from "../../../common/platform/ids.js";
import type { JobOf } from "../../../common/queue/catalogue.js";
import { QuotaRepository } from "../../../common/quota/repository.js";
import { UsageMeter } from "../../../common/usage/meter.js";
import { UsageRepository } from "../../../common/usage/repository.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** A worker's part that counts its steps, and ends with its process before one of them. */
function worker(queued: JobOf[] = []) {
  const { db, now } = world().mongo;
  const usages = new UsageRepository(db);
  const meter = new UsageMeter({ usages, entries: new EntriesRepository(db) });
  const ending = new AbortController();
  const taken = { steps: 0, last: Infinity };
  const counted = {
    step: (...given: Parameters<UsageMeter["step"]>) => {
      taken.steps += 1;
      if (taken.steps >= taken.last) ending.abort(new Error("The process ends"));
      return meter.step(...given);
    },
  };
  const measuring = new UsageMeasuring({
    ...{ usages, meter: counted, now },
    accounts: new AccountsRepository(db),
    quotas: new QuotaRepository(db),
    jobs: { enqueue: (job) => void queued.push(job) },
  });
  return { measuring, taken, signal: ending.signal };
}

test("A measurement goes on where a worker has died, and the sweep finds it", async () => {
  const client = await world().member();
  const { id } = await client.makeFolder("model");
  const entries = world().mongo.db.collection<Entry>("entries");
  const model = (await entries.findOne({ _id: id }, { promoteLongs: false })) as FolderEntry;
  for (let batch = 0; batch < 12; batch += 1) {
    const made = Array.from({ length: 1000 }, () => ({ ...model, _id: newId(), nameKey: newId() }));
    await entries.insertMany(made);
  }
  await client.get("/api/v1/me/usage");
  const queued: JobOf[] = [];
  const [dying, next] = [worker(queued), worker()];
  dying.taken.last = 11;
  const { ownerId } = model;

  await expect(dying.measuring.run(ownerId, dying.signal)).rejects.toThrow("The process ends");
  const later = new Date(Date.now() + 60_000);
  await dying.measuring.enqueueLost(later, new AbortController().signal);
  await next.measuring.run(ownerId, next.signal);

  expect(queued).toEqual([{ name: "usage.measure", data: { ownerId } }]);
  expect(next.taken.steps).toBe(4);
  const { json } = await client.get("/api/v1/me/usage");
  expect(json.live).toEqual({ files: 0, folders: 12_001, bytes: 0 });
  await next.measuring.run(ownerId, next.signal);
  expect(next.taken.steps).toBe(4);
});
