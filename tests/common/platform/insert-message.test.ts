import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { Binary, type Document, Long, ObjectId } from "mongodb";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";

const LARGE = 255 * 1024;

let mongo: Mongo;

beforeAll(() => {
  const url = withDatabase(serverUrls().mongodbUrl, newName());
  mongo = openMongo({ url, timeoutMs: 5000 });
});

afterAll(async () => {
  await mongo.db.dropDatabase();
  await mongo.close();
});

const stored = (ids: readonly unknown[]) =>
  mongo.db
    .collection("documents")
    .find({ _id: { $in: ids as ObjectId[] } }, { promoteLongs: false })
    .toArray();

describe("A command that inserts large content", () => {
  test.each<[string, Document[]]>([
    ["behind and before small fields", [{ n: 1, data: randomBytes(LARGE), writer: 7 }]],
    ["first, and nothing else", [{ data: randomBytes(LARGE) }]],
    ["twice in one document", [{ a: randomBytes(LARGE), "ä ß": randomBytes(LARGE), z: "é" }]],
    ["of the least length that counts, and of one byte less", [16384, 16383].map(ofLength)],
    ["in some documents only", [LARGE, 0, LARGE, 5].map(ofLength)],
    ["as a Binary and within another document", [{ b: new Binary(randomBytes(LARGE)) }, nested()]],
  ])("stores it: %s", async (_what, contents) => {
    const documents = contents.map((content) => ({ _id: new ObjectId(), ...content }));

    const reply = await mongo.db.command({ insert: "documents", documents });

    expect(reply).toMatchObject({ ok: 1, n: documents.length });
    expect(await stored(documents.map(({ _id }) => _id))).toEqual(documents.map(withBinaries));
  });

  test("says which of the documents was refused", async () => {
    const [first, second] = [new ObjectId(), new ObjectId()];
    const documents = [first, first, second].map((_id) => ({ _id, ...ofLength(LARGE) }));

    const reply = await mongo.db.command({ insert: "documents", documents, ordered: false });

    expect(reply).toMatchObject({ n: 2, writeErrors: [{ index: 1, code: 11000 }] });
    expect(await stored([first, second])).toHaveLength(2);
  });

  test("can be sent again as it is", async () => {
    const command = {
      insert: "documents",
      documents: [{ _id: new ObjectId(), ...ofLength(LARGE) }],
    };

    await mongo.db.command(command);
    const again = await mongo.db.command(command);

    expect(again).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 11000 }] });
  });
});

function ofLength(bytes: number): Document {
  return { data: randomBytes(bytes), n: Long.fromNumber(bytes) };
}

function nested(): Document {
  return { within: { data: randomBytes(LARGE) }, data: randomBytes(LARGE) };
}

/** The driver reads binary data as a Binary. */
function withBinaries(document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]: [string, unknown]) => {
      if (Buffer.isBuffer(value)) return [name, new Binary(value)];
      return [name, name === "within" ? withBinaries(value as Document) : value];
    }),
  );
}
