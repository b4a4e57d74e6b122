import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Long } from "mongodb";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { openExpiry } from "../../../common/maintenance/expiry.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { JobOf } from "../../../common/queue/catalogue.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { SteppingProcess } from "../../support/stepping-process.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const DAY_MS = 86_400_000;
/** More commands than it takes to work on a small file. */
const MOST_COMMANDS = 6;

const world = useWorld();
const signal = new AbortController().signal;

let stepping: SteppingProcess;

beforeAll(async () => {
  stepping = await SteppingProcess.start(world());
});

afterAll(() => stepping.close());

const versions = () => world().mongo.db.collection<VersionDoc>("versions");

/** The worker's part, by a connection of the test's own. */
function expiryOf(db: SteppingProcess["db"], queued: JobOf[] = []) {
  const jobs = { enqueue: (job: JobOf) => void queued.push(job) };
  const parts = { entries: new EntriesRepository(db), settings: world().config, jobs };
  return openExpiry({ db, ...parts, now: world().mongo.now });
}

/** Somebody who keeps one version, and a file that has had these contents, oldest first. */
async function person(...contents: string[]) {
  const client = await world().member();
  let fileId = "";
  for (const content of contents) fileId = (await client.store("a", content)).id;
  await world().settle();
  const { id: ownerId } = (await client.patch("/api/v1/me", { versionRules: { maxCount: 1 } }))
    .json;
  const found = await versions().find({ fileId }).sort({ createdAt: 1 }).toArray();
  const path = `/api/v1/files/${fileId}`;
  return { client, target: { ownerId, fileId }, path, ids: found.map(({ _id }) => _id) };
}

const stops = Array.from({ length: MOST_COMMANDS + 1 }, (_, n) => n);

describe("While versions are removed by a rule", () => {
  test.each(stops)("one that gets a label stays or is 404, after %i commands", async (before) => {
    const { client, target, path, ids } = await person("1", "2", "3");
    const url = `${path}/versions/${ids[0]}`;

    stepping.begin(() => expiryOf(stepping.db).versionExpiry.run(target, { signal }));
    await stepping.step(before);
    const { status } = await client.patch(url, { label: "stays" });
    await stepping.finish();
    await world().settle();

    const left = await versions().distinct("_id", { fileId: target.fileId });
    expect(left.toSorted()).toEqual((status === 200 ? [ids[0], ids[2]] : [ids[2]]).toSorted());
    expect((await client.get(url)).status).toBe(status);
  });

  test.each(stops)(
    "the current one stays, whatever is published after %i commands",
    async (before) => {
      const { client, target, path } = await person("1", "2");

      stepping.begin(() => expiryOf(stepping.db).versionExpiry.run(target, { signal }));
      await stepping.step(before);
      await client.store("a", "next");
      await stepping.finish();
      await world().settle();

      expect((await client.get(path)).bytes.toString()).toBe("next");
      const left = await versions().find({ fileId: target.fileId }).toArray();
      expect(left.map(({ sizeBytes }) => Number(sizeBytes))).toContain(4);
    },
  );

  test.each(stops)(
    "one is restored with its content, or is 404, after %i commands",
    async (before) => {
      const { client, target, path, ids } = await person("first", "2");

      stepping.begin(() => expiryOf(stepping.db).versionExpiry.run(target, { signal }));
      await stepping.step(before);
      const { status } = await client.post(`${path}/versions/${ids[0]}/restore`);
      await stepping.finish();
      await world().settle();

      expect([200, 404]).toContain(status);
      expect((await client.get(path)).bytes.toString()).toBe(status === 200 ? "first" : "2");
    },
  );

  test("the rules are relaxed: nothing more is removed", async () => {
    const { client, target } = await person("1", "2");

    stepping.begin(() => expiryOf(stepping.db).versionExpiry.run(target, { signal }));
    await client.patch("/api/v1/me", { versionRules: {} });
    await stepping.finish();

    expect(await versions().countDocuments({ fileId: target.fileId })).toBe(2);
  });

  test("a crash leaves the rest to the next round", async () => {
    const { target, path, client } = await person("1", "2", "3");

    stepping.begin(() => expiryOf(stepping.db).versionExpiry.run(target, { signal }));
    await stepping.step(MOST_COMMANDS - 2);
    await world().sweep();
    await world().settle();
    await stepping.finish();

    expect((await client.get(`${path}/versions`)).json.items).toHaveLength(1);
  });
});

