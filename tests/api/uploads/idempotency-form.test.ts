import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../../common/entries/entry.js";
import type { Client, FormFile } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const upload = (client: Client, files: readonly FormFile[], query = "") =>
  client.upload(files, `/api/v1/upload${query}`, { "Idempotency-Key": '"k"' });

const withKey = (key: string) => ({ "Idempotency-Key": `"${key}"` });

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

  test.each([
    ["last", ["a", "taken"]],
    ["first", ["taken", "a"]],
  ])("tries only those files again that were refused: the %s", async (_, names) => {
    const client = await world().member();
    const taken = await client.store("taken", "old");
    const form = names.map((name) => ({ name, bytes: name }));
    const send = () => upload(client, form, "?onConflict=fail");

    const first = await send();
    const still = await send();
    await client.delete(taken.links.content);
    const [second, third] = [await send(), await send()];

    const answers = [first, still, second, third];
    expect(answers.map(({ status }) => status)).toEqual([207, 207, 201, 201]);
    const stored = names.indexOf("a");
    expect(second.json.items[stored]?.file.id).toBe(first.json.items[stored]?.file.id);
    expect(third.bytes).toEqual(second.bytes);
    expect(await namesOf(client)).toEqual(["a", "taken"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 6, files: 2 });
  });
});

describe("A form or a raw body again with the same Idempotency-Key", () => {
  test("gives the first answer although its folder is gone", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("gone");
    const put = () => client.put(`/api/v1/files?name=a&folderId=${id}`, "hello", withKey("k"));
    const form = () =>
      client.upload([{ name: "b", bytes: "b" }], `/api/v1/upload?folderId=${id}`, withKey("l"));
    const first = [await put(), await form()];

    await world().mongo.db.collection<Entry>("entries").deleteOne({ _id: id });
    const again = [await put(), await form()];

    expect(again.map(({ status }) => status)).toEqual([201, 201]);
    expect(again.map(({ bytes }) => bytes)).toEqual(first.map(({ bytes }) => bytes));
    const other = [await client.put(`/api/v1/files?name=a&folderId=${id}`, "x", withKey("m"))];
    other.push(
      await client.upload(
        [{ name: "b", bytes: "b" }],
        `/api/v1/upload?folderId=${id}`,
        withKey("n"),
      ),
    );
    expect(other.map(({ status }) => status)).toEqual([404, 404]);
  });
});
