import { type ConfigOf, loadConfig } from "../platform/config.js";
import { createLogger } from "../platform/log.js";
import { connectMongo, type Mongo } from "../platform/mongo.js";
import { outliveReaders } from "../platform/output.js";
import { failToStart } from "../platform/process.js";
import { mongoAddress, mongoSettings, processSettings } from "../platform/settings.js";
import { AccountsAdminRepository } from "../accounts/admin-repository.js";
import { AccountAdministration } from "../accounts/administration.js";
import { openAudit } from "../audit/open.js";
import { auditSettings } from "../audit/settings.js";
import { DeferredWork } from "../platform/deferred-work.js";
import type { Logger } from "../platform/log.js";
import { makeAdmin } from "../registration/admin-account.js";
import { registrationSettings } from "../registration/settings.js";
import { createIndexes } from "./indexes.js";

/** Building an index over a large collection may take longer than a request may wait. */
const TIMEOUT_MS = 600_000;

async function release(): Promise<void> {
  outliveReaders();
  const { logLevel } = processSettings;
  const { adminUsername } = registrationSettings;
  const settings = { ...mongoSettings, ...auditSettings, adminUsername, logLevel };
  const config = loadConfig(settings, process.env);
  const log = createLogger({ level: config.logLevel, part: "release" });
  const mongo = await connectMongo({
    ...config,
    ...mongoAddress(config),
    timeoutMs: TIMEOUT_MS,
    say: (text) => {
      log.warn(text);
    },
  });
  try {
    await createIndexes(mongo.db);
    await appointAdmin(config, mongo, log);
    log.info("The database is ready for this release");
  } finally {
    await mongo.close();
  }
}

/** The account that `ADMIN_USERNAME` names. */
async function appointAdmin(
  {
    adminUsername,
    ...settings
  }: ConfigOf<typeof auditSettings> & { adminUsername?: string | undefined },
  { db, now }: Mongo,
  log: Logger,
): Promise<void> {
  if (adminUsername === undefined) return;
  const deferred = new DeferredWork({ log });
  const audit = openAudit({ db, settings, deferred, log, now });
  const accounts = new AccountsAdminRepository(db);
  const accountAdministration = new AccountAdministration({ accounts, now });
  if (await makeAdmin(adminUsername, { accountAdministration, audit })) {
    log.info("The account that ADMIN_USERNAME names is an admin now");
  }
  await deferred.close();
}

await release().catch(failToStart);
