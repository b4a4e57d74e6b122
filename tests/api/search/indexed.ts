import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";

/** The names of what a search finds, in their order. */
export async function found(
  client: Client,
  query: Readonly<Record<string, string>>,
): Promise<string[]> {
  const asked = new URLSearchParams({ sort: "name", ...query }).toString();
  return (await client.get(`/api/v1/search?${asked}`)).json.items.map(({ name }) => name);
}

/** Somebody with one file, whose pipeline is over, and how its last step has ended. */
export async function storedIn(world: World, content: Buffer | string) {
  const client = await world.member();
  const { links } = await client.store("file", content);
  await world.settle();
  const { pipeline } = (await client.get(links.metadata)).json;
  return { client, step: pipeline.at(-1) };
}
