import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { withDatabase } from "../../../support/databases.js";
import { eventually } from "../../../support/eventually.js";
import { RawClient } from "../../../support/raw-client.js";
import { commandNameOf, TcpProxy } from "../../../support/tcp-proxy.js";
import { TusClient } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";

const world = useWorld();
let proxy: TcpProxy;
let url: string;

beforeAll(async () => {
  const { config, mongo } = world();
  proxy = await TcpProxy.start(config.mongodbUrl);
  url = await world().addWeb({ mongodbUrl: withDatabase(proxy.url, mongo.db.databaseName) });
});

afterAll(() => proxy.close());

beforeEach(() => {
  proxy.judge = () => "pass";
});

const countUploads = () => world().mongo.db.collection("uploads").countDocuments();

/** Loses the answer to the next command with the writes of a creation. */
function loseAnswer(): void {
  proxy.judge = (bytes) => {
    if (commandNameOf(bytes) !== "bulkWrite") return "pass";
    proxy.judge = () => "pass";
    return "lose";
  };
}

describe("A creation whose client resets the connection", () => {
  const piece = ["Content-Type: application/offset+octet-stream", "Content-Length: 5"];

  test.each([
    ["it is entered in the ledger", "bulkWrite", ["Upload-Length: 1000000"]],
    ["its first bytes are recorded", "update", ["Upload-Length: 1000000", ...piece]],
    [
      "all bytes of a part are recorded",
      "update",
      ["Upload-Length: 5", "Upload-Concat: partial", ...piece],
    ],
  ])("while %s keeps no reservation", async (_what, commandName, fields) => {
    const client = await world().member(url);
    const raw = await RawClient.open(Number(new URL(url).port));
    const isDelayed = new Promise<void>((resolve) => {
      proxy.judge = (bytes) => {
        if (commandNameOf(bytes) !== commandName) return "pass";
        proxy.judge = () => "pass";
        resolve();
        return "delay";
      };
    });
    const head = ["POST /api/v1/uploads HTTP/1.1", "Host: stowage", "Tus-Resumable: 1.0.0"];
    const lines = [...head, `Cookie: ${client.cookie}`, ...fields];
    raw.send(`${lines.join("\r\n")}\r\n\r\n${fields.length > 1 ? "hello" : ""}`);
    await isDelayed;
    expect(await client.usage()).toMatchObject({ bytes: 0 });

    raw.socket.resetAndDestroy();
    await raw.closed();
    proxy.release();

    await eventually(
      async () => (await client.usage()).reservedBytes + (await countUploads()),
      (left) => left === 0,
    );
  });
});

describe("A creation that is 503", () => {
  test("because the answer of the store was lost keeps no reservation", async () => {
    const client = await world().member(url);
    const tus = new TusClient({ url, cookie: client.cookie });
    loseAnswer();

    expect((await tus.create({ "Upload-Length": "1000000" })).status).toBe(503);

    await eventually(countUploads, (count) => count === 0);
    expect(await client.usage()).toMatchObject({ reservedBytes: 0 });
  });
});
