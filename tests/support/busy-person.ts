import { randomBytes } from "node:crypto";
import { beginUpload } from "./begin-upload.js";
import { type Client, somebody } from "./client.js";
import { makeLink, newUse } from "./links.js";
import type { World } from "./world.js";

/** Somebody who has left traces wherever one can. */
export async function busyPerson(world: World) {
  const credentials = somebody();
  const client = world.visitor();
  const { id } = (await client.post("/api/v1/register", credentials)).json;
  await world.visitor().post("/api/v1/login", credentials);
  await world.visitor().post("/api/v1/login", { ...credentials, password: "not this one" });
  await client.post("/api/v1/me/totp", { password: credentials.password });
  const folder = await client.makeFolder("papers");
  await client.makeFolder("deep", folder.id);
  await client.post(`/api/v1/folders/${folder.id}/copy`, {});
  await client.store("small", "hello");
  await client.store("small", "hello again");
  await client.store("large", randomBytes(300_000));
  await client.put("/api/v1/files?name=keyed", "x", { "Idempotency-Key": `"${id}"` });
  const { links } = await client.store("gone", "bye");
  await client.delete(links.content);
  await usedLink(world, client, folder.id);
  const upload = await beginUpload(world, client, { name: "under way" });
  return { id, credentials, client, upload };
}

/** A link, and a use of it in its log. */
async function usedLink({ services }: World, client: Client, entryId: string): Promise<void> {
  const { id } = await makeLink(client, entryId);
  const link = await services.links.findById(id);
  if (link !== null) await services.linkUses.insert(newUse(link, {}));
}