/** Gives a file many versions that have no content, in time one after the other. */
async function addVersions(fileId: Id, count: number, ageMs = 0) {
  const [model] = await versions().find({ fileId }).toArray();
  if (model === undefined) throw new Error("There is no version");
  const made = Array.from({ length: count }, (_, n) => {
    const createdAt = new Date(model.createdAt.getTime() - ageMs - (n + 1) * 60_000);
    return { ...model, _id: newId(), uploadId: newId(), createdAt, sizeBytes: Long.ZERO };
  });
  await versions().insertMany(made);
  return made.map(({ _id }) => _id);
}

describe("A file with 10,000 versions", () => {
  test("is worked on in batches, of which each is one query and one update", async () => {
    const { target } = await person("1");
    await addVersions(target.fileId, 10_000);
    const [finds, updates] = [watchCommands(world(), "find"), watchCommands(world(), "update")];
    const queued: JobOf[] = [];

    const marked = await expiryOf(finds.db, queued).versionExpiry.run(target, { signal });
    const again = await expiryOf(updates.db).versionExpiry.run(target, { signal });

    expect([marked, again, queued.length]).toEqual([10_000, 0, 10_000]);
    expect(finds.commands.length).toBeLessThan(100);
    for (const { limit } of finds.commands.filter(({ find }) => find === "versions"))
      expect(limit).toBeLessThanOrEqual(1000);
    await versions().deleteMany({ fileId: target.fileId, sizeBytes: Long.ZERO });
    await Promise.all([finds.close(), updates.close()]);
  });

  test("is removed over several sweeps, so that none queues more than the queue takes", async () => {
    const { client, target } = await person("1");
    await client.patch("/api/v1/me", { versionRules: { maxAgeDays: 1 } });
    await addVersions(target.fileId, 12_000, 10 * DAY_MS);
    const old = { fileId: target.fileId, sizeBytes: Long.ZERO };
    const { versionRound } = expiryOf(world().mongo.db);

    const marked: number[] = [];
    for (let n = 0; n < 4; n += 1) marked.push(await versionRound.run(signal));

    // The newest of them was replaced by the current version a moment ago.
    expect(marked).toEqual([5000, 5000, 1999, 0]);
    await versions().deleteMany(old);
  });
});

describe("A round", () => {
  test("goes on where a sweep has stopped, past accounts and files without anything to do", async () => {
    const people = [await person("1", "2"), await person("1"), await person("1", "2")];
    await addEmptyAccounts(450);
    const { versionRound } = expiryOf(world().mongo.db);

    await versionRound.run(signal);
    await world().settle();

    for (const { client, path } of people)
      expect((await client.get(`${path}/versions`)).json.items).toHaveLength(1);
    await accounts().deleteMany({ username: "nobody" });
  });

  test("does not begin before its time", async () => {
    const { client, path } = await person("1", "2");
    const settings = { ...world().config, versionsRoundIntervalMs: DAY_MS };
    const { db, now } = world().mongo;
    const jobs = { enqueue: () => undefined };
    const slow = openExpiry({ db, entries: new EntriesRepository(db), settings, jobs, now });
    await slow.versionRound.run(signal);
    await client.store("a", "3");

    expect(await slow.versionRound.run(signal)).toBe(0);

    expect((await client.get(`${path}/versions`)).json.items).toHaveLength(2);
    await db.collection<{ _id: string }>("sweeps").deleteOne({ _id: "versions" });
  });
});

const accounts = () => world().mongo.db.collection<AccountDoc>("accounts");

async function addEmptyAccounts(count: number) {
  const [model] = await accounts().find({}, { promoteLongs: false }).toArray();
  if (model === undefined) throw new Error("There is no account");
  const made = Array.from({ length: count }, () => ({
    ...model,
    ...{ _id: newId(), username: "nobody", usernameKey: newId().toLowerCase(), versionRules: null },
    ...{ usage: { bytes: Long.ZERO, files: Long.ZERO }, allocatedBytes: Long.ZERO },
    ...{ reservations: [], releases: [] },
  }));
  await accounts().insertMany(made);
}
