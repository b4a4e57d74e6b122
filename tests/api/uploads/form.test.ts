import { describe, expect, test } from "@jest/globals";
import type { Answer, Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { body, CLOSING, filePart, FORM_TYPE, part } from "./raw-form.js";

const MAX_FILE_BYTES = 400_000;

const world = useWorld({ maxFileBytes: MAX_FILE_BYTES, maxFilesPerUpload: 3, maxFieldBytes: 2000 });

const send = (client: Client, bytes: Buffer): Promise<Answer> =>
  client.post("/api/v1/upload", bytes, { "Content-Type": FORM_TYPE });

describe.each(["/api/v1/upload", "/api/v1/files", "/api/upload", "/api/files"])(
  "POST %s",
  (path) => {
    test("answers 201 with every file of a form", async () => {
      const client = await world().member();
      const files = [
        { name: "a.txt", bytes: "hello", type: "text/plain" },
        { name: "empty.bin", bytes: "" },
        { name: "large.bin", bytes: Buffer.alloc(300_000, "x") },
      ];

      const { status, json } = await client.upload(files, path);

      expect(status).toBe(201);
      expect(json.items.map(({ file }) => [file.name, file.sizeBytes])).toEqual([
        ["a.txt", 5],
        ["empty.bin", 0],
        ["large.bin", 300_000],
      ]);
      for (const [index, { file }] of json.items.entries()) {
        const { status: found, bytes } = await client.get(file.links.content);
        expect(found).toBe(200);
        expect(bytes.equals(Buffer.from(files[index]?.bytes ?? ""))).toBe(true);
      }
    });

    test("names the only file of a form in Location, and none of several", async () => {
      const client = await world().member();
      const one = { name: "one.txt", bytes: "1" };

      const single = await client.upload([one], path);
      const both = await client.upload([one, { name: "two.txt", bytes: "2" }], path);

      expect(single.headers["location"]).toBe(
        `${world().url}${single.json.items[0]?.file.links.content}`,
      );
      expect(both.headers["location"]).toBeUndefined();
      for (const { file } of both.json.items) {
        expect((await client.get(file.links.content)).headers["etag"]).toBe(file.etag);
      }
    });

    test("answers 401 without a session", async () => {
      const { status } = await world()
        .visitor()
        .upload([{ name: "a", bytes: "1" }], path);

      expect(status).toBe(401);
    });
  },
);

describe("POST /upload", () => {
  test("takes a part with a file name and no type for a file, whatever its field is called", async () => {
    const client = await world().member();
    const parts = ["__proto__", "file[0]", "Datei ü"].map((name, n) =>
      part([`Content-Disposition: form-data; name="${name}"; filename="${n}.txt"`], String(n)),
    );

    const { status, json } = await send(client, body(...parts, CLOSING));

    expect(status).toBe(201);
    expect(json.items.map(({ file }) => file.name)).toEqual(["0.txt", "1.txt", "2.txt"]);
  });

  test("passes over fields", async () => {
    const client = await world().member();
    const field = part(['Content-Disposition: form-data; name="title"'], "x".repeat(2000));

    const { status, json } = await send(client, body(field, filePart('filename="a"'), CLOSING));

    expect(status).toBe(201);
    expect(json.items).toHaveLength(1);
  });

  test("answers 207 when some of the files are refused, and stores the others", async () => {
    const client = await world().member();

    const { status, json } = await client.upload([
      { name: "..", bytes: "x" },
      { name: "good.txt", bytes: "good" },
      { name: "large", bytes: Buffer.alloc(MAX_FILE_BYTES + 1) },
    ]);

    expect(status).toBe(207);
    expect(
      json.items.map((item) => (item.status === 201 ? item.file.name : item.problem.code)),
    ).toEqual(["invalid-name", "good.txt", "content-too-large"]);
    expect((await client.get("/api/v1/files")).json.items.map(({ name }) => name)).toEqual([
      "good.txt",
    ]);
    expect(await client.usage()).toMatchObject({ reservedBytes: expect.any(Number) });
  });

  test.each([
    ["400 invalid-name", { name: "a\u202ebat", bytes: "x" }],
    ["413 content-too-large", { name: "a", bytes: Buffer.alloc(MAX_FILE_BYTES + 1) }],
  ])("answers %s when the only file is refused for that", async (expected, file) => {
    const client = await world().member();

    const { status, json } = await client.upload([file]);

    expect(`${status} ${json.code}`).toBe(expected);
  });

  test.each([
    [MAX_FILE_BYTES, 201],
    [MAX_FILE_BYTES + 1, 413],
  ])(
    "answers a file of %i bytes with %i, whatever length its part claims",
    async (size, status) => {
      const client = await world().member();
      const header = [
        'Content-Disposition: form-data; name="file"; filename="large"',
        "Content-Length: 5",
      ];

      const answer = await send(client, body(part(header, Buffer.alloc(size)), CLOSING));

      expect(answer.status).toBe(status);
    },
  );

  test("answers 400 no-file for a form without files", async () => {
    const client = await world().member();
    const field = part(['Content-Disposition: form-data; name="a"'], "1");

    const { status, json } = await send(client, body(field, CLOSING));

    expect(`${status} ${json.code}`).toBe("400 no-file");
  });

  test("answers 413 for one file too many, and stores none", async () => {
    const client = await world().member();

    const { status, json } = await client.upload(
      Array.from({ length: 4 }, (_, n) => ({ name: `${n}`, bytes: "x" })),
    );

    expect(`${status} ${json.code}`).toBe("413 too-many-files");
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("answers 413 for a field that is too long, and stores nothing", async () => {
    const client = await world().member();
    const field = part(['Content-Disposition: form-data; name="a"'], "x".repeat(2001));

    const { status, json } = await send(client, body(filePart('filename="a"'), field, CLOSING));

    expect(`${status} ${json.code}`).toBe("413 field-too-large");
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("answers 413 for a form that is longer than its files may be, before it is sent", async () => {
    const client = await world().member();
    const raw = await world().raw();

    raw.send(
      [
        "POST /api/v1/upload HTTP/1.1",
        "Host: a",
        `Cookie: ${client.cookie}`,
        `Content-Type: ${FORM_TYPE}`,
        "Content-Length: 99999999999",
        "Expect: 100-continue",
        "\r\n",
      ].join("\r\n"),
    );
    const { text, status } = await raw.ended();

    expect(status).toBe(413);
    expect(text).not.toContain("100 Continue");
  });

  test("makes each of two files with one name a version of one file, the last one shown", async () => {
    const client = await world().member();

    const { status, json } = await client.upload([
      { name: "a", bytes: "first" },
      { name: "a", bytes: "second" },
    ]);

    expect(status).toBe(201);
    expect(json.items.map((item) => item.status)).toEqual([201, 200]);
    const { bytes } = await client.get(json.items[1]?.file.links.content ?? "");
    expect(bytes.toString()).toBe("second");
  });

  test("answers 207 with 409 for a name that is taken, with onConflict=fail", async () => {
    const client = await world().member();
    await client.store("a", "old");

    const files = ["a", "b"].map((name) => ({ name, bytes: "new" }));
    const { status, json } = await client.upload(files, "/api/v1/upload?onConflict=fail");

    expect(status).toBe(207);
    expect(json.items.map((item) => item.status)).toEqual([409, 201]);
  });

  test("answers 400 with a pointer to a parameter that it does not know", async () => {
    const client = await world().member();

    const { status, json } = await client.upload([{ name: "a", bytes: "" }], "/api/upload?name=a");

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "query", pointer: "name" }]);
  });

  test("answers 415 to what is no form", async () => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/upload", { file: "a" });

    expect(`${status} ${json.code}`).toBe("415 unsupported-media-type");
  });
});
