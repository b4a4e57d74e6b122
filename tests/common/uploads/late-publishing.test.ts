import { Readable } from "node:stream";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { describe, expect, test } from "@jest/globals";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { openRecords, type Records } from "../../../common/product.js";
import { openPublishing } from "../../../common/uploads/open.js";
import { decidedUpload, type UploadDoc } from "../../../common/uploads/upload.js";
import { VersionsRepository } from "../../../common/versions/repository.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** Entries as a process reads them that stops before its first look at files, and goes on later. */
class LateEntries extends EntriesRepository {
  readonly #stopped: Promise<void>;
  readonly #mayGoOn: Promise<void>;
  #stop: () => void = () => undefined;
  goOn: () => void = () => undefined;

  constructor(db: ConstructorParameters<typeof EntriesRepository>[0]) {
    super(db);
    this.#stopped = new Promise((resolve) => (this.#stop = resolve));
    this.#mayGoOn = new Promise((resolve) => (this.goOn = resolve));
  }

  /** Resolves when the process has stopped. */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  override async findFile(...given: Parameters<EntriesRepository["findFile"]>) {
    await this.#wait();
    return super.findFile(...given);
  }

  override async findLiveByName(...given: Parameters<EntriesRepository["findLiveByName"]>) {
    await this.#wait();
    return super.findLiveByName(...given);
  }

  #wait(): Promise<void> {
    this.#stop();
    return this.#mayGoOn;
  }
}

/** Versions as a process writes them that stops before it inserts one, and goes on later. */
class LateVersions extends VersionsRepository {
  readonly stopped: Promise<void>;
  readonly #mayGoOn: Promise<void>;
  #stop: () => void = () => undefined;
  goOn: () => void = () => undefined;

  constructor(db: ConstructorParameters<typeof VersionsRepository>[0]) {
    super(db);
    this.stopped = new Promise((resolve) => (this.#stop = resolve));
    this.#mayGoOn = new Promise((resolve) => (this.goOn = resolve));
  }

  override async stage(...given: Parameters<VersionsRepository["stage"]>) {
    this.#stop();
    await this.#mayGoOn;
    return super.stage(...given);
  }
}

function publisherWith(own: Partial<Pick<Records, "entries" | "versions">> = {}) {
  const { db } = world().mongo;
  const now = () => new Date();
  const records = openRecords({ db, settings: { encryptionKeys: [] }, now });
  const settings = { resumableUploadExpiryMs: 60_000, linkLogMs: 60_000 };
  const jobs = { enqueue: () => undefined };
  const deferred = { defer: () => undefined };
  return { records, ...openPublishing({ ...records, ...own, jobs, deferred, now, settings }) };
}

/** An upload that is decided, and that any process may publish. */
async function decide(client: Client) {
  const upload = await beginUpload(world(), client, { name: "a" });
  await upload.receive(Readable.from([Buffer.from("older")]));
  const entry = await world().mongo.db.collection<UploadDoc>("uploads").findOne();
  if (entry === null || upload.received === undefined) throw new Error("Nothing was received");
  const decided = decidedUpload(entry, upload.received, new Date(0));
  const { records } = publisherWith();
  await records.writes.run({ decided: records.uploads.decision(decided) });
  return decided;
}

/** Somebody with an upload that two processes publish: one at once, the other stops and goes on later. */
async function publishedTwice(before: "new" | "replacing") {
  const client = await world().member();
  if (before === "replacing") await client.store("a", "oldest");
  const decided = await decide(client);
  const entries = new LateEntries(world().mongo.db);
  const { publisher } = publisherWith();
  const late = publisherWith({ entries }).publisher.settle(decided);
  await entries.stopped;
  await publisher.publish(decided);
  const goOn = async () => {
    entries.goOn();
    await late;
  };
  return { client, goOn };
}

describe.each(["new", "replacing"] as const)(
  "An upload (%s) that is published late again",
  (before) => {
    test("does not take the place of a newer one", async () => {
      const { client, goOn } = await publishedTwice(before);
      const { links } = await client.store("a", "newer");

      await goOn();

      expect((await client.get(links.content)).bytes.toString()).toBe("newer");
    });

    test("does not come back when its file was deleted", async () => {
      const { client, goOn } = await publishedTwice(before);
      const { items } = (await client.get("/api/v1/files")).json;
      for (const { links } of items) await client.delete(links.content);

      await goOn();

      expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    });
  },
);

test("An upload that is published late again, when its file is purged, leaves the usage exact", async () => {
  const client = await world().member();
  const { id: ownerId } = await world().actorOf(client);
  const { id: staysId } = await client.store("stays", "stays");
  const decided = await decide(client);
  const versions = new LateVersions(world().mongo.db);
  const late = publisherWith({ versions }).publisher.settle(decided);
  await versions.stopped;
  const { file } = await publisherWith().publisher.publish(decided);
  await client.delete(`/api/v1/files/${file._id}`);
  await world().settle();

  versions.goOn();
  await late;
  const second = await world().mongo.db.collection("entries").countDocuments({ ownerId });
  await world().settle();

  expect(second).toBe(2);
  const { items } = (await client.get("/api/v1/files")).json;
  expect(items.map(({ id }: { id: string }) => id)).toEqual([staysId]);
  const account = await world()
    .mongo.db.collection<AccountDoc>("accounts")
    .findOne({ _id: ownerId });
  expect([Number(account?.usage.bytes), Number(account?.usage.files)]).toEqual([5, 1]);
});
