import { expect } from "@jest/globals";
import type { Db } from "mongodb";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { openEvents } from "../../../common/events/open.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { PurgeClaims } from "../../../common/maintenance/claims-repository.js";
import { FilePurge } from "../../../common/maintenance/file-purge.js";
import { QuotaReconcile } from "../../../common/maintenance/quota-reconcile.js";
import { UsageDrift } from "../../../common/maintenance/usage-drift.js";
import { Settlement } from "../../../common/maintenance/settlement.js";
import type { Id } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { openRecords } from "../../../common/product.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { World } from "../../support/world.js";

/** The worker's part, by a connection of the test's own. */
export function partsOf(db: Db, now = () => new Date()) {
  const records = openRecords({ db, settings: { encryptionKeys: [] }, now });
  const settlement = new Settlement(records);
  const { references } = records.storage;
  const log = createLogger({ level: "silent", part: "test" });
  const { eventRelay } = openEvents({ ...records, log, now });
  const deps = { ...records, claims: new PurgeClaims(db), references, settlement, eventRelay };
  const reconcile = new QuotaReconcile({
    ...{ ...deps, accounts: records.quotas, now },
    drift: new UsageDrift({ ...deps, accounts: records.quotas, log }),
    longestJobMs: 60_000,
    intervalMs: 0,
  });
  return { deps, filePurge: new FilePurge(deps), reconcile };
}

/** The collections that a purge changes. */
export function collectionsOf({ mongo: { db } }: World) {
  return {
    db,
    accounts: db.collection<AccountDoc>("accounts"),
    entries: db.collection<FileEntry>("entries"),
    versions: db.collection<VersionDoc>("versions"),
  };
}

export async function marksOf(world: World, ownerId: Id): Promise<number> {
  const { accounts } = collectionsOf(world);
  const account = await accounts.findOne({ _id: ownerId }, { projection: { releases: 1 } });
  return account?.releases.length ?? Number.NaN;
}

/** What an account says that it stores, with what the job `quota.settle` has not settled yet, is what it stores. */
export async function expectExact(world: World, ownerId: Id): Promise<void> {
  const { accounts, entries, versions } = collectionsOf(world);
  const account = await accounts.findOne({ _id: ownerId });
  const stored = await versions.find({ ownerId }).toArray();
  const bytes = stored.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
  const files = await entries.countDocuments({ ownerId, kind: "file" });
  const reservedBytes = account?.reservations.reduce((sum, held) => sum + Number(held.bytes), 0);
  const said = account && {
    bytes: Number(account.usage.bytes) + Number(reservedBytes),
    files: Number(account.usage.files),
    allocatedBytes: Number(account.allocatedBytes),
  };
  expect(said).toEqual({ bytes, files, allocatedBytes: bytes });
}

/** Somebody whose first file stays. */
export async function person(world: World) {
  const client = await world.member();
  const { id } = await client.store("stays", "stays");
  await world.settle();
  const { id: ownerId } = await world.actorOf(client);
  return { client, ownerId, staysId: id };
}
