import type { Id } from "../platform/ids.js";
import type { LimitBytes } from "../quota/repository.js";
import type { Right } from "./actor.js";

/** Marks what `common/access` has given out; nothing else has it. */
declare const given: unique symbol;

interface Owned {
  readonly _id: Id;
  readonly ownerId: Id;
}

/** An entry that an actor has a right to. The owner is the entry's `ownerId`. */
export interface Granted<E extends Owned> {
  readonly [given]: true;
  readonly entry: E;
  readonly right: Right;
  readonly actorId: Id;
}

/** A folder that an actor may put something into. */
export interface Place {
  readonly [given]: true;
  /** Whose namespace it is, and who pays. */
  readonly ownerId: Id;
  readonly folderId: Id;
  readonly actorId: Id;
  /** What the owner may store, in bytes; `null` is unlimited. */
  readonly limitBytes: LimitBytes;
}

/** For `common/access` alone; the architecture test holds that. */
export const giveEntry = <E extends Owned>(granted: Omit<Granted<E>, typeof given>) =>
  granted as Granted<E>;

/** For `common/access` alone; the architecture test holds that. */
export const givePlace = (place: Omit<Place, typeof given>) => place as Place;
