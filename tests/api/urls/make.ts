import type { Client } from "../../support/client.js";

/** An expiring URL, as its owner is given it. */
export interface MadeUrl {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
}

/** Makes a URL of a file that is valid for an hour, unless the terms say otherwise. */
export async function makeUrl(owner: Client, fileId: string, terms: object = {}): Promise<MadeUrl> {
  const body = { expiresIn: 3600, ...terms };
  const { status, json } = await owner.post(`/api/v1/files/${fileId}/urls`, body);
  if (status !== 201) throw new Error(`Not made: ${JSON.stringify(json)}`);
  return json as unknown as MadeUrl;
}
