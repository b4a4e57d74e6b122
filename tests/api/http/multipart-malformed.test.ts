import { describe, expect, test } from "@jest/globals";
import {
  BOUNDARY,
  encode,
  fileWith,
  form,
  OPTIONS,
  readForm,
  type WholePart,
} from "./multipart-source.js";

const B = `--${BOUNDARY}`;
const DISPOSITION = 'Content-Disposition: form-data; name="f"; filename="a"';
const FILE = `${B}\n${DISPOSITION}\n\nhello\n`;
const KIB = 1024;

describe("A body is malformed that", () => {
  test.each([
    ["is empty", ""],
    ["has no boundary", "hello"],
    ["has text before its first boundary", `hello\n${FILE}${B}--\n`],
    ["has text behind its closing boundary", `${FILE}${B}--\nhello`],
    ["has a part behind its closing boundary", `${FILE}${B}--\n${FILE}${B}--\n`],
    ["has text behind a boundary", `${B}x\n${DISPOSITION}\n\nhello\n${B}--\n`],
    ["has a longer boundary in its content", `${FILE}${B}x\nhello\n${B}--\n`],
    ["has one dash behind a boundary", `${FILE}${B}-\n`],
    ["ends in a file", FILE],
    ["ends in a part's header", `${B}\n${DISPOSITION}\n`],
    ["closes in a part's header", `${B}\n${DISPOSITION}\n${B}--\n`],
    ["goes on to a next part in a part's header", `${B}\n${DISPOSITION}\n${FILE}${B}--\n`],
    ["has kilobytes of nothing before its first boundary", `${"\n".repeat(KIB)}${FILE}${B}--\n`],
    ["has kilobytes of nothing behind its closing one", `${FILE}${B}--${"\n".repeat(KIB)}`],
  ])("%s", async (_what, text) => {
    await expect(readForm([form(text)])).rejects.toMatchObject({ code: "malformed-body" });
  });
});

describe("A part's header is malformed that", () => {
  test.each([
    ["is empty", ""],
    ["has no disposition", "Content-Type: text/plain"],
    ["has another disposition", 'Content-Disposition: attachment; name="f"; filename="a"'],
    ["has no name", 'Content-Disposition: form-data; filename="a"'],
    ["has two names", 'Content-Disposition: form-data; name="f"; name="g"'],
    ["has two file names", `${DISPOSITION}; filename="b"`],
    ["has two dispositions", `${DISPOSITION}\n${DISPOSITION}`],
    ["has two types", `${DISPOSITION}\nContent-Type: a/b\nContent-Type: c/d`],
    ["begins with a space", ` ${DISPOSITION}`],
    ["is folded", `Content-Disposition: form-data;\n name="f"`],
    ["has a field name with a space", `${DISPOSITION}\nX Y: z`],
    ["has a line without a colon", `${DISPOSITION}\nhello`],
    ["has a bare carriage return", `${DISPOSITION}\nX: \ry`],
    ["has a null byte", 'Content-Disposition: form-data; name="f"; filename="a\0b"'],
    ["has an open quote", 'Content-Disposition: form-data; name="f"; filename="a'],
    ["has text behind a quote", 'Content-Disposition: form-data; name="f"x; filename="a"'],
    ["has a space in an unquoted name", "Content-Disposition: form-data; name=f; filename=a b"],
    ["has a file name in another charset", `${DISPOSITION}; filename*=koi8-r''%C1`],
    ["has a file name in broken UTF-8", `${DISPOSITION}; filename*=UTF-8''%C3`],
    ["has a transfer encoding", `${DISPOSITION}\nContent-Transfer-Encoding: base64`],
    ["is a megabyte of one field", `${DISPOSITION}\nX: ${"x".repeat(KIB * KIB)}`],
    ["is a megabyte of nothing", `${DISPOSITION}\n${"x".repeat(KIB * KIB)}`],
    ["has a name of a megabyte", `${DISPOSITION.slice(0, -1)}${"x".repeat(KIB * KIB)}"`],
    ["has 10,000 lines", `${DISPOSITION}${"\nX: y".repeat(10_000)}`],
  ])("%s", async (_what, header) => {
    await expect(readForm([fileWith(header)])).rejects.toMatchObject({ code: "malformed-body" });
  });

  test("is longer than 16 KiB, and not one of 16 KiB", async () => {
    const padding = (length: number) =>
      `${DISPOSITION}\nX: ${"x".repeat(length - DISPOSITION.length - 7)}`;

    expect(await readForm([fileWith(padding(16 * KIB))])).toHaveLength(1);
    await expect(readForm([fileWith(padding(16 * KIB + 1))])).rejects.toMatchObject({
      code: "malformed-body",
    });
  });
});

