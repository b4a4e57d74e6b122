import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { openCursorCount } from "../../support/databases.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const ROUNDS = 20;

const world = useWorld();

const openCursors = () => openCursorCount(world().mongo.db);

describe("Readers that go away in the middle", () => {
  test("leave no cursor and no answer open, and disturb nobody", async () => {
    const client = await world().member();
    const content = randomBytes(8 * 1024 ** 2);
    const { links } = await client.store("large", content);
    await world().settle();
    const before = await openCursors();

    for (let round = 0; round < ROUNDS; round += 1) {
      const raw = await world().raw();
      raw.send(`GET ${links.content} HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\n\r\n`);
      await once(raw.socket, "data");
      raw.socket.resetAndDestroy();
    }

    const cut = () =>
      world().logs.lines.filter(({ msg, isAborted }) => msg === "Request" && isAborted).length;
    await eventually(cut, (count) => count === ROUNDS);
    await eventually(openCursors, (count) => count <= before);
    expect((await client.get(links.content)).bytes.equals(content)).toBe(true);
  });
});
