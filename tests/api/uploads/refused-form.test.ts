import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { body, CLOSING, FORM_TYPE, part } from "./raw-form.js";

const MAX_FILE_BYTES = 1_000_000;

const world = useWorld({ maxFileBytes: MAX_FILE_BYTES });

const ALIKE = [
  { expected: "400 invalid-name", name: ".." },
  { expected: "413 content-too-large", name: "a", size: MAX_FILE_BYTES + 1 },
  { expected: "409 name-taken", name: "taken", query: "?onConflict=fail" },
  { expected: "409 name-taken", name: "folder" },
  { expected: "412 precondition-failed", name: "taken", headers: { "If-None-Match": "*" } },
];

describe("A form of which all files are refused", () => {
  test.each(ALIKE)(
    "for one reason is answered $expected, with a result for each: $name",
    async (form) => {
      const { expected, name, size = 1, query = "", headers = {} } = form;
      const client = await world().member();
      await client.store("taken", "old");
      await client.makeFolder("folder");
      const files = [1, 2].map(() => ({ name, bytes: Buffer.alloc(size) }));

      const { status, json } = await client.upload(files, `/api/v1/upload${query}`, headers);

      expect(`${status} ${json.code}`).toBe(expected);
      const results = json.items.map((item) => `${item.status} ${item.problem.code}`);
      expect(results).toEqual([expected, expected]);
    },
  );

  test("for their names says for each which field and which of its files had the name", async () => {
    const client = await world().member();
    const file = (field: string, name: string) =>
      part([`Content-Disposition: form-data; name="${field}"; filename="${name}"`], "x");
    const form = body(
      ...[file("file", ".."), file("a/b", ".."), file("file", "."), file("file", "good")],
      CLOSING,
    );

    const { json } = await client.post("/api/v1/upload", form, { "Content-Type": FORM_TYPE });

    const at = (pointer: string) => [{ in: "body", pointer }];
    expect(json.items).toMatchObject([
      { status: 400, problem: { code: "invalid-name", errors: at("/file/0") } },
      { status: 400, problem: { code: "invalid-name", errors: at("/a~1b/0") } },
      { status: 400, problem: { code: "invalid-name", errors: at("/file/1") } },
      { status: 201, file: { name: "good" } },
    ]);
  });

  test("for different reasons is answered 207", async () => {
    const client = await world().member();
    const large = { name: "large", bytes: Buffer.alloc(MAX_FILE_BYTES + 1) };

    const { status, json } = await client.upload([{ name: "..", bytes: "x" }, large]);

    expect(status).toBe(207);
    const codes = json.items.map((item) => item.problem.code);
    expect(codes).toEqual(["invalid-name", "content-too-large"]);
  });
});
