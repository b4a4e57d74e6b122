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
  ["with a malformed header line", body(whole, part([DISPOSITION, "no field"]), CLOSING)],
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

const FIELD = 'Content-Disposition: form-data; name="a"';

const inOtherCharsets: [string, string, Buffer][] = [
  ["all of it", `${FORM_TYPE}; charset=utf-7`, body(whole, CLOSING)],
  [
    "a field",
    FORM_TYPE,
    body(whole, part([FIELD, "Content-Type: text/plain; charset=utf-16"]), CLOSING),
  ],
  [
    "what its _charset_ says",
    FORM_TYPE,
    body(part(['Content-Disposition: form-data; name="_charset_"'], "koi8-r"), whole, CLOSING),
  ],
];

describe("POST /upload", () => {
  test.each(inOtherCharsets)(
    "answers 415 to a form in another charset than UTF-8 (%s), and stores nothing",
    async (_, contentType, form) => {
      const client = await world().member();

      const answer = await client.post("/api/v1/upload", form, { "Content-Type": contentType });

      expect([answer.status, answer.json.code]).toEqual([415, "unsupported-media-type"]);
      expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    },
  );

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

  const CHARSET = 'Content-Disposition: form-data; name="_charset_"';
  const inAscii = (charset: string, value: string, name = "a") => [
    {
      type: `${FORM_TYPE}; charset=${charset}`,
      form: body(part([FIELD], value), filePart(`filename="${name}"`), CLOSING),
    },
    {
      type: FORM_TYPE,
      form: body(
        part([CHARSET], charset.replaceAll('"', "")),
        ...[part([FIELD], value), filePart(`filename="${name}"`), CLOSING],
      ),
    },
  ];
  const fieldIn = (charset: string, value: string) => ({
    type: FORM_TYPE,
    form: body(
      part([FIELD, `Content-Type: text/plain; charset=${charset}`], value),
      ...[filePart('filename="é"', "é"), CLOSING],
    ),
  });

  test.each(["us-ascii", "US-ASCII", '"us-ascii"', "ascii", '"ASCII"'])(
    "takes a form, what its _charset_ says and a field in %s, and files as they are",
    async (charset) => {
      const client = await world().member();

      for (const { type, form } of [...inAscii(charset, "~"), fieldIn(charset, "~")]) {
        const { status } = await client.post("/api/v1/upload", form, { "Content-Type": type });
        expect(status).toBe(201);
      }
    },
  );

  test("answers 400 to other bytes in US-ASCII, and stores nothing", async () => {
    const client = await world().member();
    const others = [
      ...inAscii("us-ascii", "é"),
      ...inAscii("us-ascii", "~", "é"),
      fieldIn("us-ascii", "é"),
    ];

    for (const { type, form } of others) {
      const { status, json } = await client.post("/api/v1/upload", form, { "Content-Type": type });
      expect(`${status} ${json.code}`).toBe("400 malformed-body");
    }
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("takes a form that says it is in UTF-8, and a file that says it is not", async () => {
    const client = await world().member();
    const text = "Content-Type: text/plain; charset=";
    const form = body(
      part(['Content-Disposition: form-data; name="_charset_"'], "UTF-8"),
      part([FIELD, `${text}utf8`], "x"),
      part([DISPOSITION, `${text}utf-7`], "x"),
      CLOSING,
    );

    const { status } = await client.post("/api/v1/upload", form, {
      "Content-Type": `${FORM_TYPE}; charset=UTF-8`,
    });

    expect(status).toBe(201);
  });
});
