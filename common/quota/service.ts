import { Long } from "mongodb";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Write } from "../platform/write.js";
import { QuotaExceededError } from "./errors.js";
import type { LimitBytes, QuotaDoc, QuotaRepository, UsageChange } from "./repository.js";

const FIRST_STEP_BYTES = 1024 ** 2;
const LARGEST_STEP_BYTES = 32 * 1024 ** 2;

interface Deps {
  readonly quotas: QuotaRepository;
  readonly now: () => Date;
}

/** Whose room, and which upload it is for. */
export interface ReservationKey {
  readonly ownerId: Id;
  readonly uploadId: Id;
}

/**
 * What an account may store. Bytes are reserved before they are stored, and a reservation becomes usage (or is given back) exactly
 * once, whatever process is killed: each step is one conditional update of the account.
 */
export class Quota {
  readonly #quotas: QuotaRepository;
  readonly #now: () => Date;

  constructor({ quotas, now }: Deps) {
    this.#quotas = quotas;
    this.#now = now;
  }

  /** @throws {@link QuotaExceededError} when there is no room; nothing is reserved then. */
  async reserve(key: ReservationKey, bytes: number): Promise<void> {
    for (;;) {
      const account = await this.#find(key.ownerId);
      if (reservationIn(account, key) !== undefined) return;
      refuseWithoutRoom(account, bytes);
      const entry = entryOf(key, bytes);
      if (await this.#quotas.reserve(key.ownerId, entry, limitOf(account))) return;
    }
  }

  /** {@link reserve} among other writes. Refused when there is no room, the limit is another one, or it is reserved already. */
  reservation(key: ReservationKey, bytes: number, limitBytes: LimitBytes): Write {
    return this.#quotas.reservation(key.ownerId, entryOf(key, bytes), limitBytes);
  }

  /** What an upload has reserved, to be grown while its bytes arrive. */
  hold(key: ReservationKey, reservedBytes: number, limitBytes: LimitBytes): Reservation {
    return new Reservation((bytes) => this.grow(key, bytes, limitBytes), reservedBytes);
  }

  /** {@link hold} for another process; nothing is reserved when the reservation is gone. */
  async resume(key: ReservationKey): Promise<Reservation> {
    const account = await this.#find(key.ownerId);
    const reservedBytes = Number(reservationIn(account, key)?.bytes ?? 0);
    return this.hold(key, reservedBytes, limitOf(account));
  }

  /**
   * @param limitBytes - What the owner may store, as far as the caller knows: another limit costs queries, nothing else.
   * @returns `false` when the reservation is gone: the sweep has removed the upload.
   * @throws {@link QuotaExceededError} when there is no room; the reservation stays as it is then.
   */
  async grow(key: ReservationKey, bytes: number, limitBytes: LimitBytes): Promise<boolean> {
    const more = entryOf(key, bytes);
    if (await this.#quotas.grow(key.ownerId, more, limitBytes)) return true;
    for (;;) {
      const account = await this.#find(key.ownerId);
      refuseWithoutRoom(account, bytes);
      if (reservationIn(account, key) === undefined) return false;
      if (await this.#quotas.grow(key.ownerId, more, limitOf(account))) return true;
    }
  }

  /** Gives the reservations of several uploads to one. Repeating it changes nothing. */
  async combine(key: ReservationKey, fromIds: readonly Id[]): Promise<void> {
    for (;;) {
      const account = await this.#quotas.find(key.ownerId);
      if (account === null || reservationIn(account, key) !== undefined) return;
      const given = account.reservations.filter((entry) => fromIds.includes(entry.uploadId));
      const bytes = given.reduce((sum, entry) => sum + Number(entry.bytes), 0);
      const others = account.reservations.filter((entry) => !given.includes(entry));
      const combined = [...others, entryOf(key, bytes)];
      if (await this.#quotas.replaceReservations(account, combined)) return;
    }
  }

  /** Turns a reservation into usage; one that is gone was settled before. */
  async settle(key: ReservationKey, used: UsageChange): Promise<void> {
    for (;;) {
      const reserved = reservationIn(await this.#quotas.find(key.ownerId), key);
      if (reserved === undefined) return;
      if (await this.#quotas.settle(key.ownerId, reserved, used)) return;
    }
  }

  /** {@link settle} among other writes. Matches nothing when the reservation does not have exactly `reservedBytes`. */
  settlement(key: ReservationKey, reservedBytes: number, used: UsageChange): Write {
    return this.#quotas.settlement(key.ownerId, entryOf(key, reservedBytes), used);
  }

  /** Gives a reservation back. */
  release(key: ReservationKey): Promise<void> {
    return this.settle(key, { bytes: 0, files: 0 });
  }

  /** Takes something that was removed out of the usage; a second time changes nothing. */
  releaseOnce(ownerId: Id, id: string, freed: UsageChange): Promise<void> {
    return this.#quotas.releaseOnce(ownerId, { id, at: this.#now() }, freed);
  }

  async #find(ownerId: Id): Promise<QuotaDoc> {
    const account = await this.#quotas.find(ownerId);
    if (account === null) throw new NotFoundError("account");
    return account;
  }
}

/** The room that one running upload has reserved. It covers every byte before that byte is stored. */
export class Reservation {
  readonly #grow: (bytes: number) => Promise<boolean>;
  #reservedBytes: number;
  #stepBytes = FIRST_STEP_BYTES;

  /** @param grow - Reserves more; as `Quota.grow`. */
  constructor(grow: (bytes: number) => Promise<boolean>, reservedBytes: number) {
    this.#grow = grow;
    this.#reservedBytes = reservedBytes;
  }

  /** How much is reserved, as far as this process knows. */
  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /**
   * Makes the reservation at least `totalBytes` large: in steps that double from 1 MiB to 32 MiB, or by exactly what is missing when
   * a step is refused.
   *
   * @returns `false` when the reservation is gone.
   * @throws QuotaExceededError when there is no room for what is missing.
   */
  async cover(totalBytes: number): Promise<boolean> {
    const missingBytes = totalBytes - this.#reservedBytes;
    if (missingBytes <= 0) return true;
    if (missingBytes >= this.#stepBytes) return this.#growBy(missingBytes);
    try {
      return await this.#growBy(this.#stepBytes);
    } catch (error) {
      if (!(error instanceof QuotaExceededError)) throw error;
      return this.#growBy(missingBytes);
    }
  }

  async #growBy(bytes: number): Promise<boolean> {
    const isReserved = await this.#grow(bytes);
    this.#reservedBytes += bytes;
    this.#stepBytes = Math.min(LARGEST_STEP_BYTES, this.#stepBytes * 2);
    return isReserved;
  }
}

/** @throws {@link QuotaExceededError} */
function refuseWithoutRoom(account: QuotaDoc, neededBytes: number): void {
  const availableBytes = roomIn(account);
  if (neededBytes <= availableBytes) return;
  const limitBytes = Number(account.limits.bytes);
  throw new QuotaExceededError({ neededBytes, availableBytes, limitBytes });
}

const entryOf = ({ uploadId }: ReservationKey, bytes: number) => ({
  uploadId,
  bytes: Long.fromNumber(bytes),
});

const reservationIn = (account: QuotaDoc | null, { uploadId }: ReservationKey) =>
  account?.reservations.find((entry) => entry.uploadId === uploadId);

const limitOf = ({ limits }: QuotaDoc): LimitBytes =>
  limits.bytes === null ? null : Number(limits.bytes);

function roomIn(account: QuotaDoc): number {
  return (limitOf(account) ?? Number.POSITIVE_INFINITY) - Number(account.allocatedBytes);
}
