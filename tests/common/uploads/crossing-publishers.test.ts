import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import type { Id } from "../../../common/platform/ids.js";
import { openRecords } from "../../../common/product.js";
import { openPublishing } from "../../../common/uploads/open.js";
import {
  decidedUpload,
  type PublishableUpload,
  type UploadDoc,
} from "../../../common/uploads/upload.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import { SteppingProcess } from "../../support/stepping-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** After how many of its commands each stops: it has read who has the name, has prepared to show the version, or has shown it. */
const STOPS = { before: [5, 6], between: [4, 5, 6, 7, 8], after: [0, 1] };

let adding: SteppingProcess;
let replacing: SteppingProcess;

beforeAll(async () => {
  adding = await SteppingProcess.start(world());
  replacing = await SteppingProcess.start(world());
});

afterAll(() => Promise.all([adding.close(), replacing.close()]));

function recordsOf({ db }: Pick<SteppingProcess, "db">) {
  return openRecords({ db, settings: { encryptionKeys: [] }, now: () => new Date() });
}

function publish(process: SteppingProcess, upload: PublishableUpload): void {
  const { publisher } = openPublishing({
    ...recordsOf(process),
    jobs: { enqueue: () => undefined },
    deferred: { defer: () => undefined },
    now: () => new Date(),
    settings: { resumableUploadExpiryMs: 60_000, linkLogMs: 60_000 },
  });
  process.begin(() => publisher.settle(upload));
}

/** An upload that is decided, and that any process may publish. */
async function decide(client: Client, name: string): Promise<PublishableUpload> {
  const { mongo } = world();
  const received = await beginUpload(world(), client, { name });
  await received.receive(Readable.from([Buffer.from("crossing")]));
  const entry = await mongo.db.collection<UploadDoc>("uploads").findOne({ name });
  if (entry === null || received.received === undefined) throw new Error("Nothing was received");
  const decided = decidedUpload(entry, received.received, new Date(0));
  const { writes, uploads } = recordsOf(mongo);
  await writes.run({ decided: uploads.decision(decided) });
  return decided;
}

/** How far each goes before the other does: `adding`, then `replacing`, then `adding` again. */
type Stops = readonly [before: number, between: number, after: number];

/**
 * Two processes publish one upload. The first begins while its name is free, the second when a file of somebody else has it.
 * `midway` happens when both stand in the middle of their work.
 */
async function cross(client: Client, [before, between, after]: Stops, midway: Midway) {
  const name = `${before} ${between} ${after}`;
  const upload = await decide(client, name);
  publish(adding, upload);
  await adding.step(before);
  const holder = await client.store(name, "holder");
  publish(replacing, upload);
  await replacing.step(between);
  await adding.step(after);
  await midway(holder.links.content);
  await adding.step(0);
  return upload;
}

type Midway = (content: string) => Promise<unknown>;

const everyStops: readonly Stops[] = STOPS.before.flatMap((before) =>
  STOPS.between.flatMap((between) => STOPS.after.map((after) => [before, between, after] as const)),
);

/** What the upload's version says about its file, unless that file shows it, or has shown it. */
async function faultOf({ ownerId, versionId }: PublishableUpload) {
  const { db } = world().mongo;
  const entries = db.collection<FileEntry>("entries");
  const version = await db.collection<VersionDoc>("versions").findOne({ _id: versionId, ownerId });
  const showing = await entries.find({ ownerId, versionId }).toArray();
  const shownBy: Id[] = showing.map(({ _id }) => _id);
  const isSound =
    version === null
      ? shownBy.length === 0
      : shownBy.length < 2 && (await entries.findOne({ _id: version.fileId })) !== null;
  const isNamed = shownBy.every((fileId) => fileId === version?.fileId);
  return isSound && isNamed ? [] : [{ says: version?.fileId, shownBy }];
}

test.each([
  ["first", () => [replacing, adding]],
  ["last", () => [adding, replacing]],
] as const)(
  "A version names the file that shows it, wherever two publishers of it cross, and the one that replaces is %s",
  async (_order, inOrder) => {
    const client = await world().member();
    const faults: unknown[] = [];

    for (const stops of everyStops) {
      const upload = await cross(client, stops, () => Promise.resolve());
      for (const process of inOrder()) expect((await process.finish()).status).toBe("fulfilled");
      for (const fault of await faultOf(upload)) faults.push({ stops, ...fault });
    }

    expect(faults).toEqual([]);
  },
  120_000,
);

test.each([
  ["before either goes on", []],
  ["after the one that replaces", ["replacing"]],
] as const)(
  "No file shows a version of a file that was removed %s, wherever its publishers cross",
  async (_when, first) => {
    const client = await world().member();
    const faults: unknown[] = [];
    const uploads: PublishableUpload[] = [];

    for (const stops of everyStops) {
      const upload = await cross(client, stops, async (content) => {
        if (first.length > 0) await replacing.finish();
        await client.delete(content);
      });
      for (const process of [adding, replacing]) await process.finish();
      for (const fault of await faultOf(upload)) faults.push({ stops, ...fault });
      uploads.push(upload);
    }
    await world().settle();
    for (const upload of uploads) faults.push(...(await faultOf(upload)));

    expect(faults).toEqual([]);
  },
  240_000,
);
