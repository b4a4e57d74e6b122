import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FileEntry } from "../../../common/entries/entry.js";
import { openBucket } from "../../../common/storage/bucket.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { isLong } from "../../support/long.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const KINDS = ["copy", "overwrite", "restore", "delete version", "delete"] as const;

/** Something that a client does with one of its files, and one of the versions of that. */
interface Action {
  readonly kind: (typeof KINDS)[number];
  readonly file: number;
  readonly version: number;
}

/** Two things at once: the first in a process that dies after so many commands to MongoDB. */
interface Step {
  readonly dying: Action;
  readonly diesAfter: number;
  readonly living: Action;
  /** Whether all jobs are done afterwards. */
  readonly settles: boolean;
}

const action = fc.record<Action>({
  kind: fc.constantFrom(...KINDS),
  file: fc.nat(100),
  version: fc.nat(100),
});

const steps = fc.array(
  fc.record<Step>({
    dying: action,
    diesAfter: fc.nat(24),
    living: action,
    settles: fc.boolean(),
  }),
  { minLength: 1, maxLength: isLong ? 20 : 6 },
);

const db = () => world().mongo.db;

/** The file and the version that an action means, as they are now; `undefined` when there is no file. */
async function targetOf({ file, version }: Action) {
  const files = await db()
    .collection<FileEntry>("entries")
    .find({ kind: "file", isTrashed: false }, { sort: { _id: 1 } })
    .toArray();
  const entry = files[file % Math.max(1, files.length)];
  if (entry === undefined) return undefined;
  const versions = await db()
    .collection<VersionDoc>("versions")
    .find({ fileId: entry._id, state: { $ne: "staged" } }, { sort: { _id: 1 } })
    .toArray();
  const meant = versions[version % Math.max(1, versions.length)];
  return meant && { entry, version: meant };
}

/** Does something as a client does. */
async function live(client: Client, given: Action): Promise<void> {
  const target = await targetOf(given);
  const path = `/api/v1/files/${target?.entry._id}`;
  const versionPath = `${path}/versions/${target?.version._id}`;
  const { kind } = given;
  if (target === undefined) await client.store("anew", "hello");
  else if (kind === "copy") await client.post(`${path}/copy`, {});
  else if (kind === "overwrite") await client.store(target.entry.name, `bytes ${given.version}`);
  else if (kind === "restore") await client.post(`${versionPath}/restore`);
  else if (kind === "delete version") await client.delete(versionPath);
  else await client.delete(path);
}

/** Does something in a process that may die of it. What was to be removed was marked before: the purge is what dies. */
async function die(client: Client, { dying, diesAfter }: Step): Promise<void> {
  const target = await targetOf(dying);
  if (target === undefined) return;
  const { entry, version } = target;
  const { ownerId, _id: fileId } = entry;
  const { _id: versionId } = version;
  const isRemoval = dying.kind === "delete" || dying.kind === "delete version";
  if (isRemoval) await live(client, dying);
  const process = await MortalProcess.start(world(), diesAfter);
  const { copies, filePurge } = process.product;
  const place = await world().services.access.place(await world().actorOf(client), "root");
  await process.run(async () => {
    if (dying.kind === "delete") await filePurge.run({ ownerId, fileId }, neverAborted);
    else if (dying.kind === "delete version")
      await filePurge.runVersion({ ownerId, versionId }, neverAborted);
    else {
      const onConflict = dying.kind === "overwrite" ? "version" : "rename";
      const name = dying.kind === "overwrite" ? "overwritten" : entry.name;
      const original = { file: entry, version };
      await copies.copy(place, { name, onConflict, condition: null }, original);
    }
  });
}

const neverAborted = new AbortController().signal;

/** What dead processes leave: their leases end. */
async function settle(): Promise<void> {
  const ended = { $set: { leaseUntil: new Date(0) } };
  await db().collection<UploadDoc>("uploads").updateMany({}, ended);
  await world().settle();
  await world().sweep();
  await world().sweep();
}

async function expectAllReadable(client: Client): Promise<void> {
  const { items } = (await client.get("/api/v1/files?limit=1000")).json;
  for (const { links } of items) expect((await client.get(links.content)).status).toBe(200);
}

describe("Blobs that versions share", () => {
  test(
    "are neither lost nor left, whatever copies, versions and purges meet and die",
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          const client = await world().member();
          await client.store("a", "first");
          await client.store("a", "second");
          await world().settle();

          for (const step of given) {
            await Promise.all([die(client, step), live(client, step.living)]);
            if (step.settles) await settle();
          }

          await settle();
          expect(await world().leftovers()).toEqual(NOTHING_LEFT);
          await expectAllReadable(client);
          const { items } = (await client.get("/api/v1/files?limit=1000")).json;
          for (const { links } of items) await client.delete(links.content);
          await settle();
          const { files, chunks } = openBucket(db());
          expect([await files.countDocuments(), await chunks.countDocuments()]).toEqual([0, 0]);
        }),
        { numRuns: isLong ? 200 : 8, endOnFailure: true },
      );
    },
    isLong ? 3_600_000 : 120_000,
  );
});
