import { MongoClient } from "mongodb";
import { openAudit } from "../../common/audit/open.js";
import { DeletedEntries } from "../../common/access/deleted-entries.js";
import { Access } from "../../common/access/service.js";
import { openEvents } from "../../common/events/open.js";
import { openFiling } from "../../common/filing.js";
import { openJobWork } from "../../common/jobs/open.js";
import { PurgeClaims } from "../../common/maintenance/claims-repository.js";
import { FilePurge } from "../../common/maintenance/file-purge.js";
import { Settlement } from "../../common/maintenance/settlement.js";
import { openPipeline } from "../../common/pipeline/open.js";
import { openRecords } from "../../common/product.js";
import { Operations } from "../../common/operations/service.js";
import { openSharedEntries } from "../../common/shares/open.js";
import { DeferredWork } from "../../common/platform/deferred-work.js";
import { MediaDecoder } from "../../common/media/decoder.js";
import type { ContentIndexSettings } from "../../common/content-index/settings.js";
import type { InspectionSettings } from "../../common/inspection/settings.js";
import type { MediaSettings } from "../../common/media/settings.js";
import { createLogger } from "../../common/platform/log.js";
import { Admission } from "../../common/uploads/admission.js";
import { Copies } from "../../common/uploads/copies.js";
import { openPublishing } from "../../common/uploads/open.js";
import { openWebhookWork } from "../../common/webhooks/open-work.js";
import { ContentGate } from "../../common/versions/content-gate.js";
import { withDatabase } from "./databases.js";
import { commandNameOf, TcpProxy } from "./tcp-proxy.js";
import { NO_SCANNING } from "./scanning.js";
import type { World, WorldConfig } from "./world.js";

/** What drivers send on their own; `undefined` is the first message of a connection. */
const NOT_COUNTED: readonly (string | undefined)[] = [undefined, "hello", "endSessions"];

const UNKNOWN_COMMAND = { ok: 0, code: 59, codeName: "CommandNotFound", errmsg: "no such command" };

/**
 * A process that dies after a number of commands to MongoDB: what it sends then never arrives. Its MongoDB does not know `bulkWrite`, so
 * that it can die between any two writes.
 */
export class MortalProcess {
  readonly #proxy: TcpProxy;
  readonly #client: MongoClient;
  readonly #died: Promise<void>;
  readonly product: ReturnType<typeof openProduct>;

  private constructor(
    { proxy, client, died }: { proxy: TcpProxy; client: MongoClient; died: Promise<void> },
    config: WorldConfig,
  ) {
    this.#proxy = proxy;
    this.#client = client;
    this.#died = died;
    this.product = openProduct(client, config);
  }

  static async start({ config, mongo }: World, diesAfter: number): Promise<MortalProcess> {
    const proxy = await TcpProxy.start(config.mongodbUrl);
    let left = diesAfter;
    const died = new Promise<void>((resolve) => {
      proxy.judge = (bytes) => {
        const command = commandNameOf(bytes);
        if (NOT_COUNTED.includes(command)) return "pass";
        if (command === "bulkWrite") return { answer: UNKNOWN_COMMAND };
        left -= 1;
        if (left >= 0) return "pass";
        resolve();
        return "hold";
      };
    });
    const url = withDatabase(proxy.url, mongo.db.databaseName);
    const client = new MongoClient(url, { maxPoolSize: 1, directConnection: true });
    return new MortalProcess({ proxy, client, died }, config);
  }

  /** Resolves when the work is done, has failed, or its process is dead. */
  async run(work: () => Promise<unknown>): Promise<void> {
    await Promise.race([Promise.allSettled([work()]), this.#died]);
    await this.#client.close(true);
    await this.#proxy.close();
  }
}

const ANY_TYPE = { allowedTypes: [], deniedTypes: [] };

/** It never starts the media process. */
export function withoutPreviews(log = createLogger({ level: "silent", part: "test" })) {
  const settings: MediaSettings & InspectionSettings & ContentIndexSettings = {
    ...ANY_TYPE,
    ...({ previews: "off", details: "off", previewMaxMib: 1, contentSearch: "on" } as const),
    ...{ mediaMaxMemoryMib: 1, mediaMaxMegapixels: 1, mediaTimeLimitMs: 1 },
    ffmpegPath: "ffmpeg",
  };
  return { settings, media: new MediaDecoder({ settings, log }) };
}

function openProduct(client: MongoClient, config: WorldConfig) {
  const now = () => new Date();
  const db = client.db();
  const records = openRecords({ db, settings: { encryptionKeys: [] }, now });
  const { versions, entries, quota, storage } = records;
  const { blobs, references, quarantine } = storage;
  const jobs = { enqueue: () => undefined };
  const publishing = openPublishing({
    ...records,
    jobs,
    deferred: { defer: () => undefined },
    now,
    settings: { resumableUploadExpiryMs: 60_000, linkLogMs: 60_000 },
  });
  const maxFileBytes = Number.MAX_SAFE_INTEGER;
  const defaultRules = { maxCount: null, maxAgeDays: null, dailyAfterDays: null };
  const intake = { ...records, ...publishing, blobs, now, maxFileBytes, defaultRules };
  const admission = new Admission(intake);
  const settlement = new Settlement({ quota, versions, entries });
  const leaseMs = 60_000;
  const copying = { ...records, ...publishing, admission, references, quarantine };
  const copies = new Copies({ ...copying, leaseMs });
  const shared = openSharedEntries({ db, entries });
  const access = new Access({ ...records, shared });
  const deleted = new DeletedEntries({ shared });
  const settings = { jobRetentionMs: leaseMs, trashRetentionMs: 0, contentSearch: "on" as const };
  const contentGate = new ContentGate({ versions, holdsUnscanned: false, typeRules: ANY_TYPE });
  const parts = { ...records, contentGate, db, access, deleted, jobs, settings, now };
  const filing = openFiling(parts);
  const operations = new Operations({ ...filing, access, copies });
  const log = createLogger({ level: "silent", part: "test" });
  const deferred = new DeferredWork({ log });
  const audit = openAudit({ db, now, deferred, settings: { auditRetentionDays: 1 }, log });
  const { eventRelay, eventLog } = openEvents({ ...records, log, now });
  const purging = { ...records, claims: new PurgeClaims(db), eventRelay };
  return {
    webhookWork: openWebhookWork({ db, jobs, eventLog, audit, settings: config, log, now }),
    ...{ copies, eventRelay },
    folders: filing.folders,
    ...openPipeline({
      ...{ ...parts, ...withoutPreviews(log) },
      scanning: NO_SCANNING,
      stepOutcomes: { count: () => undefined },
      leaseMs,
    }),
    jobRunner: openJobWork({ ...parts, ...filing, audit, copies, leaseMs, operations }).runner,
    filePurge: new FilePurge({ ...purging, references, settlement }),
  };
}
