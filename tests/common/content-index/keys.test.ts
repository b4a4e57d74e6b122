import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { IndexedContent } from "../../../common/content-index/repository.js";
import { TermHashes } from "../../../common/content-index/terms.js";
import { newId } from "../../../common/platform/ids.js";
import type { EncryptionKey } from "../../../common/platform/setting.js";
import { openWebProduct, openWorkerProduct } from "../../../common/product.js";
import { Keyring } from "../../../common/storage/keyring.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { newKey } from "../../support/blobs.js";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";

const [first, second] = [newKey("first"), newKey("second")];
const world = useWorld({ contentSearch: "on", encryptionKeys: [first] });
const plain = useWorld({ contentSearch: "on" });

const indexed = () => world().mongo.db.collection<IndexedContent>("contentIndex");

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Web and worker of the same store, with other keys. */
function withKeys(encryptionKeys: EncryptionKey[]) {
  const { config, mongo, redis, logs } = world();
  const settings = { ...config, encryptionKeys };
  const parts = { db: mongo.db, redis, settings, log: logs.log, now: mongo.now };
  const [web, worker] = [openWebProduct(parts), openWorkerProduct(parts)];
  closing.push(
    () => web.close(),
    () => worker.close(),
  );
  return { web, worker };
}

/** Somebody's encrypted file, and a search by another web process. */
async function stored() {
  const client = await world().member();
  const { id } = await client.store("a", "Confidential Zanzibar");
  await world().settle();
  const actor = await world().actorOf(client);
  const found = async ({ access, search }: ReturnType<typeof openWebProduct>) => {
    const folder = await access.folder(actor, "root", "read");
    const query = { match: "words", sort: "name", limit: 10, total: false } as const;
    return (await search.find(folder, { ...query, content: "zanzibar" })).items.length;
  };
  return { client, id, found };
}

describe("With encryption keys, the words of a content", () => {
  test("are nowhere in the database, neither as they are nor as a hash that anybody can compute", async () => {
    const { id } = await stored();
    const { client } = { client: await plain().member() };
    await client.store("a", "Confidential Zanzibar");
    await plain().settle();

    expect(await mentionsInDb(world().mongo.db, ["zanzibar", "Zanzibar", "confidential"])).toEqual(
      [],
    );
    const document = await indexed().findOne({ fileId: id });
    expect(document).toMatchObject({ keyId: "first" });
    expect(document?.terms).toHaveLength(2);
    const open = new TermHashes(new Keyring([])).current(document?.ownerId ?? "", ["zanzibar"]);
    const bare = createHmac("sha256", first.key).update("zanzibar").digest("base64url");
    for (const term of [...open.terms, bare.slice(0, 12)])
      expect(document?.terms).not.toContain(term);
    const other = await plain().mongo.db.collection<IndexedContent>("contentIndex").findOne();
    expect(other).toMatchObject({ keyId: null });
  });

  test("are found while their key is known, and are stored under the new key by the sweep", async () => {
    const { id, found } = await stored();
    const rotating = withKeys([second, first]);
    expect(await found(rotating.web)).toBe(1);
    expect(await found(withKeys([second]).web)).toBe(0);

    const { sweep, pipeline } = rotating.worker.maintenance;
    const signal = new AbortController().signal;
    await sweep.run(signal);
    const versions = world().mongo.db.collection<VersionDoc>("versions");
    for (const { ownerId, _id } of await versions
      .find({ "pipeline.dueAt": { $exists: true } })
      .toArray())
      await pipeline.run(ownerId, _id, signal);

    expect(await indexed().findOne({ fileId: id })).toMatchObject({ keyId: "second" });
    expect(await found(withKeys([second]).web)).toBe(1);
    expect(await found(world().services)).toBe(0);
    await indexed().deleteMany({ fileId: id });
  });
});

test("Terms of two owners, keys or words are different, and have 72 bits", () => {
  const hashes = new TermHashes(new Keyring([first]));
  const other = new TermHashes(new Keyring([second]));
  const [one, two] = [newId(), newId()];

  const terms = [
    ...hashes.current(one, ["a", "b"]).terms,
    ...hashes.current(two, ["a", "b"]).terms,
    ...other.current(one, ["a", "b"]).terms,
    ...hashes
      .all(one, ["a"])
      .flatMap(({ terms }) => terms)
      .slice(1),
  ];

  expect(new Set(terms).size).toBe(7);
  for (const term of terms) expect(Buffer.from(term, "base64url")).toHaveLength(9);
  expect(hashes.current(one, ["b", "a"])).toEqual(hashes.current(one, ["a", "b"]));
});