describe("A Content-Type", () => {
  test.each([
    ["without a boundary", "multipart/form-data", "malformed-body"],
    ["with an empty boundary", "multipart/form-data; boundary=", "malformed-body"],
    ["with an empty quoted boundary", 'multipart/form-data; boundary=""', "malformed-body"],
    ["with a boundary of 71", `multipart/form-data; boundary=${"b".repeat(71)}`, "malformed-body"],
    [
      "with a boundary that ends in a space",
      'multipart/form-data; boundary="b "',
      "malformed-body",
    ],
    ["with a boundary beyond ASCII", "multipart/form-data; boundary=é", "malformed-body"],
    ["with two boundaries", "multipart/form-data; boundary=b; boundary=c", "malformed-body"],
    ["with 14,000 semicolons", `multipart/form-data${";".repeat(14_000)}x`, "malformed-body"],
    ["of another multipart", "multipart/mixed; boundary=b", "unsupported-media-type"],
    ["of another type", "text/plain; boundary=b", "unsupported-media-type"],
    ["of nearly the type", "multipart/form-datax; boundary=b", "unsupported-media-type"],
  ])("%s is refused", async (_what, contentType, code) => {
    const reading = readForm([encode([])], { ...OPTIONS, contentType });

    await expect(reading).rejects.toMatchObject({ code });
  });

  test("that is missing is refused", async () => {
    const reading = readForm([encode([])], { ...OPTIONS, contentType: undefined });

    await expect(reading).rejects.toMatchObject({ code: "unsupported-media-type" });
  });

  test.each([
    ["in other letter case", (b: string) => `Multipart/Form-Data; Boundary=${b}`],
    ["with quotes", (b: string) => `multipart/form-data; charset=utf-8; boundary="${b}"`],
    ["with empty parameters", (b: string) => `multipart/form-data ;; boundary=${b} ; `],
  ])("%s is understood", async (_what, contentType) => {
    const options = { ...OPTIONS, contentType: contentType(BOUNDARY) };

    expect(await readForm([encode([])], options)).toEqual([]);
  });

  test("may name a boundary of 70 characters", async () => {
    const boundary = "b".repeat(70);
    const contentType = `multipart/form-data; boundary=${boundary}`;

    expect(await readForm([Buffer.from(`--${boundary}--`)], { ...OPTIONS, contentType })).toEqual(
      [],
    );
  });
});

describe("A form over a limit is refused:", () => {
  const field: WholePart = { kind: "field", fieldName: "a", value: "12345" };
  const file: WholePart = {
    kind: "file",
    fieldName: "f",
    fileName: "a",
    claimedType: null,
    content: "x",
  };

  test.each([
    ["files", { maxFiles: 1 }, "too-many-files"],
    ["fields", { maxFields: 1 }, "too-many-fields"],
    ["the bytes of a field", { maxFieldBytes: 4 }, "field-too-large"],
  ])("%s", async (_what, limit, code) => {
    const reading = readForm([encode([field, file, field, file])], { ...OPTIONS, ...limit });

    await expect(reading).rejects.toMatchObject({ code });
  });

  test("and one at its limits is not", async () => {
    const limits = { maxFiles: 2, maxFields: 2, maxFieldBytes: 5 };

    expect(
      await readForm([encode([field, file, field, file])], { ...OPTIONS, ...limits }),
    ).toHaveLength(4);
  });
});
