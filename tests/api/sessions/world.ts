import { afterAll, afterEach, beforeAll } from "@jest/globals";
import Koa from "koa";
import request, { type Response } from "supertest";
import { everyRequest } from "../../../api/http/every-request.js";
import { CookieSessions } from "../../../api/sessions/cookie-sessions.js";
import { newId } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { closeRedis, openRedis, type Redis } from "../../../common/platform/redis.js";
import { SessionStore } from "../../../common/sessions/store.js";
import { testDoor } from "../http/test-door.js";

export const HOUR_MS = 3_600_000;
const log = createLogger({ level: "silent", part: "test" });
const SECRET = "first-secret-of-the-session-tests-0123456789";

export interface WebOptions {
  readonly secrets?: readonly string[];
  readonly maxAgeMs?: number;
  readonly redis?: Redis;
  /** What `GET /wait` does before it answers. */
  readonly onWait?: () => Promise<void> | void;
}

export type Web = ReturnType<Koa["callback"]>;

/** A Redis of its own, and web processes that know nothing but sessions. */
class World {
  readonly secret = SECRET;
  readonly claim = { accountId: newId(), signedInAt: "2026-01-02T03:04:05.678Z" };
  readonly redis = this.connect();
  readonly #prefix = `test-${newId()}`;

  /** Another connection; to a Redis that is away, if the URL says so. */
  connect(url = process.env["REDIS_URL"] ?? ""): Redis {
    return openRedis({ url, timeoutMs: 2000, log });
  }

  web({ secrets = [SECRET], maxAgeMs = HOUR_MS, ...rest }: WebOptions = {}): Web {
    const app = new Koa();
    const store = new SessionStore({ redis: rest.redis ?? this.redis, prefix: this.#prefix });
    for (const middleware of everyRequest({ log, trustProxyHops: 1, doorOf: () => testDoor })) {
      app.use(middleware);
    }
    const sessions = new CookieSessions({ app, store, secrets, maxAgeMs, log });
    app.use(async (ctx) => {
      const session = await sessions.open(ctx);
      if (ctx.path === "/wait") await rest.onWait?.();
      if (ctx.path === "/login") {
        const signedInAt = new Date(this.claim.signedInAt);
        await session.start({ ...this.claim, signedInAt });
      }
      if (ctx.path === "/logout") await session.end();
      ctx.body = { claim: session.claim ?? null };
      await session.renew();
    });
    return app.callback();
  }

  /** The `Cookie` header of a browser that has signed in. */
  async signIn(cookie = ""): Promise<string> {
    return cookiesOf(await get(this.web(), "/login", cookie));
  }

  keys(): Promise<string[]> {
    return this.redis.keys(`${this.#prefix}:*`);
  }

  /** Empties the Redis. */
  async clear(): Promise<void> {
    const keys = await this.keys();
    if (keys.length > 0) await this.redis.del(keys);
  }

  async close(): Promise<void> {
    await this.clear();
    await closeRedis(this.redis);
  }
}

/** Gives a test file a world of its own, which is empty before every test. */
export function useSessionWorld(): () => World {
  let world: World;

  beforeAll(() => {
    world = new World();
  });

  afterEach(() => world.clear());

  afterAll(() => world.close());

  return () => world;
}

export function get(web: Web, path: string, cookie: string) {
  return request(web).get(path).set("Cookie", cookie);
}

export function setCookies(response: Response): string[] {
  const header: unknown = response.headers["set-cookie"];
  return Array.isArray(header) ? header.map(String) : [];
}

/** The `Cookie` header of a browser that got this answer. */
export function cookiesOf(response: Response): string {
  return setCookies(response)
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}
