import { describe, expect, test } from "@jest/globals";
import {
  parseByteCount,
  parseConcat,
  parseMetadata,
  readPartIds,
  readTusFields,
  readUploadIntent,
} from "../../../../api/uploads/tus/fields.js";

describe("A number of bytes", () => {
  test.each([
    ["0", 0],
    ["7", 7],
    ["10", 10],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["123456789012345678901234567890", 1.2345678901234568e29],
  ])("%j is %d", (text, bytes) => {
    expect(parseByteCount(text)).toBe(bytes);
  });

  test.each([
    "",
    "00",
    "01",
    "-0",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "0x1",
    " 1",
    "1 ",
    "1,1",
    "NaN",
    "\u0661",
  ])("%j is invalid", (text) => {
    expect(parseByteCount(text)).toBeUndefined();
  });
});

describe("Upload-Metadata", () => {
  test.each<[string, [string, string][]]>([
    ["a YQ==", [["a", "a"]]],
    ["a", [["a", ""]]],
    [
      "a ,b",
      [
        ["a", ""],
        ["b", ""],
      ],
    ],
    [
      "filename w6kuYmlu,is_confidential",
      [
        ["filename", "é.bin"],
        ["is_confidential", ""],
      ],
    ],
    [
      "a YQ==, b Yg==",
      [
        ["a", "a"],
        ["b", "b"],
      ],
    ],
    [
      "A YQ==,a Yg==",
      [
        ["A", "a"],
        ["a", "b"],
      ],
    ],
    [
      "constructor YQ==,__proto__ Yg==,toString",
      [
        ["constructor", "a"],
        ["__proto__", "b"],
        ["toString", ""],
      ],
    ],
    ["a YQ==,", [["a", "a"]]],
    [",\t, a YQ== \t,, ", [["a", "a"]]],
  ])("%j is read, and kept as it was sent", (field, values) => {
    expect(parseMetadata(field)).toEqual({ field, values: new Map(values) });
  });

  test.each(["", " ", ",", " ,\t,"])("%j is no metadata", (field) => {
    expect(parseMetadata(field)).toBeUndefined();
  });

  test.each([
    ["a  YQ==", "more than one space"],
    ["a YQ== b", "more than one space"],
    ["a YQ", "a value for a that is not base64"],
    ["b,a YQ=", "a value for a that is not base64"],
    ["a !!", "a value for a that is not base64"],
    ["a YQ==,a", "the key a twice"],
    ["__proto__,__proto__ YQ==", "the key __proto__ twice"],
    ["é YQ==", "visible ASCII"],
    ["a\tYQ==", "visible ASCII"],
  ])("%j is refused, because of %s", (field, reason) => {
    expect(() => parseMetadata(field)).toThrow(reason);
  });

  test.each([
    ["", { name: "unnamed", onConflict: "rename", claimedType: null, claimedSha256: null }],
    ["filename YQ==", { name: "a", onConflict: "version" }],
    ["name YQ==", { name: "a", onConflict: "version" }],
    ["name Yg==,filename YQ==", { name: "a" }],
    ["filename", { name: "", onConflict: "version" }],
    ["onConflict ZmFpbA==", { name: "unnamed", onConflict: "fail" }],
    ["filetype dGV4dC9QbGFpbjthPWI=", { claimedType: "text/plain" }],
    ["type dGV4dC9wbGFpbg==", { claimedType: "text/plain" }],
    ["filetype bm8gdHlwZQ==", { claimedType: null }],
    [
      `sha256 ${Buffer.from("AB".repeat(32)).toString("base64")}`,
      { claimedSha256: "ab".repeat(32) },
    ],
  ])("%j says what the file is to be", (field, intent) => {
    const headers = field === "" ? {} : { "upload-metadata": field };

    expect(readUploadIntent(headers, readTusFields(headers))).toMatchObject(intent);
  });
});

describe("Upload-Concat", () => {
  const [a, b] = ["A".repeat(22), `${"B".repeat(21)}Q`];

  test.each([
    [`final;/api/v1/uploads/${a}`, [a]],
    [`final;/uploads/${a} /uploads/${b}`, [a, b]],
    [`final; https://files.example:8080/under/uploads/${b}  /uploads/${a} `, [b, a]],
  ])("%j names the parts, in this order", (field, ids) => {
    const concat = parseConcat(field);

    expect(typeof concat === "object" ? readPartIds(concat) : concat).toEqual(ids);
  });

  test.each([
    "final;",
    `final;${a}`,
    `final;/uploads/${a}/`,
    `final;/uploads/${a}?b`,
    `final;/uploads/x`,
  ])("%j names no parts", (field) => {
    const concat = parseConcat(field);

    expect(() => typeof concat === "object" && readPartIds(concat)).toThrow("the URLs of parts");
  });

  test("names 1,000 parts at most, and each once", () => {
    const parts = (count: number) =>
      Array.from({ length: count }, (_, n) => `/uploads/${String(n).padStart(21, "0")}A`);

    expect(readPartIds({ partUrls: parts(1000) })).toHaveLength(1000);
    expect(() => readPartIds({ partUrls: parts(1001) })).toThrow("1000 parts");
    expect(() => readPartIds({ partUrls: [...parts(3), ...parts(1)] })).toThrow("once");
  });

  test.each(["partial", "", "Partial", "final", "finally;", "both"])("of %j", (field) => {
    expect(parseConcat(field)).toBe(field === "partial" ? "partial" : undefined);
  });
});
