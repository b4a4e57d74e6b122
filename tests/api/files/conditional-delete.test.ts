import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { about, aboutState, CONDITIONS, DATE_CONDITIONS } from "../../support/conditions.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const namesOf = async (client: Client) =>
  (await client.get("/api/v1/files")).json.items.map(({ name }) => name);

describe("DELETE /files/:id with a condition", () => {
  test.each(CONDITIONS)("on a file with the ETag E, %j: deletes %s", async (headers, isDeleted) => {
    const client = await world().member();
    const file = await client.store("a", "old");

    const { status } = await client.delete(file.links.content, about(headers, file.etag));

    expect(status).toBe(isDeleted ? 204 : 412);
    expect(await namesOf(client)).toEqual(isDeleted ? [] : ["a"]);
  });

  test.each(DATE_CONDITIONS)(
    "on a file with the ETag E that was changed at T, %j: deletes %s",
    async (headers, isDeleted) => {
      const client = await world().member();
      const file = await client.store("a", "old");

      const { status } = await client.delete(file.links.content, aboutState(headers, file));

      expect(status).toBe(isDeleted ? 204 : 412);
      expect(await namesOf(client)).toEqual(isDeleted ? [] : ["a"]);
    },
  );

  test("is 404 for a file that is not there, and 400 for a malformed condition", async () => {
    const client = await world().member();
    const file = await client.store("a", "old");

    const answers = [
      await client.delete("/api/v1/files/AAAAAAAAAAAAAAAAAAAAAA", { "If-Match": "*" }),
      await client.delete(file.links.content, { "If-Match": "a" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 400]);
    expect(await namesOf(client)).toEqual(["a"]);
  });
});
