import type { World } from "../../support/world.js";
import { shareLink, type Terms } from "../../support/share-links.js";

/** A link to a file of 10 bytes, as a test has made it. */
export async function sharedFile(world: World, terms: Terms = {}) {
  const owner = await world.member();
  const file = await owner.store("notes.txt", "some notes");
  await world.settle();
  return { owner, file, link: await shareLink(world, { owner, ...file }, terms) };
}

/** A link to the folder `Holidays`, with `a.txt` in it and `größe/b.txt`. */
export async function sharedFolder(world: World, terms: Terms = {}) {
  const owner = await world.member();
  const folder = await owner.makeFolder("Holidays");
  const put = (name: string, bytes: string, folderId = folder.id) =>
    owner.put(`/api/v1/files?folderId=${folderId}&name=${name}`, bytes);
  const inner = await owner.makeFolder("größe", folder.id);
  await put("a.txt", "alpha");
  await put("b.txt", "beta", inner.id);
  await world.settle();
  return { owner, folder, inner, link: await shareLink(world, { owner, ...folder }, terms) };
}
