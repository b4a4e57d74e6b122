import { Long } from "mongodb";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { QuotaExceededError } from "./errors.js";
import type { LimitBytes, QuotaDoc, QuotaRepository, UsageChange } from "./repository.js";

interface Deps {
  readonly accounts: QuotaRepository;
  readonly now: () => Date;
}

/** Whose room, and which upload it is for. */
export interface ReservationKey {
  readonly ownerId: Id;
  readonly uploadId: Id;
}

/**
 * What an account may store. Bytes are reserved before they are stored, and a reservation is turned into usage (or given back)
 * exactly once, whoever is killed where: each step is one conditional update of the account.
 */
export class Quota {
  readonly #accounts: QuotaRepository;
  readonly #now: () => Date;

  constructor({ accounts, now }: Deps) {
    this.#accounts = accounts;
    this.#now = now;
  }

  /** @throws {@link QuotaExceededError} when there is no room; nothing is reserved then. */
  async reserve({ ownerId, uploadId }: ReservationKey, bytes: number): Promise<void> {
    const entry = { uploadId, bytes: Long.fromNumber(bytes) };
    for (;;) {
      const account = await this.#find(ownerId);
      if (isHeld(account, uploadId)) return;
      refuseWithoutRoom(account, bytes);
      if (await this.#accounts.reserve(ownerId, entry, limitOf(account))) return;
    }
  }

  /**
   * @returns `false` when the reservation is gone: the upload was given up by the sweep.
   * @throws {@link QuotaExceededError} when there is no room; the reservation stays as it is then.
   */
  async grow({ ownerId, uploadId }: ReservationKey, bytes: number): Promise<boolean> {
    const more = { uploadId, bytes: Long.fromNumber(bytes) };
    for (;;) {
      const account = await this.#find(ownerId);
      refuseWithoutRoom(account, bytes);
      if (!isHeld(account, uploadId)) return false;
      if (await this.#accounts.grow(ownerId, more, limitOf(account))) return true;
    }
  }

  /** How much an upload holds; nothing when its reservation is gone. */
  async reservedBytes({ ownerId, uploadId }: ReservationKey): Promise<number> {
    const account = await this.#accounts.find(ownerId);
    const entry = account?.reservations.find((candidate) => candidate.uploadId === uploadId);
    return Number(entry?.bytes ?? 0);
  }

  /** Hands the reservations of several uploads over to one. Repeating it changes nothing. */
  async combine({ ownerId, uploadId }: ReservationKey, fromIds: readonly Id[]): Promise<void> {
    for (;;) {
      const account = await this.#accounts.find(ownerId);
      if (account === null || isHeld(account, uploadId)) return;
      const given = account.reservations.filter((entry) => fromIds.includes(entry.uploadId));
      const bytes = given.reduce((sum, entry) => sum + Number(entry.bytes), 0);
      const others = account.reservations.filter((entry) => !given.includes(entry));
      const combined = [...others, { uploadId, bytes: Long.fromNumber(bytes) }];
      if (await this.#accounts.replaceReservations(account, combined)) return;
    }
  }

  /** Turns a reservation into usage; one that is gone was settled before. */
  async settle({ ownerId, uploadId }: ReservationKey, used: UsageChange): Promise<void> {
    for (;;) {
      const account = await this.#accounts.find(ownerId);
      const entry = account?.reservations.find((candidate) => candidate.uploadId === uploadId);
      if (entry === undefined) return;
      if (await this.#accounts.settle(ownerId, entry, used)) return;
    }
  }

  /** Gives a reservation back. */
  release(key: ReservationKey): Promise<void> {
    return this.settle(key, { bytes: 0, files: 0 });
  }

  /** Takes something that was removed out of the usage; a second time changes nothing. */
  releaseOnce(ownerId: Id, id: string, freed: UsageChange): Promise<void> {
    return this.#accounts.releaseOnce(ownerId, { id, at: this.#now() }, freed);
  }

  async #find(ownerId: Id): Promise<QuotaDoc> {
    const account = await this.#accounts.find(ownerId);
    if (account === null) throw new NotFoundError("account");
    return account;
  }
}

/** @throws {@link QuotaExceededError} */
function refuseWithoutRoom(account: QuotaDoc, neededBytes: number): void {
  const availableBytes = roomIn(account);
  if (neededBytes <= availableBytes) return;
  const limitBytes = Number(account.limits.bytes);
  throw new QuotaExceededError({ neededBytes, availableBytes, limitBytes });
}

const isHeld = ({ reservations }: QuotaDoc, uploadId: Id) =>
  reservations.some((entry) => entry.uploadId === uploadId);

const limitOf = ({ limits }: QuotaDoc): LimitBytes =>
  limits.bytes === null ? null : Number(limits.bytes);

function roomIn(account: QuotaDoc): number {
  return (limitOf(account) ?? Number.POSITIVE_INFINITY) - Number(account.allocatedBytes);
}
