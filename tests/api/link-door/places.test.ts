import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "@jest/globals";
import type { LinkUseDoc } from "../../../common/links/uses-repository.js";
import { newId } from "../../../common/platform/ids.js";
import { eventually } from "../../support/eventually.js";
import { downloadsOf, usesOf } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { expectDownloads, range, sharedBytes } from "./counting.js";

const world = useWorld();

const HOUR_MS = 3_600_000;

describe("100 downloads at once", () => {
  test("by a link that allows 10 more are 10", async () => {
    const { link, content, bytes } = await sharedBytes(world(), {
      maxDownloads: 13,
      usedDownloads: 3,
    });
    const second = await world().addWeb();

    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const answer = await fetch((n % 2 === 0 ? world().url : second) + content, {
          headers: { "User-Agent": `client/${n}` },
        });
        return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
      }),
    );

    const served = answers.filter(({ status }) => status === 200);
    expect(served).toHaveLength(10);
    expect(served.every(({ body }) => body.equals(bytes))).toBe(true);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(90);
    await expectDownloads(world(), link, { used: 13, open: 0 });
    expect(await usesOf(world(), link)).toHaveLength(10);
  });
});

describe("The place of a download that was cut", () => {
  const cut = async (path: string) => {
    const socket = connect({ port: world().port, host: "127.0.0.1" });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nUser-Agent: cut/1\r\n\r\n`);
    await once(socket, "readable");
    socket.read(1000);
    socket.destroy();
  };

  test("is kept for who goes on, with what was sent", async () => {
    const { link, content, bytes } = await sharedBytes(
      world(),
      { maxDownloads: 1 },
      randomBytes(40_000_000),
    );

    await cut(content);
    const [use] = await eventually(
      () => usesOf(world(), link),
      ([found]) => (found?.bytes ?? 0) > 0,
    );

    expect(use?.bytes).toBeGreaterThanOrEqual(1000 - 600);
    expect(use?.bytes).toBeLessThan(20_000_000);
    expect(use?.isComplete).toBe(false);
    expect(await downloadsOf(world(), link)).toEqual({ used: 1, open: 1 });
    const rest = range("1000-", { "User-Agent": "cut/1" });
    const answer = await world().visitor().get(content, rest);
    expect(answer.bytes.equals(bytes.subarray(1000))).toBe(true);
    await expectDownloads(world(), link, { used: 1, open: 0 });
  });

  test.each([
    { title: "is given up after an hour", agoMs: HOUR_MS + 60_000, bytes: 0, status: 200 },
    { title: "is not given up before", agoMs: HOUR_MS - 60_000, bytes: 0, status: 404 },
    {
      title: "counts where half was sent, and the process died before it said so",
      agoMs: 2 * HOUR_MS,
      bytes: 50,
      status: 404,
    },
  ])("$title", async ({ agoMs, bytes, status }) => {
    const at = new Date(Date.now() - agoMs);
    const id = newId();
    const { file, link, content } = await sharedBytes(world(), {
      maxDownloads: 1,
      usedDownloads: 1,
      openDownloads: [{ id, at }],
    });
    const { ownerId } = link;
    await world()
      .mongo.db.collection<LinkUseDoc>("linkUses")
      .insertOne({
        ...{ _id: id, linkId: link.id, ownerId, kind: "download" },
        ...{ startedAt: at, lastAt: at, expiresAt: new Date(Date.now() + HOUR_MS) },
        ...{ client: { addressPrefix: "", userAgent: null }, entryId: file.id, name: file.name },
        ...{ etag: file.etag, sizeBytes: 100, bytes, isComplete: false },
      });

    expect((await world().visitor().get(content)).status).toBe(status);

    await expectDownloads(world(), link, { used: 1, open: agoMs < HOUR_MS ? 1 : 0 });
  });
});
