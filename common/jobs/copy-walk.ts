import { ChildrenByName, type NameOrder } from "../entries/children-by-name.js";
import type { Entry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { CopyFrame } from "./job.js";

/** As many entries as folders may lie inside each other are in memory so often. */
const ENTRIES_PER_QUERY = 100;

interface OpenFrame {
  readonly frame: CopyFrame;
  readonly children: ChildrenByName;
}

/**
 * Walks through the content of folders, in the order of names, and can go on in another process. No name is met twice, also while entries
 * come, go and are renamed.
 */
export class CopyWalk {
  readonly #tree: NameOrder;
  readonly #ownerId: Id;
  readonly #frames: OpenFrame[];

  constructor(tree: NameOrder, ownerId: Id, frames: readonly CopyFrame[]) {
    this.#tree = tree;
    this.#ownerId = ownerId;
    this.#frames = frames.map((frame) => this.#opened(frame));
  }

  /** The folder whose content comes next; `undefined` at the end. */
  get current(): CopyFrame | undefined {
    return this.#frames.at(-1)?.frame;
  }

  /** What has been done so far, for another walk to go on behind it. */
  get position(): CopyFrame[] {
    return this.#frames.map(({ frame, children }) => ({ ...frame, after: children.after }));
  }

  /** A path inside of the outermost folder's parent. */
  pathOf(name: string): string {
    return [...this.#frames.map(({ frame }) => frame.name), name].join("/");
  }

  /** The next entry of the current folder, which then counts as done; `undefined` behind the last one. */
  async next(): Promise<Entry | undefined> {
    return this.#frames.at(-1)?.children.next();
  }

  /** Goes into a folder. */
  enter(frame: CopyFrame): void {
    this.#frames.push(this.#opened(frame));
  }

  /** Goes on behind the current folder. */
  leave(): void {
    this.#frames.pop();
  }

  #opened(frame: CopyFrame): OpenFrame {
    const folder = { ownerId: this.#ownerId, parentId: frame.sourceId };
    const options = { tree: this.#tree, folder, after: frame.after };
    return {
      frame,
      children: new ChildrenByName({ ...options, entriesPerQuery: ENTRIES_PER_QUERY }),
    };
  }
}
