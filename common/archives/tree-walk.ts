import { type Entry, type FolderEntry, MAX_DEPTH, type StoredEntry } from "../entries/entry.js";
import { ChildrenByName, type NameOrder } from "../entries/children-by-name.js";
import type { Id } from "../platform/ids.js";
import type { ChosenEntry, Frame, Position, StoredMember } from "./archive.js";

/** Of members: their documents and a page of them stay far below the 16 MiB of a document. */
const MEMBERS_PER_PAGE = 1000;
/** Of their paths, and of what else is said of them. */
const BYTES_PER_PAGE = 1024 * 1024;
/** As many entries as a folder may be deep would be in memory so often. */
const ENTRIES_PER_QUERY = 200;

export interface WalkedPage {
  readonly members: StoredMember[];
  /** `null` at the end. */
  readonly next: Position | null;
}

/** What the walk asks of the tree. */
export interface WalkedTree extends NameOrder {
  /** Those of some entries of some accounts that are live, in any order. */
  listLive(ownerIds: readonly Id[], ids: readonly Id[]): Promise<Entry[]>;
}

interface Deps {
  readonly tree: WalkedTree;
  /** Whose what is walked is, unless it says another owner. */
  readonly ownerId: Id;
  readonly chosen: readonly ChosenEntry[];
  /** A page ends when the tree was queried so often for it. It has fewer members then. Default: any number. */
  readonly maxQueries?: number;
  /** Whether an entry is a member. The content of a folder is listed even if the folder is no member. Mounts are never members. Default: all others are. */
  readonly isListed?: (entry: Entry) => boolean;
  /** Is told of each member, and of mounts. @returns how many bytes of a page it takes, beside its path. Default: 0. */
  readonly describe?: (entry: Entry, path: string) => number;
}

/** What an entry is called in the archive, and whose it is, where that is not the archive's owner. */
interface Named {
  readonly name: string;
  readonly ownerId?: Id | undefined;
}

/** An entry that is looked for. */
type Asked = Pick<ChosenEntry, "id" | "ownerId">;

/** An entry, and its path in the archive. */
interface WalkedEntry<E extends Entry = Entry> extends Pick<Named, "ownerId"> {
  readonly entry: E;
  readonly path: string;
}

interface OpenFrame {
  readonly frame: Frame;
  readonly children: ChildrenByName;
}

/**
 * Lists the chosen entries and all that lies below them, each folder before its content. What is deleted on the way is left out. Names are
 * listed in their order, and none twice, also while entries come, go and are renamed.
 */
export class TreeWalk {
  readonly #deps: Deps;
  #chosen: number;
  #frames: OpenFrame[];
  /** Those of the chosen entries that were queried already, up to the one of this index. */
  #chosenAhead: { readonly until: number; readonly live: ReadonlyMap<Id, Entry> };
  #queries = 0;

  constructor(deps: Deps, { chosen, frames }: Position) {
    this.#deps = deps;
    this.#chosen = chosen;
    this.#frames = frames.map((frame) => this.#opened(frame));
    this.#chosenAhead = { until: chosen, live: new Map() };
  }

