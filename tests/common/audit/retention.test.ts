import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { operatorEvent } from "../../../common/audit/event.js";
import { openAudit, openAuditListing } from "../../../common/audit/open.js";
import { createIndexes } from "../../../common/migrations/indexes.js";
import { DeferredWork } from "../../../common/platform/deferred-work.js";
import { newId } from "../../../common/platform/ids.js";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { eventually } from "../../support/eventually.js";
import { collectLogLines } from "../../support/log-lines.js";
import { startMongo } from "../../support/processes.js";
import type { WatchedProcess } from "../../support/watched-process.js";

const DAY_MS = 86_400_000;

let folder: string;
let server: WatchedProcess;
let mongo: Mongo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-audit-"));
  const started = await startMongo({ folder, options: ["--ttl-seconds", "0.05"] });
  server = started.server;
  mongo = openMongo({ url: `${started.url.replace(/\/(?:\?.*)?$/, "")}/audit`, timeoutMs: 10_000 });
  await createIndexes(mongo.db);
});

afterAll(async () => {
  await mongo.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

test("the embedded store removes events after AUDIT_RETENTION_DAYS, and keeps those that are younger", async () => {
  const { log } = collectLogLines();
  const deferred = new DeferredWork({ log });
  const { db } = mongo;
  const [young, old] = [newId(), newId()];
  const record = async (accountId: string, ageMs: number) => {
    const now = () => new Date(Date.now() - ageMs);
    const settings = { auditRetentionDays: 3 };
    const audit = openAudit({ db, settings, deferred, log, now });
    await audit.record(operatorEvent("account.create", accountId));
  };

  await record(young, 2 * DAY_MS);
  await record(old, 4 * DAY_MS);
  const listing = openAuditListing(db);
  const left = await eventually(
    () => listing.list({ limit: 10 }),
    ({ items }) => items.length < 2,
  );

  expect(left.items.map(({ accountId }) => accountId)).toEqual([young]);
  await deferred.close();
});
