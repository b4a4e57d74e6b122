import { expect } from "@jest/globals";
import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";

export const API = "/api/v1";

/** An owner with `/shared/inner/a.txt`, and a guest. */
export interface People {
  readonly owner: Client;
  readonly guest: Client;
  readonly guestName: string;
  readonly folder: string;
  readonly inner: string;
  readonly file: string;
}

export async function people(world: World): Promise<People> {
  const owner = await world.member();
  const guest = await world.member();
  const folder = (await owner.makeFolder("shared")).id;
  const inner = (await owner.makeFolder("inner", folder)).id;
  const file = (await owner.put(`${API}/files?name=a.txt&folderId=${inner}`, "hello")).json.id;
  const guestName = (await guest.get(`${API}/me`)).json.username;
  return { owner, guest, guestName, folder, inner, file };
}

/** Shares the folder, or another entry, with the guest. */
export async function give(
  { owner, folder, guestName: username }: People,
  role: string,
  entryId = folder,
) {
  const { status, json } = await owner.post(`${API}/shares`, { entryId, username, role });
  expect([200, 201]).toContain(status);
  return json;
}
