import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const SIZE = 5 * CHUNK_SIZE_BYTES + 17;

const world = useWorld();

/** Reads a file; `undefined` when it is gone, or its connection is cut: never bytes that are not all of it. */
async function read(client: Client, path: string): Promise<Buffer | undefined> {
  const response = await fetch(client.url + path, { headers: { Cookie: client.cookie } });
  if (response.status !== 200) {
    expect([response.status, await response.json()]).toMatchObject([404, { code: "not-found" }]);
    return undefined;
  }
  const bytes = await response.arrayBuffer().then(
    (content) => Buffer.from(content),
    () => undefined,
  );
  if (bytes !== undefined) {
    // What is said about the bytes is said about these, and not about those that came since.
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    expect(response.headers.get("repr-digest")).toBe(`sha-256=:${sha256}:`);
  }
  return bytes;
}

describe("A reader", () => {
  test("of a file that is being overwritten gets one of its contents, whole", async () => {
    const client = await world().member();
    const contents = Array.from({ length: 6 }, () => randomBytes(SIZE));
    const { links } = await client.store("a", contents[0] ?? "");

    let isOver = false;
    const readers = Array.from({ length: 3 }, async () => {
      while (!isOver) {
        const bytes = await read(client, links.content);
        expect(contents.some((content) => bytes?.equals(content))).toBe(true);
      }
    });
    for (const content of contents.slice(1)) await client.store("a", content);
    isOver = true;
    await Promise.all(readers);

    expect((await read(client, links.content))?.equals(contents.at(-1) ?? Buffer.alloc(0))).toBe(
      true,
    );
  });

  test("of a file that is being deleted and purged gets all of it, 404, or a cut connection", async () => {
    const client = await world().member();
    const content = randomBytes(SIZE);

    for (let round = 0; round < 6; round += 1) {
      const { links } = await client.store("a", content);
      const readers = Array.from({ length: 4 }, async () => {
        for (let bytes = await read(client, links.content); bytes !== undefined;) {
          expect(bytes.equals(content)).toBe(true);
          bytes = await read(client, links.content);
        }
      });
      await client.delete(links.content);
      await Promise.all([world().settle(), ...readers]);
    }
  });

  test("of lists sees every write that was answered, from any connection and process", async () => {
    const client = await world().member();
    const elsewhere = await world().addWeb();
    const list = async () => {
      const headers = { Cookie: client.cookie, Connection: "close" };
      const response = await fetch(`${elsewhere}/api/v1/files`, { headers });
      const { items } = (await response.json()) as { items: { id: string }[] };
      return items.map(({ id }) => id);
    };

    for (let round = 0; round < 10; round += 1) {
      const { id, links } = await client.store(`${round}`, "x");
      expect(await list()).toEqual([id]);
      await client.delete(links.content);
      expect(await list()).toEqual([]);
    }
  });
});
