import { createHash } from "node:crypto";
import type { Client } from "../../../support/client.js";
import { TusClient } from "../../../support/tus-client.js";
import type { World } from "../../../support/world.js";

/** Somebody with an account, by both of the ways in which the API is spoken to. */
export async function newUploader(world: World): Promise<{ client: Client; tus: TusClient }> {
  const client = await world.member();
  return { client, tus: new TusClient(client) };
}

/** An upload of ten bytes, of which three are stored. */
export async function newUpload(world: World) {
  const { tus } = await newUploader(world);
  const path = await tus.begin({ "Upload-Length": "10" }, Buffer.from("abc"));
  return { tus, path };
}

/** What a client finds where the answer's `Content-Location` points. */
export async function contentOf(client: Client, headers: Headers) {
  const { json } = await client.get(headers.get("content-location") ?? "");
  return { file: json, bytes: (await client.get(json.links.content)).bytes };
}

export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
