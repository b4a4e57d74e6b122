import type { Entry, RootFolder } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { LimitBytes } from "../quota/repository.js";
import type { Right } from "./actor.js";

/** Marks what `common/access` has given out; nothing else has it. */
declare const given: unique symbol;

/** An entry, given out for one right. The owner is the entry's `ownerId`. */
export interface Granted<E extends Entry | RootFolder = Entry, R extends Right = Right> {
  readonly [given]: true;
  readonly entry: E;
  readonly right: R;
  readonly actorId: Id;
}

/** A folder, given out to put something into. */
export interface Place {
  readonly [given]: true;
  /** Whose namespace it is, and who pays. */
  readonly ownerId: Id;
  readonly folderId: Id;
  readonly actorId: Id;
  /** What the owner may store, in bytes; `null` is unlimited. */
  readonly limitBytes: LimitBytes;
}

/** Only `common/access` may call this; the architecture test checks it. */
export const giveEntry = <E extends Entry | RootFolder, R extends Right>(
  granted: Omit<Granted<E, R>, typeof given>,
) => granted as Granted<E, R>;

/** Only `common/access` may call this; the architecture test checks it. */
export const givePlace = (place: Omit<Place, typeof given>) => place as Place;
