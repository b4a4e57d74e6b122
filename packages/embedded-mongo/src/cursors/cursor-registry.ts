import { randomBytes } from "node:crypto";
import { CommandError } from "../errors.js";
import type { Batches } from "./batches.js";

/** A result that was not sent completely. */
export interface Cursor {
  readonly id: bigint;
  readonly namespace: string;
  /** The session of the command that opened it; only that session goes on with it. */
  readonly session: string | undefined;
  readonly batches: Batches;
  /** `noCursorTimeout` */
  readonly isKeptWhenIdle: boolean;
  /** Milliseconds since the epoch. */
  usedAt: number;
  isInUse: boolean;
}

export interface CursorRegistryOptions {
  /** A cursor that is not used for so long is closed; default 10 minutes. */
  readonly idleMs?: number | undefined;
  readonly now: () => number;
}

const DEFAULT_IDLE_MS = 600_000;
/** So long an unused cursor keeps its sort although somebody else needs the memory. */
const SPARED_MS = 30_000;
const MAX_CURSORS = 10_000;
const CURSOR_IN_USE = 12051;
const SESSION_MISMATCH = 50738;

/** The open cursors of the server. None of them holds a read transaction, a file or a lock. */
export class CursorRegistry {
  readonly #cursors = new Map<bigint, Cursor>();
  readonly #idleMs: number;
  readonly #now: () => number;
  #timedOut = 0;

  constructor({ idleMs, now }: CursorRegistryOptions) {
    this.#idleMs = idleMs ?? DEFAULT_IDLE_MS;
    this.#now = now;
  }

  get open(): number {
    return this.#cursors.size;
  }

  get timedOut(): number {
    return this.#timedOut;
  }

  add(cursor: Pick<Cursor, "namespace" | "session" | "batches" | "isKeptWhenIdle">): Cursor {
    if (this.#cursors.size >= MAX_CURSORS)
      throw new CommandError("OperationFailed", `There are ${MAX_CURSORS} open cursors already`);
    const added = { ...cursor, id: this.#newId(), usedAt: this.#now(), isInUse: false };
    this.#cursors.set(added.id, added);
    return added;
  }

  /**
   * Takes a cursor for a getMore; {@link giveBack} or {@link close} ends that.
   * @throws CommandError CursorNotFound (43), Unauthorized (13), 12051 or 50738.
   */
  take(id: bigint, { namespace, session }: Pick<Cursor, "namespace" | "session">): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw new CommandError("CursorNotFound", `cursor id ${id} not found`);
    if (cursor.namespace !== namespace)
      throw new CommandError(
        "Unauthorized",
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    if (cursor.session !== session)
      throw new CommandError(SESSION_MISMATCH, `cursor id ${id} belongs to another session`);
    if (cursor.isInUse) throw new CommandError(CURSOR_IN_USE, `cursor id ${id} is already in use`);
    cursor.isInUse = true;
    return cursor;
  }

  giveBack(cursor: Cursor): void {
    cursor.isInUse = false;
    cursor.usedAt = this.#now();
  }

  isOpen(cursor: Cursor): boolean {
    return this.#cursors.has(cursor.id);
  }

  /** @returns Whether there was such a cursor in this namespace. */
  kill(id: bigint, namespace: string): boolean {
    const cursor = this.#cursors.get(id);
    if (cursor?.namespace !== namespace) return false;
    this.close(cursor);
    return true;
  }

  killSessions(sessions: ReadonlySet<string>): void {
    this.#closeWhere(({ session }) => session !== undefined && sessions.has(session));
  }

  /** Closes what nobody has used for too long. */
  closeIdle(): void {
    const before = this.#now() - this.#idleMs;
    const open = this.#cursors.size;
    this.#closeWhere(
      ({ usedAt, isInUse, isKeptWhenIdle }) => !isInUse && !isKeptWhenIdle && usedAt < before,
    );
    this.#timedOut += open - this.#cursors.size;
  }

  /**
   * Closes the cursor that was not used for the longest time, and not for half a minute, of those that hold memory.
   * @returns Whether there was one.
   */
  closeIdlest(): boolean {
    const before = this.#now() - SPARED_MS;
    const [idlest] = [...this.#cursors.values()]
      .filter(({ usedAt, isInUse, batches }) => {
        return !isInUse && usedAt < before && batches.heldBytes > 0;
      })
      .sort((a, b) => a.usedAt - b.usedAt);
    if (idlest === undefined) return false;
    this.close(idlest);
    this.#timedOut += 1;
    return true;
  }

  closeAll(): void {
    this.#closeWhere(() => true);
  }

  /** A pipeline in the middle of a step ends when the step does. */
  close(cursor: Cursor): void {
    this.#cursors.delete(cursor.id);
    // Nothing is open outside of memory, and generators that only stop have nothing to report.
    void cursor.batches.close();
  }

  #closeWhere(predicate: (cursor: Cursor) => boolean): void {
    for (const cursor of this.#cursors.values()) if (predicate(cursor)) this.close(cursor);
  }

  /** Random and positive, so that no client can guess another's. */
  #newId(): bigint {
    const id = randomBytes(8).readBigUInt64LE() & 0x7fff_ffff_ffff_ffffn;
    return id === 0n || this.#cursors.has(id) ? this.#newId() : id;
  }
}
