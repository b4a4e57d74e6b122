import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { changeLink, downloadsOf, shareLink, usesOf } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { expectBytes, expectDownloads, range, sharedBytes } from "./counting.js";

const world = useWorld();

describe("Requests by a link", () => {
  test("are limited together, wherever they come from, and not those by others", async () => {
    const [one, other] = [await sharedBytes(world()), await sharedBytes(world())];
    const url = await world().addWeb({ rateLimitPerCredential: 3 });
    const get = (content: string) => world().visitor(url).get(content);

    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await get(one.content)).status);

    expect(statuses).toEqual([200, 200, 200, 429]);
    const { status, headers } = await get(other.content);
    expect([status, headers["ratelimit"]]).toEqual([
      200,
      expect.stringMatching(/^"everything-credential";r=2;t=\d+$/),
    ]);
  });
});

describe("A download by a link", () => {
  test("counts when it was sent, and is in the log", async () => {
    const { file, link, bytes, content } = await sharedBytes(world());

    const answer = await world().visitor().get(content, { "User-Agent": "somebody/1" });

    expect(answer.bytes).toEqual(bytes);
    expect(String(answer.headers["set-cookie"])).toMatch(
      new RegExp(`^stowage_link_use=[\\w-]{22}; path=${link.path}; .*samesite=lax; httponly$`),
    );
    await expectDownloads(world(), link, { used: 1, open: 0 });
    const [use] = await usesOf(world(), link);
    expect(use).toMatchObject({
      kind: "download",
      entryId: file.id,
      name: "data.bin",
      etag: file.etag,
      sizeBytes: 100,
      bytes: 100,
      isComplete: true,
      client: { addressPrefix: "127.0.0.0/24", userAgent: "somebody/1" },
    });
    expect(JSON.stringify(use)).not.toContain("127.0.0.1");
  });

  test("of an empty file does not count: there is nothing to send", async () => {
    const { link, content } = await sharedBytes(world(), { maxDownloads: 2 }, Buffer.alloc(0));

    for (let times = 1; times <= 4; times += 1) {
      expect((await world().visitor().get(content)).status).toBe(200);
    }

    expect(await downloadsOf(world(), link)).toEqual({ used: 0, open: 0 });
    expect(await usesOf(world(), link)).toEqual([]);
  });

  test("does not begin with HEAD, nor where none of the content is sent", async () => {
    const { file, link, content } = await sharedBytes(world());
    const visitor = world().visitor();

    const answers = [
      await visitor.head(content),
      await visitor.get(content, { "If-None-Match": file.etag }),
      await visitor.get(content, { "If-Match": '"other"' }),
      await visitor.get(content, range("100-")),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 304, 412, 416]);
    expect(await downloadsOf(world(), link)).toEqual({ used: 0, open: 0 });
    expect(await usesOf(world(), link)).toEqual([]);
  });

  test("counts once when at least half was sent, in however many pieces", async () => {
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 });
    const visitor = world().visitor();

    expect((await visitor.get(content, range("0-24"))).status).toBe(206);
    await expectBytes(world(), link, [25]);
    expect(await downloadsOf(world(), link)).toEqual({ used: 1, open: 1 });
    expect((await visitor.get(content, range("25-48"))).status).toBe(206);
    await expectBytes(world(), link, [49]);
    expect(await downloadsOf(world(), link)).toEqual({ used: 1, open: 1 });
    expect((await visitor.get(content, range("49-49"))).status).toBe(206);
    await expectDownloads(world(), link, { used: 1, open: 0 });

    // It is used up: who goes on with it may, and nobody else.
    expect((await visitor.get(content, range("50-99"))).status).toBe(206);
    await expectBytes(world(), link, [100]);
    const stranger = { "User-Agent": "stranger/1" };
    expect((await world().visitor().get(content, stranger)).status).toBe(404);
    const [use] = await usesOf(world(), link);
    expect(use?.isComplete).toBe(true);
  });

  test("goes on without a cookie by address, program and what is sent", async () => {
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 });
    const curl = { "User-Agent": "curl/8" };
    const get = (headers: Record<string, string>) => world().visitor().get(content, headers);

    const first = await get(range("0-9", curl));
    await expectBytes(world(), link, [10]);
    const other = await get(range("10-99", { "User-Agent": "wget/1" }));
    const anew = await get(curl);
    const rest = await get(range("10-99", curl));

    expect([first.status, other.status, anew.status, rest.status]).toEqual([206, 404, 404, 206]);
    await expectDownloads(world(), link, { used: 1, open: 0 });
    expect((await usesOf(world(), link)).map(({ bytes }) => bytes)).toEqual([100]);
  });

  test("takes another place when the content was sent three times", async () => {
    const { link, content } = await sharedBytes(world(), { maxDownloads: 1 });
    const visitor = world().visitor();
    const statuses: number[] = [];

    for (let times = 1; times <= 4; times += 1) {
      statuses.push((await visitor.get(content)).status);
      await expectBytes(world(), link, [Math.min(times, 3) * 100]);
    }

    expect(statuses).toEqual([200, 200, 200, 404]);
  });

  test("that is not valid any more begins no more", async () => {
    const { link, content } = await sharedBytes(world());
    const visitor = world().visitor();
    await visitor.get(content, range("0-9"));

    await changeLink(world(), link, { revokedAt: new Date() });

    expect((await visitor.get(content, range("10-"))).status).toBe(404);
  });

  test("of a file in a folder is one of the link", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("Holidays");
    for (const name of ["a.txt", "b.txt"]) {
      await owner.put(`/api/v1/files?folderId=${folder.id}&name=${name}`, "bytes");
    }
    await world().settle();
    const link = await shareLink(world(), { owner, ...folder }, { maxDownloads: 2 });
    const get = (name: string) => world().visitor().get(`${link.path}/entries/${name}`);

    expect((await get("")).status).toBe(200);
    expect((await get("a.txt")).status).toBe(200);
    expect((await get("b.txt")).status).toBe(200);
    await expectDownloads(world(), link, { used: 2, open: 0 });

    expect((await usesOf(world(), link)).map(({ name }) => name).sort()).toEqual([
      "a.txt",
      "b.txt",
    ]);
    await eventually(
      () => usesOf(world(), link),
      (uses) => uses.every(({ isComplete }) => isComplete),
    );
  });
});
