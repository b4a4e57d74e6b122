import { describe, expect, test } from "@jest/globals";
import { oleOf, zipOf } from "../../support/made-documents.js";
import { docxOf } from "../../support/made-texts.js";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";
import { found, storedIn } from "./indexed.js";

const world = useWorld({ contentSearch: "on" });

const stored = (content: Buffer | string) => storedIn(world(), content);

describe("The step index", () => {
  test.each([
    ["an empty content", "", "empty"],
    ["a picture", () => picture({ width: 8, height: 8, format: "png" }), "unsupported"],
    ["an archive", zipOf({ "a.txt": { content: "hello" } }), "unsupported"],
    ["old Office", oleOf(["WordDocument"]), "unsupported"],
    ["RTF", "{\\rtf1 hello}", "unsupported"],
    [
      "an encrypted document",
      docxOf([["hidden"]], { secret: { content: "x", isEncrypted: true } }),
      "encrypted",
    ],
  ])("is skipped for %s, and says why", async (_, content, reason) => {
    const { step } = await stored(typeof content === "function" ? await content() : content);

    expect(step).toMatchObject({ step: "index", outcome: "skipped", reason });
  });

  test("fails for a PDF that cannot be read, and its file is ready", async () => {
    const { client, step } = await stored("%PDF-1.4\n\x01\x02\x03 nothing of a document");

    expect(step).toMatchObject({ step: "index", outcome: "failed" });
    expect((await client.get("/api/v1/files")).json.items).toMatchObject([{ state: "ready" }]);
  });

  test("takes the first MiB of text, and 2,000 words of it", async () => {
    const client = await world().member();
    const numbers = Array.from({ length: 3000 }, (_, n) => `number${n}`);
    await client.store("many", numbers.join(" "));
    await client.store("long", `${"same ".repeat(220_000)} behind`);
    await world().settle();

    expect(await found(client, { content: "number1999 number0" })).toEqual(["many"]);
    expect(await found(client, { content: "number2000" })).toEqual([]);
    expect(await found(client, { content: "same" })).toEqual(["long"]);
    expect(await found(client, { content: "behind" })).toEqual([]);
  });

  test("unpacks no more of a document than 8 MiB", async () => {
    const bomb = docxOf([["before"], [" ".repeat(200 * 1024 ** 2)], ["behind"]]);
    expect(bomb.length).toBeLessThan(300_000);
    const { client, step } = await stored(bomb);

    expect(step).toMatchObject({ outcome: "done" });
    expect(await found(client, { content: "before" })).toEqual(["file"]);
    expect(await found(client, { content: "behind" })).toEqual([]);
  });
});

describe("GET /search?content=", () => {
  test("finds files alone that have all words, and meet all other conditions", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("apple");
    await client.put(`/api/v1/files?name=a.txt&folderId=${folder.id}`, "apple pear");
    await client.store("b.txt", "apple plum");
    await client.store("c.html", "<p>apple plum");
    await world().settle();

    expect(await found(client, { content: "apple" })).toEqual(["a.txt", "b.txt", "c.html"]);
    expect(await found(client, { content: "plum apple" })).toEqual(["b.txt", "c.html"]);
    expect(await found(client, { content: "pear plum" })).toEqual([]);
    expect(await found(client, { content: "apple", q: "b" })).toEqual(["b.txt"]);
    expect(await found(client, { content: "apple", type: "text/html" })).toEqual(["c.html"]);
    expect(await found(client, { content: "apple", folderId: folder.id })).toEqual(["a.txt"]);
    expect(await found(client, { content: "apple", kind: "folder" })).toEqual([]);
    expect(await found(client, { content: "apple", sort: "-name" })).toEqual([
      "c.html",
      "b.txt",
      "a.txt",
    ]);
    expect(
      (await client.get("/api/v1/search?content=apple&total=true&limit=1")).json,
    ).toMatchObject({ total: 3 });
  });

  test("comes in pages that end", async () => {
    const client = await world().member();
    for (let n = 0; n < 5; n += 1) await client.store(`${n}`, "banana");
    await world().settle();

    const names: string[] = [];
    let cursor = "";
    do {
      const { json } = await client.get(`/api/v1/search?content=banana&sort=name&limit=2${cursor}`);
      names.push(...json.items.map(({ name }) => name));
      cursor = json.nextCursor === null ? "" : `&cursor=${json.nextCursor}`;
    } while (cursor !== "");

    expect(names).toEqual(["0", "1", "2", "3", "4"]);
  });

  test.each(["a", "!!", "", "x".repeat(65), `cherry ${"y".repeat(65)}`])(
    "is 400 for %j, which no content can have",
    async (content) => {
      const client = await world().member();

      const { status, json } = await client.get(
        `/api/v1/search?content=${encodeURIComponent(content)}`,
      );

      expect([status, json]).toMatchObject([
        400,
        { errors: [{ in: "query", pointer: "content" }] },
      ]);
    },
  );

  test("selects what a job deletes", async () => {
    const { client } = await stored("durian and nothing else");
    await client.store("other", "durable");
    await world().settle();

    const selection = { search: { content: "durian" } };
    await client.post("/api/v1/jobs", { selection, operation: { op: "delete" } });
    await world().settle();

    expect(await found(client, {})).toEqual(["other"]);
  });

  test("does not mind words of one letter", async () => {
    const { client } = await stored("a quince");

    expect(await found(client, { content: "I quince" })).toEqual(["file"]);
  });
});

describe("With CONTENT_SEARCH=off", () => {
  const off = useWorld();

  test("the step is skipped, and a search by content is 501", async () => {
    const client = await off().member();
    const { links } = await client.store("a", "hello");
    await off().settle();

    const { pipeline } = (await client.get(links.metadata)).json;
    expect(pipeline.at(-1)).toMatchObject({ outcome: "skipped", reason: "switched off" });
    expect(await off().mongo.db.collection("contentIndex").countDocuments()).toBe(0);
    const { status, json } = await client.get("/api/v1/search?content=hello");
    expect([status, json]).toMatchObject([501, { code: "content-search-off" }]);
    const selection = { search: { content: "hello" } };
    const job = await client.post("/api/v1/jobs", { selection, operation: { op: "delete" } });
    await off().settle();
    expect((await client.get(`/api/v1/jobs/${job.json.id}`)).json).toMatchObject({
      ...{ state: "failed", problem: { code: "content-search-off" } },
    });
  });
});
