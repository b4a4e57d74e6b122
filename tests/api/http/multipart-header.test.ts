import { describe, expect, test } from "@jest/globals";
import { BOUNDARY, fileWith, form, readForm } from "./multipart-source.js";

describe("A part", () => {
  test.each([
    ['name="f"; filename="a"', { fieldName: "f", fileName: "a" }],
    ['name="f"; filename=""', { fieldName: "f", fileName: "" }],
    ["name=f; filename=a.txt", { fieldName: "f", fileName: "a.txt" }],
    ['NAME="f"; FILENAME="a"', { fieldName: "f", fileName: "a" }],
    ['name="f";filename="a";', { fieldName: "f", fileName: "a" }],
    ['name="__proto__"; filename="a"', { fieldName: "__proto__", fileName: "a" }],
    ['name="f"; filename="a;b=c"', { fieldName: "f", fileName: "a;b=c" }],
    ['name="f"; filename="a\\b&#1234;c%22.txt"', { fieldName: "f", fileName: 'a\\b&#1234;c".txt' }],
    ['name="%22f%22"; filename="a"', { fieldName: '"f"', fileName: "a" }],
    ['name="%0D%0A"; filename="%0D%0A"', { fieldName: "\r\n", fileName: "\r\n" }],
    [
      'name="f"; filename="100%25 %0a%0d%09%00%2F.txt"',
      { fieldName: "f", fileName: "100%25 %0a%0d%09%00%2F.txt" },
    ],
    ["name=\"f\"; filename*=UTF-8''100%2522.txt", { fieldName: "f", fileName: "100%22.txt" }],
    ['name="f"; filename="C:\\dir\\x.txt"', { fieldName: "f", fileName: "C:\\dir\\x.txt" }],
    [
      'name="f"; filename="say \\"hi\\" \\\\ .txt"',
      { fieldName: "f", fileName: 'say "hi" \\ .txt' },
    ],
    ['name="f"; filename="файл 🗂.txt"', { fieldName: "f", fileName: "файл 🗂.txt" }],
    ['name="f"; filename="../../etc/passwd"', { fieldName: "f", fileName: "../../etc/passwd" }],
    ["name=\"f\"; filename*=UTF-8''na%C3%AFve.txt", { fieldName: "f", fileName: "naïve.txt" }],
    [
      'name="f"; filename="=?utf-8?B?Zg==?="; filename*=utf-8\'\'f',
      { fieldName: "f", fileName: "f" },
    ],
  ])("with %s is a file of that name", async (parameters, expected) => {
    const [part] = await readForm([fileWith(`Content-Disposition: form-data; ${parameters}`)]);

    expect(part).toMatchObject({ kind: "file", claimedType: null, content: "hello", ...expected });
  });

  test("whose name is no UTF-8 has a replacement character in its name", async () => {
    const body = fileWith('Content-Disposition: form-data; name="f"; filename="\x01"');
    body[body.indexOf(1)] = 0xff;

    expect(await readForm([body])).toMatchObject([{ fileName: "\ufffd" }]);
  });

  test("without a file name is a field", async () => {
    const body = fileWith('Content-Disposition: form-data; name="f"\nContent-Type: image/png');

    expect(await readForm([body])).toEqual([{ kind: "field", fieldName: "f", value: "hello" }]);
  });

  test("may have other header fields, and a type that is no type", async () => {
    const body = fileWith(
      'X-Other: é\ncontent-disposition:form-data; name="f"; filename="a"\nContent-Type: text/<b>',
    );

    expect(await readForm([body])).toMatchObject([{ kind: "file", claimedType: null }]);
  });

  test("may have a boundary line with spaces behind it, and be followed by blank lines", async () => {
    const body = form(
      `\n--${BOUNDARY} \t\nContent-Disposition: form-data; name=f\n\nx\n--${BOUNDARY}--  \n\n`,
    );

    expect(await readForm([body])).toEqual([{ kind: "field", fieldName: "f", value: "x" }]);
  });
});
