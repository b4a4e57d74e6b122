import type { Entry } from "../entries/entry.js";
import type {
  ArchiveDoc,
  ArchivePageDoc,
  ExportPosition,
  Position,
  StoredMember,
  TextParts,
} from "./archive.js";
import { TreeWalk, type WalkedTree } from "./tree-walk.js";

/** Some members of an archive that follow each other. */
export interface ListedPage {
  readonly members: StoredMember[];
  readonly texts?: TextParts;
  /** `null` at the end. */
  readonly next: Position | ExportPosition | null;
}

/** Lists the members of an archive. */
export interface ArchiveListing {
  /**
   * The page that follows another one.
   *
   * @param last - With its texts; `null` for the first page.
   * @param maxQueries - A page ends when the tree was queried so often for it, about.
   */
  nextPage(
    archive: ArchiveDoc,
    last: ArchivePageDoc | null,
    maxQueries: number,
  ): Promise<ListedPage>;
}

/** Lists what was chosen, and all that lies below it. */
export class SelectionListing implements ArchiveListing {
  readonly #tree: WalkedTree;

  constructor(tree: WalkedTree) {
    this.#tree = tree;
  }

  nextPage(
    { ownerId, chosen, start, isOfReady }: ArchiveDoc,
    last: ArchivePageDoc | null,
    maxQueries: number,
  ): Promise<ListedPage> {
    const position = last?.next ?? start;
    if ("step" in position) throw new Error("An export is listed in another way");
    const tree = this.#tree;
    const walk = {
      tree,
      ownerId,
      chosen,
      maxQueries,
      ...(isOfReady === true && { isListed: isReady }),
    };
    return new TreeWalk(walk, position).nextPage();
  }
}

const isReady = (entry: Entry) => entry.kind !== "file" || entry.state === "ready";
