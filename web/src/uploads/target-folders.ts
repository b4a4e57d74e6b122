import { ask, type Page } from "../http/api.js";
import { Problem } from "../http/problem.js";
import type { Selection } from "./chosen.js";

type Path = readonly string[];

/** What lies in a folder: as much of a file, folder or mount as matters here. */
interface Child {
  readonly id: string;
  readonly kind: "file" | "folder" | "mount";
  readonly name: string;
  /** Of a mount: what it leads to. */
  readonly target?: { readonly id: string; readonly kind: "file" | "folder" } | null;
}

type Children = ReadonlyMap<string, Child>;

/** Up to so many names are asked for one by one; for more, the whole folder is read. */
const FEW = 8;
const NOTHING: Children = new Map();

/** The folders that a selection goes into: which names are taken there, and the ids of those that exist or are made. */
export class TargetFolders {
  readonly #rootId: string;
  readonly #wanted = new Map<string, Set<string>>();
  readonly #children = new Map<string, Promise<Children>>();
  readonly #ids = new Map<string, Promise<string>>();

  /** @param rootId - The folder that was chosen for all. */
  constructor(rootId: string, { files, emptyFolders }: Selection) {
    this.#rootId = rootId;
    for (const { file, path } of files) this.#want([...path, file.name]);
    for (const path of emptyFolders) this.#want(path);
  }

  /** What has the names of the selection in one of its folders already. @throws Problem */
  takenIn(path: Path): Promise<Children> {
    return kept(this.#children, path, () => this.#findTaken(path));
  }

  /** The id of a folder of the selection, which is made if need be. @throws Problem */
  idOf(path: Path): Promise<string> {
    return kept(this.#ids, path, () => this.#findOrMake(path));
  }

  #want(path: Path): void {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = textOf(path.slice(0, length - 1));
      const names = this.#wanted.get(parent) ?? new Set();
      const name = path[length - 1]?.normalize("NFC") ?? "";
      if (names.has(name)) return;
      this.#wanted.set(parent, names.add(name));
    }
  }

  async #findTaken(path: Path): Promise<Children> {
    const id = path.length === 0 ? this.#rootId : await this.#existingId(path);
    const names = this.#wanted.get(textOf(path)) ?? new Set();
    return id === undefined ? NOTHING : childrenOf(id, names);
  }

  async #existingId(path: Path): Promise<string | undefined> {
    return folderIdOf((await this.takenIn(path.slice(0, -1))).get(nameOf(path)));
  }

  async #findOrMake(path: Path): Promise<string> {
    if (path.length === 0) return this.#rootId;
    const existing = await this.#existingId(path);
    if (existing !== undefined) return existing;
    const parentId = await this.idOf(path.slice(0, -1));
    const name = nameOf(path);
    try {
      return (await ask<Child>("POST", "/folders", { body: { name, parentId } })).id;
    } catch (error) {
      // Somebody else has made it meanwhile, or another upload of this page.
      if (!(error instanceof Problem) || error.code !== "name-taken") throw error;
      const made = folderIdOf((await childrenOf(parentId, new Set([name]))).get(name));
      if (made === undefined) throw error;
      return made;
    }
  }
}

const textOf = (path: Path) => path.join("/");
const folderIdOf = (child: Child | undefined): string | undefined => {
  const target = child?.kind === "mount" ? child.target : child;
  return target?.kind === "folder" ? target.id : undefined;
};
const nameOf = (path: Path) => path.at(-1)?.normalize("NFC") ?? "";

/** As a map that is filled when it is asked. What fails is tried again the next time. */
function kept<T>(map: Map<string, Promise<T>>, path: Path, find: () => Promise<T>): Promise<T> {
  const text = textOf(path);
  const known = map.get(text);
  if (known !== undefined) return known;
  const found = find();
  map.set(text, found);
  found.catch(() => map.delete(text));
  return found;
}

async function childrenOf(id: string, names: ReadonlySet<string>): Promise<Children> {
  const children = new Map<string, Child>();
  const read = async (query: Readonly<Record<string, string>>) => {
    const page = await ask<Page<Child>>("GET", `/folders/${id}/children`, { query });
    for (const entry of page.items) children.set(entry.name, entry);
    return page.nextCursor;
  };
  if (names.size <= FEW) {
    await Promise.all([...names].map((name) => read({ name, sort: "name", limit: "100" })));
    return children;
  }
  let cursor: string | null = "";
  while (cursor !== null) {
    cursor = await read({ sort: "name", limit: "1000", ...(cursor !== "" && { cursor }) });
  }
  return children;
}
