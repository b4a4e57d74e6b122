import type { Answer, Client } from "../../support/client.js";
import { shareLink } from "../../support/share-links.js";
import type { World } from "../../support/world.js";
import { makeUrl } from "../urls/make.js";

interface Shown {
  readonly owner: Client;
  /** It lies in the root folder. */
  readonly file: { readonly id: string; readonly name: string; readonly versionId: string };
}

/** Opened beforehand, while the content is served still. */
export interface Doors {
  readonly paths: Readonly<Record<string, { readonly client: Client; readonly path: string }>>;
}

/** Every way on which one file's content comes out: as it is. Archives are ways of their own. */
export async function openDoors(world: World, { owner, file }: Shown): Promise<Doors> {
  const { id, name, versionId } = file;
  const link = await shareLink(world, { owner, id, kind: "file" });
  const folderId = (await owner.get(`/api/v1/files/${id}/metadata`)).json.folderId;
  const folderLink = await shareLink(world, { owner, id: folderId, kind: "folder" });
  const { url } = await makeUrl(owner, id);
  const friend = await world.member();
  const { username } = (await friend.get("/api/v1/me")).json;
  const shared = await owner.post("/api/v1/shares", { entryId: id, username, role: "viewer" });
  if (shared.status !== 201) throw new Error(`Not shared: ${JSON.stringify(shared.json)}`);
  const visitor = world.visitor();
  return {
    paths: {
      file: { client: owner, path: `/api/v1/files/${id}` },
      version: { client: owner, path: `/api/v1/files/${id}/versions/${versionId}` },
      path: { client: owner, path: `/api/v1/by-path/${name}` },
      share: { client: friend, path: `/api/v1/files/${id}` },
      link: { client: visitor, path: `${link.path}/content` },
      folderLink: { client: visitor, path: `${folderLink.path}/entries/${name}` },
      url: { client: visitor, path: url },
    },
  };
}

/** What each door answers. */
export async function knock({ paths }: Doors): Promise<Readonly<Record<string, Answer>>> {
  const answers = Object.entries(paths).map(
    async ([door, { client, path }]) => [door, await client.get(path)] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
}

/** The statuses that doors have answered, by their names. */
export const statusesOf = (answers: Readonly<Record<string, Answer>>) =>
  Object.fromEntries(Object.entries(answers).map(([door, { status }]) => [door, status]));
