import type { VersionRules } from "../accounts/version-rules.js";
import type { Entry, FileEntry, FolderEntry, RootFolder, StoredEntry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { ShareRole } from "../shares/share.js";
import type { LimitBytes } from "../quota/repository.js";
import type { LinkUploading } from "./link-uploading.js";
import type { Actor, Right } from "./actor.js";
import { OtherOwnerError, PermanentRemovalError, TopOfShareError } from "./errors.js";

/** Marks what `common/access` has given out; nothing else has it. */
declare const given: unique symbol;

/** An entry, given out for one right. The owner is the entry's `ownerId`. */
export interface Granted<E extends Entry | RootFolder = Entry, R extends Right = Right> {
  readonly [given]: true;
  readonly entry: E;
  readonly right: R;
  readonly actorId: Id;
  /** All folders above it, nearest first, without the root. */
  readonly above: readonly FolderEntry[];
  /**
   * The names that lead to it, each after a slash, from the topmost folder that the actor may reach: that one's own path is empty.
   */
  readonly path: string;
  /** Whether it was shared with the actor itself: what it is called and where it lies is not the actor's business. Missing: not. */
  readonly isTopOfShare?: true;
  /** What the shares on the way let the actor do. Missing: it needs none. */
  readonly sharedAs?: ShareRole;
}

/** Whether what was given out is a file. */
export const isOfFile = <R extends Right>(
  granted: Granted<Entry | RootFolder, R>,
): granted is Granted<FileEntry, R> => granted.entry.kind === "file";

/** Whether what was given out is a folder. */
export const isOfFolder = <R extends Right>(
  granted: Granted<Entry, R>,
): granted is Granted<FolderEntry, R> => granted.entry.kind === "folder";

/** Whether what was given out is a file or folder. */
export const isStored = <R extends Right>(
  granted: Granted<Entry, R>,
): granted is Granted<StoredEntry, R> => granted.entry.kind !== "mount";

/** What a mount leads to, as somebody reaches it. */
export interface MountedEntry {
  readonly entry: StoredEntry;
  /** What the shares that lead there allow. */
  readonly role: ShareRole;
  /** The username of whose entry it is. */
  readonly ownerName: string;
}

/** A folder, given out to put something into. */
export interface Place {
  readonly [given]: true;
  /** Whose namespace it is, and who pays. */
  readonly ownerId: Id;
  readonly folderId: Id;
  /** The file that is to get its next version there, whatever its name is by then. Missing: the place takes whatever has a name. */
  readonly fileId?: Id;
  /** The root of that namespace. */
  readonly rootFolderId: Id;
  /** The folder and all above it, nearest first, without the root. */
  readonly above: readonly FolderEntry[];
  /** As {@link Granted.path}. */
  readonly path: string;
  readonly actorId: Id;
  /** What the owner may store, in bytes; `null` is unlimited. */
  readonly limitBytes: LimitBytes;
  /** Which earlier versions the owner keeps; `null`: the rules of the installation count. */
  readonly versionRules: VersionRules | null;
  /** What uploads by a link are held to; `undefined` where an account acts. */
  readonly byLink: LinkUploading | undefined;
}

/** A namespace, given out for one right, to find there what is no entry. */
export interface Home<R extends Right = Right> {
  readonly [given]: true;
  readonly ownerId: Id;
  readonly actorId: Id;
  readonly right: R;
  /** The folder that the actor may not leave; `null` for none. */
  readonly rootFolderId: Id | null;
  /** Whether the actor may read all that there is of the account, also what is no entry: its profile, its credentials, its audit log. */
  readonly reachesAccount: boolean;
}

/** Only `common/access` may call this; the architecture test checks it. */
export const giveHome = <R extends Right>(home: Omit<Home<R>, typeof given>) => home as Home<R>;

/** Only `common/access` may call this; the architecture test checks it. */
export const giveEntry = <E extends Entry | RootFolder, R extends Right>(
  granted: Omit<Granted<E, R>, typeof given>,
) => granted as Granted<E, R>;

/** Only `common/access` may call this; the architecture test checks it. */
export const givePlace = (place: Omit<Place, typeof given>) => place as Place;

interface Owned {
  readonly ownerId: Id;
}

/** Whether what was given out belongs to another account. */
export const isOfOther = ({ entry }: { readonly entry: Owned }, { ownerId }: Owned): boolean =>
  entry.ownerId !== ownerId;

/** Whether somebody else pays for what an actor stores: the actor is a link, or an account that something was shared with. */
export const isPaidByOther = ({ ownerId, actorId }: Pick<Place, "ownerId" | "actorId">): boolean =>
  actorId !== ownerId;

/** Whether an entry lies in the namespace of an actor. */
export const isOwn = ({ home }: Pick<Actor, "home">, { ownerId }: Owned): boolean =>
  ownerId === home.ownerId;

/** For all that renames, moves or deletes an entry. @throws TopOfShareError for what was shared itself. */
export function requireBelowShare({ isTopOfShare }: Pick<Granted, "isTopOfShare">): void {
  if (isTopOfShare === true) throw new TopOfShareError();
}

/** For all that removes an entry for good. @throws PermanentRemovalError for what the actor reaches only by a share. */
export function requireNotByShare({ sharedAs }: Pick<Granted, "sharedAs">): void {
  if (sharedAs !== undefined) throw new PermanentRemovalError(sharedAs);
}

/**
 * @param detail - What to do instead, for the person who reads the answer.
 * @throws {@link OtherOwnerError} when an entry or place belongs to another account than what it would be put into.
 */
export function requireSameOwner(
  granted: { readonly entry: Owned },
  owned: Owned,
  detail: string,
): void {
  if (isOfOther(granted, owned)) throw new OtherOwnerError(detail);
}
