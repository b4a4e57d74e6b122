import { Client } from "../../support/client.js";

/** An upload grant, as its owner is given it. */
export interface MadeGrant {
  readonly id: string;
  readonly token: string;
  /** Somebody who has the grant, and nothing else. */
  readonly client: Client;
}

/** Makes a grant for a folder. */
export async function makeGrant(
  owner: Client,
  folderId: string,
  terms: object = {},
): Promise<MadeGrant> {
  const { status, json } = await owner.post("/api/v1/upload-grants", { folderId, ...terms });
  if (status !== 201) throw new Error(`Not made: ${JSON.stringify(json)}`);
  const { id, token } = json as unknown as { readonly id: string; readonly token: string };
  return { id, token, client: Client.bearer(owner.url, token) };
}
