import { expect } from "@jest/globals";
import type { Json } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";
import { API, give, type People, people } from "../shares/people.js";

/** Makes a mount. */
export async function mount(client: Client, entryId: string, more: object = {}): Promise<Json> {
  const { status, json } = await client.post(`${API}/mounts`, { entryId, ...more });
  expect([status, json]).toMatchObject([201, { kind: "mount" }]);
  return json;
}

/** A guest who has mounted the shared folder as `/Team`. */
export interface Mounted extends People {
  readonly mountId: string;
  readonly shareId: string;
}

export async function mounted(world: World, role: string): Promise<Mounted> {
  const all = await people(world);
  const { id: shareId } = await give(all, role);
  const { id: mountId } = await mount(all.guest, all.folder, { name: "Team" });
  return { ...all, mountId, shareId };
}

export const children = async (client: Client, folderId = "root", query = "") =>
  (await client.get(`${API}/folders/${folderId}/children?sort=name${query}`)).json.items;

export const textAt = async (client: Client, path: string) =>
  (await client.get(`${API}/by-path/${path}`)).bytes.toString();
