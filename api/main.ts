import { collectDefaultMetrics, Registry } from "prom-client";
import { loadConfig } from "../common/platform/config.js";
import { createLogger } from "../common/platform/log.js";
import { outliveReaders } from "../common/platform/output.js";
import { failToStart, stopOnSignal } from "../common/platform/process.js";
import { webSettings } from "./settings.js";
import { startWeb } from "./web.js";

async function start(): Promise<void> {
  outliveReaders();
  const config = loadConfig(webSettings, process.env);
  const log = createLogger({ level: config.logLevel, part: "web" });
  const registry = new Registry();
  if (config.metricsToken !== undefined) collectDefaultMetrics({ register: registry });
  const web = await startWeb(config, { log, registry });
  stopOnSignal(web, { log, graceMs: config.shutdownGraceMs });
  log.info({ host: web.address.address, port: web.address.port }, "The web process is ready");
}

await start().catch(failToStart);
