import type { Actor } from "../../common/access/actor.js";
import type { Place } from "../../common/access/grants.js";
import type { NameField } from "../../common/entries/errors.js";
import { parseName } from "../../common/entries/name.js";
import { parseFolderPath } from "../../common/entries/path.js";
import type { FolderPath, FolderPaths } from "../../common/folders/paths.js";
import { InvalidRequestError } from "../../common/platform/errors.js";

/** What a request says about the folder that its files go to. */
export interface PlaceFields {
  readonly folderId?: string | undefined;
  readonly path?: string | undefined;
  /** Whether folders of the path are made. */
  readonly parents: boolean;
}

/**
 * The folder that a request names, by its id or by its path; `root` by default.
 *
 * @param field - Where the request has the path.
 * @throws InvalidNameError, and InvalidRequestError for a path that leads too deep, or comes with an id.
 */
export function folderOf(
  { folderId, path, parents: areMade }: PlaceFields,
  field: NameField,
): FolderPath {
  if (path === undefined) return { folderId, names: [], areMade };
  if (folderId !== undefined) {
    const detail = "path and folderId cannot be given together";
    throw new InvalidRequestError([{ ...field, detail }]);
  }
  return { names: parseFolderPath(path, field), areMade };
}

/** What is stored, and where. */
export interface Wanted {
  readonly name: string;
  readonly folder: FolderPath;
  /** The folders below it that the client has sent with the name; they are made. */
  readonly below: readonly string[];
}

interface Deps {
  readonly folderPaths: Pick<FolderPaths, "place">;
  readonly actor: Actor;
}

/** Finds or makes the places of one request. Files that follow each other and go to the same place share it. */
export class Places {
  readonly #deps: Deps;
  #outer: { readonly folder: FolderPath; readonly place: Promise<Place> } | undefined;
  #inner: { readonly key: string; readonly place: Promise<Place> } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A folder without what is below it. @throws As {@link FolderPaths.place}. */
  outer(folder: FolderPath): Promise<Place> {
    if (this.#outer?.folder !== folder) {
      const { folderPaths, actor } = this.#deps;
      this.#outer = { folder, place: folderPaths.place(actor, folder) };
    }
    return this.#outer.place;
  }

  /**
   * The place for a file.
   *
   * @throws InvalidNameError, before a folder is made for a file that cannot have its name; and as {@link FolderPaths.place}.
   */
  async find({ name, folder, below }: Wanted): Promise<Place> {
    if (folder.areMade || below.length > 0) parseName(name);
    const names = below.map((one) => parseName(one).nameKey);
    const outer = await this.outer(folder);
    if (names.length === 0) return outer;
    const key = [outer.folderId, ...names].join("/");
    if (this.#inner?.key !== key) {
      const { folderPaths, actor } = this.#deps;
      const path = { folderId: outer.folderId, names, areMade: true };
      this.#inner = { key, place: folderPaths.place(actor, path) };
    }
    return this.#inner.place;
  }
}
