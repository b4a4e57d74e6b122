import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";
import { body, CLOSING, FORM_TYPE, part } from "./raw-form.js";

const world = useWorld();

/** `sha-256=:…:`, as RFC 9530 has it. */
function digest(algorithm: "sha-256" | "sha-512", content: string | Buffer): string {
  const hash = createHash(algorithm.replace("-", ""));
  return `${algorithm}=:${hash.update(content).digest("base64")}:`;
}

const LARGE = Buffer.alloc(700_000, "large");
const MD5 = "md5=:XUFAKrxLKna5cZ2REBfFkg==:";
const URL = "/api/v1/files?name=a.txt";

async function expectNothingKept(client: Client) {
  expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
  expect(await world().leftovers()).toEqual(NOTHING_LEFT);
}

describe.each(["Repr-Digest", "Content-Digest"])("PUT /files with %s", (field) => {
  test.each<[string, string | Buffer, string]>([
    ["sha-256", "hello", digest("sha-256", "hello")],
    ["sha-512", LARGE, digest("sha-512", LARGE)],
    ["both", LARGE, `${digest("sha-512", LARGE)}, ${digest("sha-256", LARGE)}`],
    ["sha-256 of nothing", "", digest("sha-256", "")],
    ["one that is known among others", "hello", `${MD5}, ${digest("sha-256", "hello")}, x=1`],
    ["only others, which are ignored", "hello", MD5],
  ])("stores what %s says", async (_what, content, value) => {
    const client = await world().member();

    const { status, json } = await client.put(URL, content, { [field]: value });

    expect(status).toBe(201);
    expect((await client.get(json.links.content)).bytes.equals(Buffer.from(content))).toBe(true);
  });

  test.each([
    { claim: digest("sha-256", "hell"), content: "hello", algorithm: "sha-256" },
    { claim: digest("sha-512", ""), content: LARGE, algorithm: "sha-512" },
    { claim: digest("sha-256", "hello"), content: "", algorithm: "sha-256" },
    {
      claim: `${digest("sha-256", "hello")}, ${digest("sha-512", "x")}`,
      content: "hello",
      algorithm: "sha-512",
    },
  ])(
    "answers 422 to $claim of something else, and keeps nothing",
    async ({ claim, content, algorithm }) => {
      const client = await world().member();

      const { status, json } = await client.put(URL, content, { [field]: claim });

      expect(status).toBe(422);
      expect(json).toMatchObject({ code: "digest-mismatch", algorithm });
      await expectNothingKept(client);
    },
  );

  test.each([
    "sha-256=hello",
    "sha-256=",
    "sha-256",
    "sha-256=:aGVsbG8=:",
    `${digest("sha-256", "hello")},`,
    'sha-512="hello"',
    "SHA-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
  ])("answers 400 to %j, which is no digest", async (value) => {
    const client = await world().member();

    const { status, json } = await client.put(URL, "hello", { [field]: value });

    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: "invalid-request",
      errors: [{ in: "header", pointer: field.toLowerCase() }],
    });
    await expectNothingKept(client);
  });
});

describe("PUT /files with both fields", () => {
  test("answers 422 when one of them is wrong", async () => {
    const client = await world().member();

    const { status } = await client.put(URL, "hello", {
      "Repr-Digest": digest("sha-256", "hello"),
      "Content-Digest": digest("sha-256", "other"),
    });

    expect(status).toBe(422);
    await expectNothingKept(client);
  });

  test("leaves the old version where the new one is not what it should be", async () => {
    const client = await world().member();
    const { links } = await client.store("a.txt", "old");

    const { status } = await client.put(URL, "new", { "Repr-Digest": digest("sha-256", "old") });

    expect(status).toBe(422);
    expect((await client.get(links.content)).bytes.toString()).toBe("old");
  });
});

describe("A form whose parts have digests", () => {
  const file = (name: string, content: string | Buffer, ...fields: string[]) =>
    part([`Content-Disposition: form-data; name="f"; filename="${name}"`, ...fields], content);
  const send = async (client: Client, ...parts: Buffer[]) =>
    client.post("/api/v1/upload", body(...parts, CLOSING), { "Content-Type": FORM_TYPE });

  test("answers 201 when all of them are right", async () => {
    const client = await world().member();

    const { status } = await send(
      client,
      file("a", "hello", `Repr-Digest: ${digest("sha-256", "hello")}`),
      file("b", LARGE, `content-digest: ${digest("sha-512", LARGE)}`, `Repr-Digest: ${MD5}`),
      file("c", "none"),
    );

    expect(status).toBe(201);
  });

  test("answers 207 with 422 for the file whose digest is wrong, and stores the others", async () => {
    const client = await world().member();

    const { status, json } = await send(
      client,
      file("a", LARGE, `Repr-Digest: ${digest("sha-256", "hello")}`),
      file("b", "b", `Repr-Digest: ${digest("sha-256", "b")}`),
    );

    expect(status).toBe(207);
    expect(json.items).toMatchObject([
      { status: 422, problem: { code: "digest-mismatch", algorithm: "sha-256" } },
      { status: 201, file: { name: "b" } },
    ]);
    await world().settle();
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("answers 422 when its only file is not what it should be", async () => {
    const client = await world().member();

    const { status } = await send(
      client,
      file("a", "hello", `Content-Digest: ${digest("sha-512", "x")}`),
    );

    expect(status).toBe(422);
    await expectNothingKept(client);
  });

  test("answers 400 to a digest that is none, and keeps nothing of the form", async () => {
    const client = await world().member();

    const { status, json } = await send(
      client,
      file("a", "hello"),
      file("b", "hello", "Repr-Digest: sha-256=:aGVsbG8=:"),
    );

    expect([status, json.code]).toEqual([400, "malformed-body"]);
    await expectNothingKept(client);
  });
});
