import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import { withDatabase } from "../../support/databases.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { commandNameOf, TcpProxy } from "../../support/tcp-proxy.js";
import { useWorld } from "../../support/use-world.js";

const UNKNOWN_COMMAND = { ok: 0, code: 238, codeName: "NotImplemented", errmsg: "no such command" };

const WRITES = ["bulkWrite", "insert", "update", "delete", "findAndModify"];

/** So many writes has an upload of a file that is new. */
const WRITES_OF_AN_UPLOAD = 10;

const world = useWorld();
let proxy: TcpProxy;
let url: string;
let client: Client;
/** The writes that the web process behind the proxy has sent. */
let sent: string[];

beforeAll(async () => {
  const { config, mongo } = world();
  proxy = await TcpProxy.start(config.mongodbUrl);
  url = await world().addWeb({ mongodbUrl: withDatabase(proxy.url, mongo.db.databaseName) });
});

afterAll(() => proxy.close());

beforeEach(async () => {
  proxy.judge = () => "pass";
  client = await world().member(url);
  sent = [];
});

const path = (name: string) => `/api/v1/files?name=${name}`;

/** What is written after the answer: events into the log, and that the log has them. */
const RELAYED = /insert\0.{4}events\0|\$pull\0.{4}.outbox\0/s;

const isWrite = (bytes: Buffer) =>
  WRITES.includes(commandNameOf(bytes) ?? "") && !RELAYED.test(bytes.toString("latin1"));

/** Lets all pass, and notes it, but what a test has another fate for. */
function judgeWrites(judge: (name: string) => ReturnType<TcpProxy["judge"]>): void {
  proxy.judge = (bytes) => {
    const name = commandNameOf(bytes) ?? "";
    if (!isWrite(bytes)) return "pass";
    sent.push(name);
    return judge(name);
  };
}

async function contentsOf(): Promise<string[]> {
  const { items } = (await client.get("/api/v1/files")).json;
  const contents = items.map(async ({ links }) => (await client.get(links.content)).bytes);
  return (await Promise.all(contents)).map(String).toSorted();
}

/** What a dead process leaves is taken over. */
async function recover(): Promise<void> {
  proxy.judge = () => "pass";
  const uploads = world().mongo.db.collection<UploadDoc>("uploads");
  await uploads.updateMany({}, { $set: { leaseUntil: new Date(0) } });
  await world().sweep();
  await world().settle();
}

describe("An upload of at most 16 KiB", () => {
  test.each([0, 1, 16 * 1024])("of %i bytes is counted at once", async (length) => {
    const { status } = await client.put(path("a"), Buffer.alloc(length, "x"));

    expect(status).toBe(201);
    expect(await client.usage()).toMatchObject({ bytes: length, reservedBytes: 0, files: 1 });
    expect(await contentsOf()).toEqual(["x".repeat(length)]);
  });

  test("in a form of several is stored like the others", async () => {
    const { status } = await client.upload([
      { name: "a", bytes: "first" },
      { name: "b", bytes: "second" },
    ]);

    expect(status).toBe(201);
    expect(await contentsOf()).toEqual(["first", "second"]);
  });

  test("that others know by its id is entered before it is stored, and they may give it up", async () => {
    const uploads = world().mongo.db.collection<UploadDoc>("uploads");
    const intent = { name: "a", expectsContinue: false, uploadId: newId() };
    const upload = await beginUpload(world(), client, intent);
    await upload.receive(Readable.from([Buffer.from("hello")]));

    expect(await uploads.countDocuments()).toBe(1);
    await recover();

    await expect(upload.publish()).rejects.toMatchObject({ code: "upload-expired" });
    expect(await contentsOf()).toEqual([]);
  });

  test("is stored by a MongoDB that does not know the command", async () => {
    judgeWrites((name) => (name === "bulkWrite" ? { answer: UNKNOWN_COMMAND } : "pass"));

    for (const name of ["a", "b"]) {
      expect((await client.put(path(name), `this is ${name}`)).status).toBe(201);
    }

    expect(sent).toHaveLength(1 + 2 * WRITES_OF_AN_UPLOAD);
    expect(await contentsOf()).toEqual(["this is a", "this is b"]);
    expect(await client.usage()).toMatchObject({ bytes: 18, reservedBytes: 0, files: 2 });
  });

  test("whose answer from MongoDB is lost is there once, or not at all", async () => {
    judgeWrites(() => "lose");

    expect((await client.put(path("a"), "hello")).status).toBe(503);
    await recover();

    expect(["hello", undefined]).toContain((await contentsOf())[0]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("An upload of at most 16 KiB whose MongoDB goes away behind its writes, of which each is a command,", () => {
  const lengths = Array.from({ length: WRITES_OF_AN_UPLOAD }, (_, index) => index);

  test.each(lengths)(
    "behind %i of them is wholly there or not at all once it is swept",
    async (length) => {
      // The web process has learnt by an upload that its MongoDB does not know the command.
      url = await world().addWeb({
        mongodbUrl: withDatabase(proxy.url, world().mongo.db.databaseName),
      });
      client = await world().member(url);
      judgeWrites((name) => (name === "bulkWrite" ? { answer: UNKNOWN_COMMAND } : "pass"));
      await client.put(path("a"), "first");
      sent = [];
      judgeWrites(() => (sent.length > length ? "cut" : "pass"));

      const { status } = await client.put(path("b"), "hello");
      await recover();

      expect(status).toBe(503);
      // The fifth write is the decision: what came so far is only ever finished.
      expect(await contentsOf()).toEqual(length < 5 ? ["first"] : ["first", "hello"]);
      const bytes = length < 5 ? 5 : 10;
      expect(await client.usage()).toMatchObject({ bytes, reservedBytes: 0 });
      expect(await world().leftovers()).toEqual(NOTHING_LEFT);
    },
  );
});
