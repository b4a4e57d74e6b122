import { expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { openRecords, openWebProduct } from "../../../common/product.js";
import { openPublishing } from "../../../common/uploads/open.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** A process that does not hear of the leases of others. */
function deafServices() {
  const { redis, mongo, config, logs } = world();
  return openWebProduct({
    db: mongo.db,
    redis,
    settings: { ...config, redisPrefix: newId() },
    log: logs.log,
    now: () => new Date(),
  });
}

const ledger = () => world().mongo.db.collection<UploadDoc>("uploads");
/** How many of an upload's blob are committed: one or none. */
const committed = ({ blobId }: Pick<UploadDoc, "blobId">) =>
  world().mongo.db.collection("blobs.files").countDocuments({ _id: blobId });

/** Content whose client stops before the end, and goes on when the test says so. */
function stoppingContent(bytes: Buffer) {
  let goOn: () => void = () => undefined;
  let stop: () => void = () => undefined;
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  async function* content() {
    yield bytes;
    stop();
    await mayGoOn;
  }
  return { content: content(), stopped, goOn };
}

test("An upload that was cancelled and swept while its process stood still leaves no blob when that goes on", async () => {
  const client = await world().member();
  const bytes = Buffer.alloc(100_000, "x");
  const upload = await beginUpload(world(), client, { name: "a", expectedBytes: bytes.length });
  const { content, stopped, goOn } = stoppingContent(bytes);
  const received = upload.receive(content);
  await stopped;
  const entry = await ledger().findOne();
  if (entry === null) throw new Error("The ledger has no entry");
  await world().services.uploadAdministration.cancel(entry._id);
  await ledger().updateOne({ _id: entry._id }, { $set: { leaseUntil: new Date(0) } });
  await world().sweep();
  expect(await ledger().countDocuments()).toBe(0);

  goOn();
  await received;
  expect(await committed(entry)).toBe(1);
  await expect(upload.publish()).rejects.toMatchObject({ code: "upload-expired" });
  await upload.abort();

  expect(await committed(entry)).toBe(0);
  expect((await client.usage()).bytes).toBe(0);
});

test("An upload that is published and whose file is there keeps its blob, however often it is aborted", async () => {
  const client = await world().member();
  const upload = await beginUpload(world(), client, { name: "a" });
  await upload.receive([Buffer.from("content")]);
  const entry = await ledger().findOne();
  await upload.publish();
  if (entry === null) throw new Error("The ledger has no entry");

  const { db } = world().mongo;
  const now = () => new Date();
  const { aborter } = openPublishing({
    ...openRecords({ db, settings: { encryptionKeys: [] }, now }),
    jobs: { enqueue: () => undefined },
    deferred: { defer: () => undefined },
    now,
    settings: { resumableUploadExpiryMs: 60_000, linkLogMs: 60_000 },
  });
  await aborter.abort(entry);

  expect(await committed(entry)).toBe(1);
});

test("A resumable upload that was terminated while another process had its last byte leaves no blob", async () => {
  const client = await world().member();
  const actor = await world().actorOf(client);
  const { access, resumableUploads } = world().services;
  const place = await access.place(actor, "root");
  const bytes = Buffer.alloc(100_000, "x");
  const { upload } = await resumableUploads.create(place, {
    ...{ name: "a", claimedType: null, expectedBytes: bytes.length, onConflict: "version" },
    ...{ condition: null, metadata: null, claimedSha256: null, isPart: false, concat: null },
  });
  const deaf = deafServices();
  try {
    const held = await deaf.resumableUploads.open(actor, upload._id);
    const { content, stopped, goOn } = stoppingContent(bytes);
    const appended = held.append(() => content);
    await stopped;
    await resumableUploads.cancel(upload);
    expect(await ledger().countDocuments()).toBe(0);

    goOn();
    await expect(appended).rejects.toMatchObject({ code: "upload-taken-over" });

    expect(await committed(upload)).toBe(0);
  } finally {
    await deaf.close();
  }
});
