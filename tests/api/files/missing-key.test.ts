import { describe, expect, test } from "@jest/globals";
import { openBucket } from "../../../common/storage/bucket.js";
import { keyText, newKey } from "../../support/blobs.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

/** Long enough to be in no random id. */
const KEY_ID = "first-key";

const key = newKey(KEY_ID);
const world = useWorld({ encryptionKeys: [key] }, { isDamaged: true });

const lastFailure = () =>
  world()
    .logs.lines.filter(({ msg }) => msg === "Failed")
    .at(-1);

/** A file, and somebody else's web process with other keys on which its owner asks for it. */
async function storedThenServedWith(encryptionKeys: readonly ReturnType<typeof newKey>[]) {
  const client = await world().member();
  const { links } = await client.store("secret.txt", "what nobody else may read");
  const url = await world().addWeb({ encryptionKeys });
  const ask = (method: string) =>
    fetch(url + links.content, { method, headers: { Cookie: client.cookie } });
  return { client, links, ask };
}

describe("Encrypted content", () => {
  test.each([
    ["no key at all", []],
    ["other keys", [newKey("k2")]],
    ["another key of the same id", [newKey(KEY_ID)]],
  ])("is answered 503 encryption-key-missing by a process with %s", async (_, keys) => {
    const { client, links, ask } = await storedThenServedWith(keys);

    const response = await ask("GET");

    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: "encryption-key-missing" });
    expect(text).not.toContain(KEY_ID);
    expect((await ask("HEAD")).status).toBe(503);
    expect(lastFailure()).toMatchObject({
      level: 50,
      error: { code: "encryption-key-missing", keyId: KEY_ID },
    });
    for (const used of [key, ...keys]) {
      expect(world().logs.text()).not.toContain(keyText(used).split(":")[1]);
    }
    expect((await client.get(links.content)).bytes.toString()).toBe("what nobody else may read");
  });

  test("can be deleted without its key", async () => {
    const { client, links, ask } = await storedThenServedWith([]);

    expect((await ask("DELETE")).status).toBe(204);

    await world().settle();
    expect((await client.get(links.content)).status).toBe(404);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("that is empty is not served when its seal is broken", async () => {
    const client = await world().member();
    const { links } = await client.store("empty", "");
    const { files, chunks } = openBucket(world().mongo.db);
    const empty = await files.findOne({ length: 16 as never });
    await chunks.updateOne(
      { files_id: empty?._id ?? ("" as never) },
      { $set: { data: Buffer.alloc(16) } },
    );

    const { status, json } = await client.get(links.content);

    expect(status).toBe(500);
    expect(json.code).toBe("damaged-content");
  });
});

describe("A web process that lacks keys that are in use", () => {
  test("starts, and tells the operator which", async () => {
    const { client, links } = await storedThenServedWith([newKey("k2")]);

    const told = () => world().logs.lines.find(({ missingKeyIds }) => missingKeyIds !== undefined);

    expect(
      await eventually(
        () => Promise.resolve(told()),
        (line) => line !== undefined,
      ),
    ).toMatchObject({
      level: 50,
      missingKeyIds: [KEY_ID],
    });
    expect((await client.get(links.content)).status).toBe(200);
  });
});
