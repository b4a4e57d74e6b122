import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { withDatabase } from "../../support/databases.js";
import { commandNameOf, TcpProxy } from "../../support/tcp-proxy.js";
import { useWorld } from "../../support/use-world.js";

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

async function readiness() {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

const scanner = { state: "off", version: null };
const pipeline = { workers: 0, parts: expect.anything() };
const READY = [200, { status: "ok", mongodb: "ok", redis: "ok", scanner, pipeline }];
const NO_MONGODB = [
  503,
  { status: "unavailable", mongodb: "unavailable", redis: "ok", scanner, pipeline },
];

const errors = {
  NotWritablePrimary: { code: 10107, codeName: "NotWritablePrimary", errmsg: "not primary" },
  OutOfDiskSpace: { code: 14031, codeName: "OutOfDiskSpace", errmsg: "the disk is full" },
  UserWritesBlocked: { code: 371, codeName: "UserWritesBlocked", errmsg: "writes are blocked" },
};

describe("A web process", () => {
  test("is ready for all who ask at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, readiness));

    expect(all).toEqual(Array.from({ length: 20 }, () => READY));
  });

  test.each(Object.values(errors))(
    "is not ready while MongoDB answers and refuses writes with $codeName",
    async (error) => {
      const answer = { ok: 1, n: 0, writeErrors: [{ index: 0, ...error }] };
      proxy.judge = (bytes) => (commandNameOf(bytes) === "update" ? { answer } : "pass");
      const refused = await readiness();
      proxy.judge = () => "pass";

      expect(refused).toEqual(NO_MONGODB);
      expect(await readiness()).toEqual(READY);
    },
  );

  test("answers 503 to a write that MongoDB refuses for now, and not 500", async () => {
    const client = await world().member(url);
    const answer = { ok: 0, ...errors.UserWritesBlocked };
    proxy.judge = (bytes) => (commandNameOf(bytes) === "bulkWrite" ? { answer } : "pass");

    const { status, json } = await client.put("/api/v1/files?name=a", "hello");
    proxy.judge = () => "pass";

    expect([status, json.code]).toEqual([503, "unavailable"]);
  });
});
