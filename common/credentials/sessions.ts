import type { Id } from "../platform/ids.js";
import type { ProofMethod } from "../accounts/role.js";
import type { ClientTrace, CredentialDoc } from "./credential.js";
import type { CredentialsRepository } from "./repository.js";
import { endOf } from "./end-of.js";
import { idOfSecret, isSecretOf, secretHash } from "./secret.js";

/** More nobody has in use. The one that was unused for longest ends when another begins. */
export const MOST_SESSIONS = 100;

/** A use is written when the one that was written last is so old. */
const USE_INTERVAL_MS = 60_000;

/** What a session says of the one who signed in. */
export interface Session {
  /** Names the session in logs and lists. */
  readonly id: Id;
  readonly accountId: Id;
  readonly signedInAt: Date;
  readonly methods: readonly ProofMethod[];
  readonly expiresAt: Date;
  /** How long it is still valid, in milliseconds. */
  readonly leftMs: number;
  /** Whether the latest use that was written is more than a minute ago. */
  readonly isUseDue: boolean;
}

/** What a new session is made of. */
export interface NewSession extends Pick<Session, "accountId" | "signedInAt" | "methods"> {
  readonly client: ClientTrace;
}

interface Deps {
  readonly credentials: Pick<CredentialsRepository, "insertAmong" | "find" | "noteUse" | "remove">;
  /** How long an unused session lasts. */
  readonly maxAgeMs: number;
  /** How long any session lasts. */
  readonly lifetimeMs: number;
  readonly now: () => Date;
}

/**
 * The sessions of browsers, by the secret in the cookie. All times are the database's.
 *
 * @throws UnavailableError from every method when MongoDB does not answer; that signs nobody out.
 */
export class Sessions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves to `undefined` when the session is over. */
  async find(secret: string): Promise<Session | undefined> {
    const doc = await this.#findDoc(secret);
    if (doc === undefined) return undefined;
    const { _id: id, accountId, createdAt: signedInAt, methods, lastUsedAt } = doc;
    const expiresAt = endOf(doc, this.#deps.lifetimeMs);
    const now = this.#deps.now();
    const leftMs = expiresAt.getTime() - now.getTime();
    if (leftMs <= 0) return undefined;
    const isUseDue = lastUsedAt === null || after(lastUsedAt, USE_INTERVAL_MS) < now;
    return { id, accountId, signedInAt, methods, expiresAt, leftMs, isUseDue };
  }

  /** Stores a new session. */
  async create(secret: string, { accountId, signedInAt, methods, client }: NewSession) {
    const { credentials, now } = this.#deps;
    const inserted = await credentials.insertAmong(MOST_SESSIONS, {
      _id: idOfSecret(secret),
      accountId,
      kind: "session",
      secretHash: secretHash(secret),
      scopes: null,
      rootFolderId: null,
      addressRanges: null,
      name: null,
      methods,
      createdAt: signedInAt,
      expiresAt: this.#nextEnd(signedInAt),
      lastUsedAt: now(),
      client,
    });
    if (!inserted) throw new Error("A new session's secret is taken");
  }

  /**
   * Prolongs a session, and writes from where it was used. A session that has ended is not brought back.
   *
   * @returns whether it was there.
   */
  async renew(secret: string, client: ClientTrace): Promise<boolean> {
    const doc = await this.#findDoc(secret);
    if (doc === undefined) return false;
    const use = {
      lastUsedAt: this.#deps.now(),
      client,
      expiresAt: this.#nextEnd(doc.createdAt),
    };
    return this.#deps.credentials.noteUse(doc, use);
  }

  /** Writes from where a session was used. */
  async noteUse({ id: _id, accountId }: Session, client: ClientTrace): Promise<void> {
    const { credentials, now } = this.#deps;
    await credentials.noteUse({ _id, accountId }, { lastUsedAt: now(), client });
  }

  /** Ends a session on every web process. A session that does not exist is no error. */
  async remove(secret: string): Promise<void> {
    const doc = await this.#findDoc(secret);
    if (doc !== undefined) await this.#deps.credentials.remove(doc, "session");
  }

  async #findDoc(secret: string): Promise<CredentialDoc | undefined> {
    const doc = await this.#deps.credentials.find(idOfSecret(secret));
    return doc?.kind === "session" && isSecretOf(secret, doc.secretHash) ? doc : undefined;
  }

  #nextEnd(signedInAt: Date): Date {
    const { now, maxAgeMs, lifetimeMs } = this.#deps;
    return earlier(after(now(), maxAgeMs), after(signedInAt, lifetimeMs));
  }
}

const after = (instant: Date, ms: number) => new Date(instant.getTime() + ms);
const earlier = (a: Date, b: Date) => (a < b ? a : b);
