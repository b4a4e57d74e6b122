import { Long } from "mongodb";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Write } from "../platform/write.js";
import { QuotaExceededError } from "./errors.js";
import type { LimitBytes, QuotaDoc, QuotaRepository, Room, UsageChange } from "./repository.js";
import { Reservation } from "./reservation.js";

interface Deps {
  readonly quotas: QuotaRepository;
  readonly now: () => Date;
}

/** Whose room, and which upload it is for. */
export interface ReservationKey {
  readonly ownerId: Id;
  readonly uploadId: Id;
}

/** What is known of an upload whose reservation grows. */
interface HoldTerms {
  /** What the owner may store, as far as the caller knows: another limit costs queries, nothing else. */
  readonly limitBytes: LimitBytes;
  /** How many bytes there will be: no step goes beyond them. Default: not known. */
  readonly announcedBytes?: number | undefined;
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

  /**
   * @param neededBytes - How much room there has to be; more than `bytes` where more is to come.
   * @throws {@link QuotaExceededError} when there is no room; nothing is reserved then.
   */
  async reserve(key: ReservationKey, bytes: number, neededBytes = bytes): Promise<void> {
    for (;;) {
      const account = await this.#find(key.ownerId);
      if (reservationIn(account, key) !== undefined) return;
      refuseWithoutRoom(account, neededBytes);
      const room = { limitBytes: limitOf(account), neededBytes };
      if (await this.#quotas.reserve(key.ownerId, entryOf(key, bytes), room)) return;
    }
  }

  /** {@link reserve} among other writes. Refused when there is no room, the limit is another one, or it is reserved already. */
  reservation(key: ReservationKey, bytes: number, room: Room): Write {
    return this.#quotas.reservation(key.ownerId, entryOf(key, bytes), room);
  }

  /** What an upload has reserved, to be grown while its bytes arrive. */
  hold(key: ReservationKey, reservedBytes: number, terms: HoldTerms): Reservation {
    const { limitBytes, announcedBytes } = terms;
    const room = {
      grow: (bytes: number) => this.grow(key, bytes, limitBytes),
      require: (bytes: number) => this.#requireRoom(key, bytes),
    };
    return new Reservation(room, reservedBytes, announcedBytes);
  }

  /** {@link hold} for another process; nothing is reserved when the reservation is gone. */
  async resume(key: ReservationKey, announcedBytes?: number): Promise<Reservation> {
    const account = await this.#find(key.ownerId);
    const reservedBytes = Number(reservationIn(account, key)?.bytes ?? 0);
    return this.hold(key, reservedBytes, { limitBytes: limitOf(account), announcedBytes });
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

  /** For what is removed, and can be released by nobody any more: from then on, a second {@link releaseOnce} would count. */
  async forgetReleases(ownerId: Id, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#quotas.forgetReleases(ownerId, ids);
  }

  /** @throws {@link QuotaExceededError} */
  async #requireRoom({ ownerId }: ReservationKey, bytes: number): Promise<void> {
    refuseWithoutRoom(await this.#find(ownerId), bytes);
  }

  async #find(ownerId: Id): Promise<QuotaDoc> {
    const account = await this.#quotas.find(ownerId);
    // Nothing may be stored in an account that is to be deleted.
    if (account === null || account.deletion !== undefined) throw new NotFoundError("account");
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
