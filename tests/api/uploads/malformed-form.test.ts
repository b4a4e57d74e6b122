import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { body, BOUNDARY, CLOSING, filePart, FORM_TYPE, part } from "./raw-form.js";

const world = useWorld();

const whole = filePart('filename="whole.txt"');
const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="a"';

const headerLines = (count: number) => Array.from({ length: count }, (_, n) => `X-${n}: y`);

/** Every body begins with a file that is whole: nothing of that one may stay either. */
const malformed: [string, Buffer][] = [
  ["that stops inside a file", body(whole, filePart('filename="b"').subarray(0, -4))],
  ["that stops inside a part's header", body(whole, `--${BOUNDARY}\r\nContent-Dispo`)],
  ["that has no closing boundary", body(whole)],
  ["that stops inside its closing boundary", body(whole, CLOSING.slice(0, -4))],
  ["with a part of no header", body(whole, `--${BOUNDARY}\r\n\r\nhello\r\n`, CLOSING)],
  [
    "with a closing boundary behind a header",
    body(whole, `--${BOUNDARY}\r\n${DISPOSITION}\r\n`, CLOSING),
  ],
  ["with a header name that begins with a space", body(whole, part([` ${DISPOSITION}`]), CLOSING)],
  ["with a header line that is none", body(whole, part([DISPOSITION, "no field"]), CLOSING)],
  [
    "with a part's header of one MiB",
    body(whole, part([DISPOSITION, `X-A: ${"x".repeat(1024 ** 2)}`]), CLOSING),
  ],
  [
    "with 10,000 header lines in a part",
    body(whole, part([DISPOSITION, ...headerLines(10_000)]), CLOSING),
  ],
  [
    "with a part that is no form-data",
    body(whole, part(["Content-Disposition: attachment"]), CLOSING),
  ],
  [
    "with a part in base64",
    body(whole, part([DISPOSITION, "Content-Transfer-Encoding: base64"]), CLOSING),
  ],
  ["with two file names in a part", body(whole, part([`${DISPOSITION}; filename="b"`]), CLOSING)],
  ["with a file name in another charset", body(whole, filePart("filename*=bogus''a%FF"), CLOSING)],
];

describe("POST /upload", () => {
  test.each([
    ["without a boundary", "multipart/form-data"],
    ["with an empty boundary", "multipart/form-data; boundary="],
    ["with two boundaries", "multipart/form-data; boundary=a; boundary=b"],
    ["with a boundary of 10,000 characters", `multipart/form-data; boundary=${"x".repeat(10_000)}`],
    ["with 14,000 semicolons", `multipart/form-data${";".repeat(14_000)}`],
  ])("answers 400 to a form %s", async (_, contentType) => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/upload", body(whole, CLOSING), {
      "Content-Type": contentType,
    });

    expect(`${status} ${json.code}`).toBe("400 malformed-body");
  });

  test.each(malformed)("answers 400 to a form %s, and stores nothing of it", async (_, form) => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/upload", form, {
      "Content-Type": FORM_TYPE,
    });

    expect(`${status} ${json.code}`).toBe("400 malformed-body");
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
    expect(await world().mongo.db.collection("blobs.chunks").countDocuments()).toBe(0);
  });

  test("answers 400 to an empty body", async () => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/upload", Buffer.alloc(0), {
      "Content-Type": FORM_TYPE,
    });

    expect(`${status} ${json.code}`).toBe("400 malformed-body");
  });

  test("answers 431 to a request header of more than 16 KiB", async () => {
    const raw = await world().raw();

    raw.send(`POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(17_000)}\r\n\r\n`);

    expect((await raw.ended()).status).toBe(431);
  });
});
