import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createApp } from "../../api/app.js";
import { loadConfig, webSettings } from "../../common/platform/config.js";
import { createLogger } from "../../common/platform/log.js";
import { type Mongo, openMongo } from "../../common/platform/mongo.js";
import { createReadiness } from "../../common/platform/readiness.js";
import { closeRedis, openRedis, type Redis } from "../../common/platform/redis.js";
import { JobProducer } from "../../common/queue/producer.js";
import { createSessionStore } from "../../common/sessions/store.js";
import { createWebServices } from "../../common/web-services.js";
import { operations } from "./promise.js";

const log = createLogger({ level: "silent", part: "test" });
const prefix = "test-routes";
const timeoutMs = 10_000;
let mongo: Mongo;
let redis: Redis;
let jobs: JobProducer;

beforeAll(() => {
  mongo = openMongo({ url: process.env["MONGODB_URL"] ?? "", timeoutMs });
  redis = openRedis({ url: process.env["REDIS_URL"] ?? "", timeoutMs, log });
  jobs = new JobProducer({ redis, prefix, log });
});

afterAll(async () => {
  await jobs.close();
  await Promise.all([closeRedis(redis), mongo.close()]);
});

interface Layer {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Every route of the whole application, as the routers themselves list them. */
function routed(): string[] {
  const config = loadConfig(webSettings, {
    ...process.env,
    SESSION_SECRETS: "0123456789abcdef".repeat(4),
  });
  const app = createApp({
    config,
    log,
    services: createWebServices({ db: mongo.db, jobs, config, now: () => new Date() }),
    sessions: createSessionStore({ redis, prefix }),
    readiness: createReadiness({ db: mongo.db, redis, timeoutMs }),
  });
  const routers = app.middleware.flatMap((middleware) =>
    "router" in middleware ? [middleware.router as { readonly stack: readonly Layer[] }] : [],
  );
  return routers
    .flatMap(({ stack }) => stack)
    .flatMap(({ path, methods }) => methods.map((method) => `${method} ${anonymous(path)}`));
}

/** How a path's parameters are called is told to people, not to routers. */
const anonymous = (path: string) => path.replace(/:\w+|\{\w+\}/g, "{}");

describe("the routes and the OpenAPI document", () => {
  const promised = operations.flatMap(({ method, paths }) =>
    paths.map((path) => `${method} ${anonymous(path)}`),
  );

  test("every route is promised", () => {
    const withGet = promised.map((route) => route.replace(/^GET /, "HEAD "));

    expect(routed().filter((route) => ![...promised, ...withGet].includes(route))).toEqual([]);
  });

  test("every promise is routed, under the version and without it", () => {
    const routes = routed();

    expect(promised.length).toBeGreaterThan(20);
    expect(promised.filter((route) => !routes.includes(route))).toEqual([]);
  });
});
