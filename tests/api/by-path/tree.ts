import type { FileJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";

/** The address of what these names lead to. */
export const at = (...names: readonly string[]) =>
  `/api/v1/by-path/${names.map(encodeURIComponent).join("/")}`;

/** So many names of folders. */
export const folders = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);

/** Stores a file at a path. Folders are made where they are missing. */
export async function storeAt(
  client: Client,
  names: readonly string[],
  content: string,
): Promise<FileJson> {
  const { status, json } = await client.put(`${at(...names)}?parents`, content);
  if (status !== 201) throw new Error(`Not stored: ${JSON.stringify(json)}`);
  return json;
}
