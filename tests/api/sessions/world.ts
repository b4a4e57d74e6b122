import { afterAll, afterEach, beforeAll } from "@jest/globals";
import Koa from "koa";
import request, { type Response } from "supertest";
import { everyRequest } from "../../../api/http/every-request.js";
import { CookieSessions } from "../../../api/sessions/cookie-sessions.js";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { CredentialsRepository } from "../../../common/credentials/repository.js";
import { Sessions } from "../../../common/credentials/sessions.js";
import { newId } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";
import { testDoor } from "../http/test-door.js";

export const HOUR_MS = 3_600_000;
const log = createLogger({ level: "silent", part: "test" });
const SECRET = "first-secret-of-the-session-tests-0123456789";

export interface WebOptions {
  readonly secrets?: readonly string[];
  readonly maxAgeMs?: number;
  readonly trustProxyHops?: number;
  readonly publicUrl?: URL;
  readonly mongo?: Mongo;
  /** How far the clock of the database is from that of the process, in milliseconds. */
  readonly clockMs?: number;
  /** What `GET /wait` does before it answers. */
  readonly onWait?: () => Promise<void> | void;
}

export type Web = ReturnType<Koa["callback"]>;

/** A database of its own, and web processes that know nothing but sessions. */
class World {
  readonly secret = SECRET;
  readonly claim = { accountId: newId(), signedInAt: new Date(Date.now() - 1000).toISOString() };
  readonly #url = withDatabase(serverUrls().mongodbUrl, newName());
  readonly #mongo = this.connect();

  /** Another connection; to a MongoDB that is away, if the URL says so. */
  connect(url = this.#url): Mongo {
    return openMongo({ url, timeoutMs: 2000 });
  }

  web({ secrets = [SECRET], maxAgeMs = HOUR_MS, clockMs = 0, ...rest }: WebOptions = {}): Web {
    const app = new Koa();
    const { db } = rest.mongo ?? this.#mongo;
    const store = new Sessions({
      credentials: new CredentialsRepository(db),
      maxAgeMs,
      lifetimeMs: 1000 * HOUR_MS,
      now: () => new Date(Date.now() + clockMs),
    });
    const { trustProxyHops = 1, publicUrl } = rest;
    const around = { log, trustProxyHops, publicUrl, doorOf: () => testDoor };
    for (const middleware of everyRequest(around)) app.use(middleware);
    const sessions = new CookieSessions({ app, store, secrets, maxAgeMs, publicUrl, log });
    app.use(async (ctx) => {
      if (ctx.path === "/login") {
        const { accountId, signedInAt } = this.claim;
        const claim = { accountId, signedInAt: new Date(signedInAt), methods: [] };
        ctx.body = await sessions.start(ctx, claim, () => Promise.resolve({}));
        return;
      }
      const session = await sessions.open(ctx);
      if (ctx.path === "/wait") await rest.onWait?.();
      if (ctx.path === "/logout") await session.end();
      const { accountId, signedInAt } = session.found ?? {};
      ctx.body = { claim: accountId === undefined ? null : { accountId, signedInAt } };
      await session.renew();
    });
    return app.callback();
  }

  /** The `Cookie` header of a browser that has signed in. */
  async signIn(cookie = ""): Promise<string> {
    return cookiesOf(await get(this.web(), "/login", cookie));
  }

  stored(): Promise<CredentialDoc[]> {
    return this.#mongo.db.collection<CredentialDoc>("credentials").find().toArray();
  }

  /** Empties the database. */
  async clear(): Promise<void> {
    await this.#mongo.db.collection("credentials").deleteMany({});
  }

  async close(): Promise<void> {
    await this.#mongo.db.dropDatabase();
    await this.#mongo.close();
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
