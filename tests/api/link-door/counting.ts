import { randomBytes } from "node:crypto";
import { eventually } from "../../support/eventually.js";
import {
  downloadsOf,
  type ShareLink,
  shareLink,
  type Terms,
  usesOf,
} from "../../support/share-links.js";
import type { World } from "../../support/world.js";

/** A link to a file of 100 bytes, unless others are given. */
export async function sharedBytes(world: World, terms: Terms = {}, bytes = randomBytes(100)) {
  const owner = await world.member();
  const file = await owner.store("data.bin", bytes);
  await world.settle();
  const link = await shareLink(world, { owner, ...file }, terms);
  return { file, link, bytes, content: `${link.path}/content` };
}

/** A download is noted a moment after its answer is over. */
export const expectDownloads = (
  world: World,
  link: ShareLink,
  expected: { readonly used: number; readonly open: number },
) =>
  eventually(
    () => downloadsOf(world, link),
    ({ used, open }) => used === expected.used && open === expected.open,
  );

/** The bytes of each use of a link, the latest first. */
export const expectBytes = (world: World, link: ShareLink, bytes: readonly number[]) =>
  eventually(
    () => usesOf(world, link),
    (uses) => JSON.stringify(uses.map((use) => use.bytes)) === JSON.stringify(bytes),
  );

/** Asks for a part of the content. */
export const range = (text: string, more: Record<string, string> = {}) => ({
  Range: `bytes=${text}`,
  ...more,
});
