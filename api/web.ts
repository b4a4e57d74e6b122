import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { reportMissingKeys } from "../common/encryption/key-check.js";
import type { Logger } from "../common/platform/log.js";
import { openMongo } from "../common/platform/mongo.js";
import type { Stoppable } from "../common/platform/process.js";
import { Readiness } from "../common/platform/readiness.js";
import { closeRedis, openRedis } from "../common/platform/redis.js";
import { mongoAddress, redisAddress } from "../common/platform/settings.js";
import { openWebProduct } from "../common/product.js";
import { createApp } from "./app.js";
import { createHttpServer } from "./http/server.js";
import { openWebMetrics } from "./metrics/web-metrics.js";
import type { WebConfig } from "./settings.js";

/** A web process that accepts requests. */
export interface Web extends Stoppable {
  readonly address: AddressInfo;
}

interface Watchers {
  readonly log: Logger;
  /** What the process says of itself at `/metrics`; what it is asked is added. */
  readonly registry: Registry;
}

/**
 * Opens everything that the web process needs and begins to listen. MongoDB and Redis may be away: requests that need them are
 * answered 503 until they are back.
 */
export async function startWeb(config: WebConfig, { log, registry }: Watchers): Promise<Web> {
  const { dependencyTimeoutMs: timeoutMs } = config;
  const mongo = openMongo({ ...mongoAddress(config), timeoutMs, log });
  const redis = openRedis({ ...redisAddress(config), timeoutMs, log });
  const { db, now } = mongo;
  const product = openWebProduct({ db, redis, settings: config, log, now });
  const handle = createApp({
    config,
    log,
    product,
    readiness: new Readiness({ db, redis, prefix: config.redisPrefix }),
    metrics: openWebMetrics({ registry, storeMetrics: product.storeMetrics }),
  }).callback();
  const server = createHttpServer((req, res) => void handle(req, res), {
    log,
    keepAliveTimeoutMs: config.keepAliveMs,
    stallTimeoutMs: 2 * config.uploadIdleTimeoutMs + 60_000,
    answerIdleTimeoutMs: config.downloadIdleTimeoutMs,
  });

  const closeAll = async () => {
    await product.close();
    await Promise.all([closeRedis(redis), mongo.close()]);
  };
  try {
    const address = await server.listen(config);
    void reportMissingKeys({ ...config, db, log });
    void product.factorKeyCheck.report(log);
    return {
      address,
      async stop(graceMs) {
        // They would last until the grace is over. Their clients connect again.
        await product.eventStreams.close();
        await server.stop(graceMs);
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
