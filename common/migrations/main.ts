import { loadConfig } from "../platform/config.js";
import { createLogger } from "../platform/log.js";
import { openMongo } from "../platform/mongo.js";
import { failToStart } from "../platform/process.js";
import { processSettings, storeSettings } from "../platform/settings.js";
import { createIndexes } from "./indexes.js";

/** Building an index over a large collection may take longer than a request may wait. */
const TIMEOUT_MS = 600_000;

async function release(): Promise<void> {
  const { mongodbUrl, logLevel } = loadConfig(
    { mongodbUrl: storeSettings.mongodbUrl, logLevel: processSettings.logLevel },
    process.env,
  );
  const log = createLogger({ level: logLevel, part: "release" });
  const mongo = openMongo({ url: mongodbUrl, timeoutMs: TIMEOUT_MS });
  try {
    await createIndexes(mongo.db);
    log.info("The database is ready for this release");
  } finally {
    await mongo.close();
  }
}

await release().catch(failToStart);
