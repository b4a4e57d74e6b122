import Koa from "koa";
import Router from "@koa/router";
import request, { type Response } from "supertest";
import { accountRoutes } from "../../../api/accounts/routes.js";
import { jsonBody } from "../../../api/http/json-body.js";
import { authenticate } from "../../../api/middleware/authenticate.js";
import { session } from "../../../api/middleware/session.js";
import { sessionCredential } from "../../../api/sessions/session-credential.js";
import { accountCollection } from "../../../common/accounts/account.js";
import { createPasswords, type PasswordSettings } from "../../../common/accounts/passwords.js";
import { accountIndexes, createAccountsRepository } from "../../../common/accounts/repository.js";
import { createAccounts } from "../../../common/accounts/service.js";
import { newId } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { closeRedis, openRedis, type Redis } from "../../../common/platform/redis.js";
import { createSessionStore } from "../../../common/sessions/store.js";
import { answerProblems } from "../answer-problems.js";

const log = createLogger({ level: "silent", part: "test" });
const timeoutMs = 10_000;
const cheapPasswords = { memoryKib: 64, iterations: 2, maxConcurrent: 16 };

export interface AccountsOptions {
  readonly passwords?: Partial<PasswordSettings>;
  readonly now?: () => Date;
  /** What happens between a sign-in's reading of the account and the verification of the password. */
  readonly beforeVerify?: () => Promise<void>;
}

export type Web = ReturnType<Koa["callback"]>;

/** A database, a Redis prefix, and any number of web processes with the account routes under `/api/v1`. */
export class World {
  readonly #name = `test-${newId()}`;
  readonly #mongo: Mongo;
  readonly #redis: Redis;

  private constructor() {
    const url = new URL(process.env["MONGODB_URL"] ?? "");
    url.pathname = `/${this.#name}`;
    this.#mongo = openMongo({ url: url.href, timeoutMs });
    this.#redis = openRedis({ url: process.env["REDIS_URL"] ?? "", timeoutMs, log });
  }

  static async create(): Promise<World> {
    const world = new World();
    await world.collection.createIndexes([...accountIndexes]);
    return world;
  }

  get collection() {
    return accountCollection(this.#mongo.db);
  }

  accounts({ passwords: settings, now = () => new Date(), beforeVerify }: AccountsOptions = {}) {
    const passwords = createPasswords({ ...cheapPasswords, ...settings });
    return createAccounts({
      accounts: createAccountsRepository({ db: this.#mongo.db }),
      passwords: {
        hash: (password) => passwords.hash(password),
        verify: async (password, hash) => {
          await beforeVerify?.();
          return passwords.verify(password, hash);
        },
      },
      defaultQuotaBytes: 5_000_000_000,
      now,
    });
  }

  web(options: AccountsOptions = {}): Web {
    const app = new Koa();
    const accounts = this.accounts(options);
    const store = createSessionStore({ redis: this.#redis, prefix: this.#name });
    const routes = accountRoutes({
      accounts,
      authenticate: authenticate([sessionCredential(accounts)]),
      jsonBody: jsonBody({ maxBytes: 64 * 1024, timeoutMs }),
    });
    app.use(answerProblems);
    app.use(session({ app, store, secrets: ["s".repeat(40)], maxAgeMs: 3_600_000, log }));
    app.use(new Router().use("/api/v1", routes.routes()).routes());
    return app.callback();
  }

  async close(): Promise<void> {
    const keys = await this.#redis.keys(`${this.#name}:*`);
    if (keys.length > 0) await this.#redis.del(keys);
    await this.#mongo.db.dropDatabase();
    await Promise.all([closeRedis(this.#redis), this.#mongo.close()]);
  }
}

/** A client with a cookie jar of its own. */
export function browser(web: Web) {
  const agent = request.agent(web);
  return {
    post: (path: string, body?: object) => agent.post(`/api/v1${path}`).send(body),
    get: (path: string) => agent.get(`/api/v1${path}`),
  };
}

/** The `Cookie` header of a browser that got this answer. */
export function cookiesOf(response: Response): string {
  const header: unknown = response.headers["set-cookie"];
  return (Array.isArray(header) ? header.map(String) : [])
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

/** Credentials that nobody else has. */
export function somebody() {
  return { username: `u.${newId()}`, password: "password123" };
}
