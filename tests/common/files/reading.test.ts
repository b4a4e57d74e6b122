import { describe, expect, test } from "@jest/globals";
import { NotFoundError } from "../../../common/platform/errors.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

describe("Content that was opened", () => {
  test("is not found, and not damaged, when its file is purged before it is read", async () => {
    const client = await world().member();
    const { id, links } = await client.store("a", "hello");
    const { access, files } = world().services;
    const content = await files.open(await access.file(await world().actorOf(client), id, "read"));
    await client.delete(links.content);
    await world().settle();

    const reading = content.read({ first: 0, last: 4 }).next();

    await expect(reading).rejects.toThrow(NotFoundError);
  });
});