  /** The members that come next: none where the queries have found nothing, or at the end. */
  async nextPage(): Promise<WalkedPage> {
    const { maxQueries = Infinity, isListed = () => true, describe = () => 0 } = this.#deps;
    this.#queries = 0;
    await this.#leaveDeleted();
    const members: StoredMember[] = [];
    let bytes = 0;
    while (members.length < MEMBERS_PER_PAGE && bytes < BYTES_PER_PAGE) {
      if (this.#queries >= maxQueries) break;
      const found = await this.#next();
      if (found === null) return { members, next: null };
      if (found !== "nothing" && isListed(found.entry)) {
        const { entry, path } = found;
        if (entry.kind !== "mount") members.push(memberOf({ ...found, entry }));
        bytes += Buffer.byteLength(path) + describe(entry, path);
      }
    }
    return { members, next: this.#position() };
  }

  /** `null` at the end. */
  #position(): Position | null {
    if (this.#frames.length === 0 && this.#chosen >= this.#deps.chosen.length) return null;
    const frames = this.#frames.map(({ frame, children }) => ({ ...frame, after: children.after }));
    return { chosen: this.#chosen, frames };
  }

  /** Nothing of a folder is listed any more that was deleted since the last page. */
  async #leaveDeleted(): Promise<void> {
    const folders = this.#frames.map(({ frame }) => frame).filter(({ isRoot }) => !isRoot);
    if (folders.length === 0) return;
    const asked = folders.map(({ folderId: id, ...frame }) => ({ ...frame, id }));
    const live = await this.#findLive(asked);
    const gone = this.#frames.findIndex(({ frame }) => !frame.isRoot && !live.has(frame.folderId));
    if (gone !== -1) this.#frames.length = gone;
  }

  async #findLive(asked: readonly Asked[]): Promise<ReadonlyMap<Id, Entry>> {
    this.#queries += 1;
    const ownerIds = new Set(asked.map(({ ownerId = this.#deps.ownerId }) => ownerId));
    const ids = new Set(asked.map(({ id }) => id));
    const live = await this.#deps.tree.listLive([...ownerIds], [...ids]);
    return new Map(live.map((entry) => [entry._id, entry]));
  }

  async #next(): Promise<WalkedEntry | "nothing" | null> {
    const current = this.#frames.at(-1);
    if (current === undefined) return this.#nextChosen();
    const entry = await current.children.next();
    if (entry === undefined) {
      this.#frames.pop();
      return "nothing";
    }
    return this.#enter(entry, { name: entry.name, ownerId: current.frame.ownerId });
  }

  async #nextChosen(): Promise<WalkedEntry | "nothing" | null> {
    const wanted = this.#deps.chosen[this.#chosen];
    if (wanted === undefined) return null;
    if (this.#chosen >= this.#chosenAhead.until) await this.#readChosenAhead();
    this.#chosen += 1;
    const entry = this.#chosenAhead.live.get(wanted.id);
    return entry === undefined ? "nothing" : this.#enter(entry, wanted);
  }

  async #readChosenAhead(): Promise<void> {
    const until = this.#chosen + ENTRIES_PER_QUERY;
    const some = this.#deps.chosen.slice(this.#chosen, until);
    this.#chosenAhead = { until, live: await this.#findLive(some) };
  }

  #opened(frame: Frame): OpenFrame {
    const { tree } = this.#deps;
    const counted: NameOrder = {
      listByName: (...asked) => {
        this.#queries += 1;
        return tree.listByName(...asked);
      },
    };
    const { after, folderId: parentId, ownerId = this.#deps.ownerId } = frame;
    const folder = { ownerId, parentId };
    const options = { tree: counted, folder, after, entriesPerQuery: ENTRIES_PER_QUERY };
    return { frame, children: new ChildrenByName(options) };
  }

  #enter(entry: Entry, named: Named): WalkedEntry {
    const { name } = named;
    const above = this.#frames.map(({ frame }) => frame.name).filter((part) => part !== "");
    const path = [...above, name].join("/");
    // Deeper than any folder may lie, it was moved while it was listed.
    const isWithin = this.#frames.length <= MAX_DEPTH;
    if (entry.kind === "folder" && isWithin) this.#frames.push(this.#opened(frameOf(entry, named)));
    return { entry, path, ownerId: named.ownerId };
  }
}

const frameOf = ({ _id }: FolderEntry, { name, ownerId }: Named): Frame => ({
  folderId: _id,
  isRoot: false,
  name,
  after: null,
  ...(ownerId !== undefined && { ownerId }),
});

function memberOf({ entry, path, ownerId }: WalkedEntry<StoredEntry>): StoredMember {
  const { modifiedAt } = entry;
  if (entry.kind === "folder") return { kind: "folder", path, modifiedAt };
  const { versionId, blobId, sizeBytes, sha256, crc32 } = entry;
  const version = { versionId, blobId, sizeBytes, sha256, crc32 };
  return { kind: "file", path, modifiedAt, ...version, ...(ownerId !== undefined && { ownerId }) };
}
