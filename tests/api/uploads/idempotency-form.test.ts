import { describe, expect, test } from "@jest/globals";
import type { Client, FormFile } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const upload = (client: Client, files: readonly FormFile[], query = "") =>
  client.upload(files, `/api/v1/upload${query}`, { "Idempotency-Key": '"k"' });

const namesOf = async (client: Client) =>
  (await client.get("/api/v1/files?sort=name")).json.items.map(({ name }) => name);

/** What is counted, once every job is done: versions count too. */
async function settledUsage(client: Client) {
  await world().settle();
  return client.usage();
}

describe("A form again with the same Idempotency-Key", () => {
  const files = [
    { name: "a", bytes: "one", type: "text/plain" },
    { name: "b", bytes: "" },
    { name: "a", bytes: "three" },
  ];

  test("gives the first answer although its boundary is another, and stores nothing twice", async () => {
    const client = await world().member();

    const first = await upload(client, files);
    const again = await upload(client, files);

    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.bytes).toEqual(first.bytes);
    expect(await namesOf(client)).toEqual(["a", "b"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 8, files: 2 });
  });

  test.each([
    ["other content", [...files.slice(0, 2), { name: "a", bytes: "THREE" }]],
    ["another name", [...files.slice(0, 2), { name: "c", bytes: "three" }]],
    ["fewer files", files.slice(0, 2)],
    ["more files", [...files, { name: "c", bytes: "" }]],
    ["another order", [...files].reverse()],
  ])("and %s is 422, and changes nothing", async (_, others) => {
    const client = await world().member();
    await upload(client, files);

    const { status, json } = await upload(client, others);

    expect([status, json.code]).toEqual([422, "idempotency-key-reused"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 8, files: 2 });
  });

  test("tries only those files again that were refused", async () => {
    const client = await world().member();
    const taken = await client.store("taken", "old");
    const form = ["a", "taken"].map((name) => ({ name, bytes: name }));
    const send = () => upload(client, form, "?onConflict=fail");

    const first = await send();
    await client.delete(taken.links.content);
    const [second, third] = [await send(), await send()];

    expect([first, second, third].map(({ status }) => status)).toEqual([207, 201, 201]);
    expect(second.json.items[0]?.file.id).toBe(first.json.items[0]?.file.id);
    expect(third.bytes).toEqual(second.bytes);
    expect(await namesOf(client)).toEqual(["a", "taken"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 6, files: 2 });
  });
});
