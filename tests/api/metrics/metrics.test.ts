import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type Document, MongoClient } from "mongodb";
import { Registry } from "prom-client";
import { Figures } from "../../../common/metrics/figures.js";
import { MongoMetrics } from "../../../common/metrics/mongo-metrics.js";
import { openRecords } from "../../../common/product.js";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import { readExposition, type ReadMetric, valueOf } from "../../support/exposition.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const TOKEN = randomBytes(32).toString("hex");

const world = useWorld({ metricsToken: TOKEN });

const bearer = { Authorization: `Bearer ${TOKEN}` };

async function scrape(url = world().url): Promise<ReadonlyMap<string, ReadMetric>> {
  const { status, bytes } = await world().visitor(url).get("/metrics", bearer);
  expect(status).toBe(200);
  return readExposition(bytes.toString());
}

/** What MongoDB keeps beside a collection, and need not count. */
const isCounterRead = ({ count, query, collStats, endSessions }: Document) =>
  collStats !== undefined ||
  endSessions !== undefined ||
  (count !== undefined && query === undefined);

/** A command as it can be explained. */
const withoutEnvelope = (command: Document): Document =>
  Object.fromEntries(Object.entries(command).filter(([name]) => !/^(?:lsid|\$.*)$/.test(name)));

describe("The metrics", () => {
  test("need the token", async () => {
    const visitor = world().visitor();
    const others: Record<string, string>[] = [
      {},
      { Authorization: "Bearer" },
      { Authorization: `Bearer ${TOKEN.slice(1)}` },
      { Authorization: `Bearer ${TOKEN}x` },
      { Authorization: `Basic ${TOKEN}` },
      { Cookie: `token=${TOKEN}` },
    ];

    for (const headers of others) {
      const refused = await visitor.get("/metrics", headers);
      expect(refused.status).toBe(401);
      expect(refused.json.code).toBe("unauthenticated");
      expect(refused.headers["www-authenticate"]).toBe('Bearer realm="metrics"');
    }
    expect((await visitor.get(`/metrics?token=${TOKEN}`)).status).toBe(401);
    expect((await (await world().member()).get("/metrics")).status).toBe(401);
    const { status, headers } = await visitor.get("/metrics", bearer);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-store");
    expect(world().logs.text()).not.toContain(TOKEN);
  });

  test("stand in the documentation, all of them", async () => {
    const docs = new URL("../../../../docs/monitoring.md", import.meta.url);
    const described: string[] = readFileSync(docs, "utf8").match(/(?<=`)[a-z_]+(?=`)/g) ?? [];

    const names = [...(await scrape()).keys()];

    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !described.includes(name))).toEqual([]);
  });

  test("are not there where no token is set", async () => {
    const url = await world().addWeb({ metricsToken: undefined });

    for (const headers of [{}, bearer, { Authorization: "Bearer " }]) {
      expect((await world().visitor(url).get("/metrics", headers)).status).toBe(404);
    }
  });

  test("say what is stored, what is under way and what is left to do, through any web process", async () => {
    const other = await world().addWeb();
    const client = await world().member();
    const before = await scrape();
    const change = (after: ReadonlyMap<string, ReadMetric>, name: string) =>
      (valueOf(after, name) ?? NaN) - (valueOf(before, name) ?? NaN);

    await client.store("a", randomBytes(2 * CHUNK_SIZE_BYTES));
    await client.store("a", "b");
    const tus = new TusClient(client);
    const path = await tus.begin({ "Upload-Length": "10" }, Buffer.from("abc"));
    const after = await scrape(other);

    expect(change(after, "stowage_entries")).toBe(1);
    expect(change(after, "stowage_blobs")).toBe(2);
    expect(change(after, "stowage_stored_bytes")).toBeGreaterThan(2 * CHUNK_SIZE_BYTES);
    expect(change(after, "stowage_stored_bytes")).toBeLessThan(2 * CHUNK_SIZE_BYTES + 1000);
    expect(change(after, "stowage_chunks_disk_bytes")).toBeGreaterThan(0);
    expect(change(after, "stowage_uploads_receiving")).toBe(1);
    expect(change(after, "stowage_versions_processing")).toBe(2);
    // Two versions to inspect, and a reservation to settle.
    expect(valueOf(after, "stowage_jobs", { queue: "jobs", state: "waiting" })).toBe(3);
    await tus.terminate(path);
    await world().settle();
    const settled = await scrape(other);
    expect(change(settled, "stowage_uploads_receiving")).toBe(0);
    expect(change(settled, "stowage_versions_processing")).toBe(0);
    for (const store of ["mongodb", "redis"]) {
      expect(valueOf(settled, "stowage_up", { store })).toBe(1);
    }
  });

  test("make the database scan nothing", async () => {
    const { mongodbUrl } = world().config;
    const client = new MongoClient(mongodbUrl, { monitorCommands: true });
    const sent: Document[] = [];
    client.on("commandStarted", ({ command }) => sent.push(command));
    const db = client.db(world().mongo.db.databaseName);
    const now = () => new Date();
    const records = openRecords({ db, settings: { encryptionKeys: [] }, now });
    await new MongoMetrics({ ...records, db, now }).read(new Figures(new Registry()));
    await client.close();

    expect(sent.length).toBeGreaterThan(10);
    for (const command of sent.filter((each) => !isCounterRead(each)).map(withoutEnvelope)) {
      const plan = await world().mongo.db.command({ explain: command, verbosity: "queryPlanner" });
      expect([command, JSON.stringify(plan)]).toEqual([
        command,
        expect.stringMatching(/"(?:COUNT_SCAN|IXSCAN|IDHACK|EXPRESS_IXSCAN|EOF)"/),
      ]);
    }
  });

  test("count requests by method, route and class of status, and name nothing that a client made up", async () => {
    const client = await world().member();
    const { links } = await client.store("s3cret-name", "0123456789");
    const before = await scrape();
    const count = (metrics: ReadonlyMap<string, ReadMetric>, labels: Record<string, string>) =>
      valueOf(metrics, "stowage_http_requests_total", labels) ?? 0;
    const read = { method: "GET", route: "/api/v1/files/:id" };

    await client.get(links.content);
    await client.get(links.content, { Range: "bytes=0-1" });
    await client.get("/api/v1/files/s3cret-id");
    await client.get("/s3cret-path");
    const made = await fetch(`${world().url}/s3cret-path`, { method: "S3CRET" });
    await made.text();
    const after = await scrape();

    expect(
      count(after, { ...read, status: "2xx" }) - count(before, { ...read, status: "2xx" }),
    ).toBe(2);
    expect(
      count(after, { ...read, status: "4xx" }) - count(before, { ...read, status: "4xx" }),
    ).toBe(1);
    expect(valueOf(after, "stowage_http_request_duration_seconds_count", read)).toBeGreaterThan(2);
    expect(count(after, { method: "GET", route: "none", status: "4xx" })).toBeGreaterThan(0);
    const received = (metrics: ReadonlyMap<string, ReadMetric>) =>
      valueOf(metrics, "stowage_http_received_bytes_total") ?? 0;
    expect(received(after)).toBeGreaterThan(received(before));
    const labels = [...after.values()].flatMap(({ samples }) =>
      samples.flatMap((sample) => Object.values(sample.labels)),
    );
    expect(labels.join("\n").toLowerCase()).not.toContain("s3cret");
  });

  test("tell each store's absence, and the rest all the same", async () => {
    const url = await world().addWeb({ mongodbUrl: "mongodb://127.0.0.1:1/" });

    const metrics = await scrape(url);

    expect(valueOf(metrics, "stowage_up", { store: "mongodb" })).toBe(0);
    expect(valueOf(metrics, "stowage_up", { store: "redis" })).toBe(1);
    expect(metrics.has("stowage_entries")).toBe(false);
    expect(metrics.has("stowage_jobs")).toBe(true);
    expect(metrics.has("stowage_http_requests_total")).toBe(true);
  });
});
