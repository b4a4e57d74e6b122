import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { changeLink, downloadsOf, type ShareLink, usesOf } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { expectBytes, expectDownloads, range, sharedBytes } from "./counting.js";

const world = useWorld();

/** More than what waits in buffers while a client does not read. */
const LARGE_BYTES = 20_000_000;

/** Begins some requests, one after the other, of which none is read yet. */
async function begin(count: number, path: string, headers: Record<string, string>) {
  const answers: Response[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await fetch(world().url + path, { headers }));
  return answers;
}

const statusesOf = (answers: readonly Response[]) => answers.map(({ status }) => status);

const reservedOf = async (link: ShareLink) => (await usesOf(world(), link))[0]?.reservedBytes;

/** The beginning of a download. @returns The cookie that goes on with it. */
async function first(content: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(world().url + content, { headers });
  await answer.arrayBuffer();
  return (answer.headers.getSetCookie()[0] ?? "").split(";", 1)[0] ?? "";
}

describe("A download by a link for one, by many requests at once", () => {
  test.each([
    { title: "with its cookie", cookie: true, part: undefined, status: 200, served: 2 },
    { title: "without a cookie, by ranges", cookie: false, part: "1-", status: 206, served: 3 },
  ])("gets the content three times at most: $title", async ({ cookie, part, status, served }) => {
    const bytes = randomBytes(LARGE_BYTES);
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 }, bytes);
    const client = { "User-Agent": "many/1" };
    const use = await first(content, range(cookie ? "0-99" : "0-0", client));
    await eventually(
      () => reservedOf(link),
      (reserved) => reserved === 0,
    );

    const headers = { ...client, ...(cookie && { Cookie: use }) };
    const answers = await begin(6, content, part === undefined ? headers : range(part, headers));

    const served200 = answers.slice(0, served);
    expect(statusesOf(answers)).toEqual([...served200.map(() => status), ...refused(6 - served)]);
    for (const answer of served200) {
      expect((await answer.arrayBuffer()).byteLength).toBe(LARGE_BYTES - (cookie ? 0 : 1));
    }
    await eventually(
      () => reservedOf(link),
      (reserved) => reserved === 0,
    );
    const [{ bytes: sent } = { bytes: 0 }] = await usesOf(world(), link);
    expect(sent).toBeLessThanOrEqual(3 * LARGE_BYTES);
    expect(await usesOf(world(), link)).toHaveLength(1);
    await expectDownloads(world(), link, { used: 1, open: 0 });
  });

  test("gives back what a request has reserved that is cut", async () => {
    const bytes = randomBytes(LARGE_BYTES);
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 }, bytes);
    const client = { "User-Agent": "player/1" };
    const Cookie = await first(content, range("0-99", client));
    const headers = { ...client, Cookie };
    const [one, two, ...others] = await begin(3, content, headers);
    expect(statusesOf(others)).toEqual([404]);

    await one?.body?.cancel();
    await eventually(
      () => reservedOf(link),
      (reserved) => reserved === LARGE_BYTES,
    );
    const [seeking] = await begin(1, content, range(`${LARGE_BYTES / 2}-`, headers));

    expect(seeking?.status).toBe(206);
    expect((await seeking?.arrayBuffer())?.byteLength).toBe(LARGE_BYTES / 2);
    await two?.body?.cancel();
    await eventually(
      () => reservedOf(link),
      (reserved) => reserved === 0,
    );
  });

  test("comes in eight parts side by side", async () => {
    const bytes = randomBytes(8000);
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 }, bytes);
    const client = { "User-Agent": "parts/1" };
    const Cookie = await first(content, range("0-0", client));

    const parts = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const headers = range(`${n * 1000}-${n * 1000 + 999}`, { ...client, Cookie });
        const answer = await fetch(world().url + content, { headers });
        expect(answer.status).toBe(206);
        return Buffer.from(await answer.arrayBuffer());
      }),
    );

    expect(Buffer.concat(parts)).toEqual(bytes);
    await expectBytes(world(), link, [8001]);
    await expectDownloads(world(), link, { used: 1, open: 0 });
  });
});

describe("A request of a download that sends nothing", () => {
  test("leaves the place to the others, and gives it back after them", async () => {
    const { file, link } = await sharedBytes(world(), { maxDownloads: 1 });
    const { linkDownloads, links } = world().services;
    const found = await links.findById(link.id);
    if (found?.kind !== "share") throw new Error("There is no link");
    const wanted = { entryId: file.id, name: "data.bin", etag: file.etag, sizeBytes: 100 };
    const client = { addressPrefix: "127.0.0.0/24", userAgent: "two/1" };
    const asking = { client, address: "127.0.0.1", useIds: [], isContinued: false, bytes: 100 };

    const one = await linkDownloads.begin(found, wanted, asking);
    const two = await linkDownloads.begin(found, wanted, { ...asking, useIds: [one.useId] });
    await two.end(0, false);
    expect([two.useId, await downloadsOf(world(), link)]).toEqual([
      one.useId,
      { used: 1, open: 1 },
    ]);
    await one.end(0, false);

    expect(await downloadsOf(world(), link)).toEqual({ used: 0, open: 0 });
    const three = await linkDownloads.begin(found, wanted, { ...asking, useIds: [one.useId] });
    expect(three.useId).not.toBe(one.useId);
    await changeLink(world(), link, { revokedAt: new Date() });
  });
});

const refused = (count: number) => Array.from({ length: count }, () => 404);
