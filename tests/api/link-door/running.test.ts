import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { Json } from "../../support/answer-json.js";
import { makeContent } from "../../support/content.js";
import { LINKS, makeLink } from "../../support/links.js";
import { changeLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "../shares/people.js";
import { makeUrl } from "../urls/make.js";

const world = useWorld();

/** More than all buffers on the way hold. */
const BYTES = 32_000_000;

/** `/shared/inner/large`, shared with a manager, who makes links to it. */
async function large() {
  const all = await people(world());
  const content = Buffer.concat([...makeContent(BYTES).bytes()]);
  const { json } = await all.owner.put(`${API}/files?name=large&folderId=${all.inner}`, content);
  await world().settle();
  const share = await give(all, "manager");
  return { ...all, large: json.id, share };
}

type Large = Awaited<ReturnType<typeof large>>;

interface Way {
  readonly id: string;
  readonly path: string;
}

const way = ({ id, url }: Json, below: string): Way => ({ id, path: url + below });

const WAYS: Readonly<Record<string, (all: Large) => Promise<Way>>> = {
  "/s/{token}/content": async ({ guest, large }) => way(await makeLink(guest, large), "/content"),
  "/s/{token}/entries": async ({ guest, folder }) =>
    way(await makeLink(guest, folder), "/entries/inner/large"),
  "/s/{token}/archive": async ({ guest, inner }) => way(await makeLink(guest, inner), "/archive"),
  "/u/{token}": async ({ guest, large }) => {
    const { id, url } = await makeUrl(guest, large);
    return { id, path: url };
  },
};

const ENDS: Readonly<Record<string, (all: Large, way: Way) => Promise<unknown>>> = {
  "the link is revoked": ({ owner }, { id }) => owner.delete(`${LINKS}/${id}`),
  "the link is switched off": (_all, way) => changeLink(world(), way, { isEnabled: false }),
  "the maker's share is taken back": ({ owner, share }) =>
    owner.delete(`${API}/shares/${share.id}`),
  "what it leads to is deleted": ({ owner, inner }) => owner.delete(`${API}/folders/${inner}`),
};

/** Begins a download, lets something happen, and reads the rest as a slow client. @returns How much came; it throws when the connection was cut. */
async function during({ path }: Way, happens: () => Promise<unknown>): Promise<number> {
  const response = await fetch(world().url + path);
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let received = (await reader.read()).value?.length ?? 0;
  await happens();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return received;
    received += value.length;
    // As on a narrow line.
    await setTimeout(5);
  }
}

const [FIRST_WAY = "", ...OTHER_WAYS] = Object.keys(WAYS);
const CUTS = [
  ...Object.keys(ENDS).map((end) => [FIRST_WAY, end]),
  ...OTHER_WAYS.flatMap((path) => [
    [path, "the link is revoked"],
    [path, "what it leads to is deleted"],
  ]),
];

describe("A download that runs is cut", () => {
  test.each(CUTS)("%s, when %s", async (path = "", end = "") => {
    const all = await large();
    const made = await WAYS[path]?.(all);
    if (made === undefined) throw new Error("There is no such way");

    await expect(during(made, async () => ENDS[end]?.(all, made))).rejects.toThrow();
  });
});

describe("A download that runs goes on", () => {
  test.each<[string, Partial<LinkDoc>]>([
    ["has expired", { expiresAt: new Date() }],
    ["is used up", { maxDownloads: 1, usedDownloads: 1, openDownloads: [] }],
    ["has another password", { passwordHash: "another" }],
  ])("when the link %s", async (_title, changes) => {
    const all = await large();
    const { id, url } = await makeLink(all.owner, all.large);

    const received = await during({ id, path: `${url}/content` }, () =>
      changeLink(world(), { id }, changes),
    );

    expect(received).toBe(BYTES);
  });

  test("when a URL has expired", async () => {
    const all = await large();
    const { id, url } = await makeUrl(all.owner, all.large);

    const received = await during({ id, path: url }, () =>
      changeLink(world(), { id }, { expiresAt: new Date() }),
    );

    expect(received).toBe(BYTES);
  });
});
