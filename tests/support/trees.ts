import type { Client } from "./client.js";

/** Folders by their names, and files by theirs, with their text. */
export interface Tree {
  readonly [name: string]: string | Tree;
}

/** Makes files and folders. */
export async function makeTree(client: Client, tree: Tree, folderId = "root"): Promise<void> {
  for (const [name, content] of Object.entries(tree)) {
    if (typeof content === "string") {
      const query = new URLSearchParams({ folderId, name });
      await client.put(`/api/v1/files?${query.toString()}`, content);
    } else await makeTree(client, content, (await client.makeFolder(name, folderId)).id);
  }
}

/** A file or folder, as a client finds it. */
export interface Found {
  readonly id: string;
  /** Of a file its text; of a folder what is in it, without any ids. */
  readonly content: string | Tree;
}

/** What there is in a folder. */
export async function listTree(
  client: Client,
  folderId = "root",
): Promise<Readonly<Record<string, Found>>> {
  const found: Record<string, Found> = {};
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const path = `/api/v1/folders/${folderId}/children?limit=1000${page}`;
    const { items, nextCursor } = (await client.get(path)).json;
    for (const { id, name, kind, links } of items) {
      const content =
        kind === "file"
          ? (await client.get(links.content)).bytes.toString()
          : contentOf(await listTree(client, id));
      found[name] = { id, content };
    }
    cursor = nextCursor;
  }
  return found;
}

const contentOf = (found: Readonly<Record<string, Found>>): Tree =>
  Object.fromEntries(Object.entries(found).map(([name, { content }]) => [name, content]));
