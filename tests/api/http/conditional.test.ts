import { describe, expect, test } from "@jest/globals";
import type { IncomingHttpHeaders } from "node:http";
import { evaluateConditions, isRangeWanted } from "../../../api/http/conditional.js";
import { parseHttpDate } from "../../../api/http/validators.js";

const CURRENT = { etag: '"v1"', lastModified: new Date("2024-05-06T07:08:09.678Z") };
const BEFORE = "Mon, 06 May 2024 07:08:08 GMT";
const SAME = "Mon, 06 May 2024 07:08:09 GMT";
const AFTER = "Mon, 06 May 2024 07:08:10 GMT";

type Row = [IncomingHttpHeaders, "proceed" | "not-modified" | "failed"];

const ROWS: Row[] = [
  [{}, "proceed"],
  [{ "if-match": '"v1"' }, "proceed"],
  [{ "if-match": "*" }, "proceed"],
  [{ "if-match": '"v0", "v1"' }, "proceed"],
  [{ "if-match": '"a,b" ,"v1"' }, "proceed"],
  [{ "if-match": '"v0"' }, "failed"],
  [{ "if-match": 'W/"v1"' }, "failed"],
  [{ "if-match": "v1" }, "failed"],
  [{ "if-match": "" }, "failed"],
  [{ "if-unmodified-since": SAME }, "proceed"],
  [{ "if-unmodified-since": AFTER }, "proceed"],
  [{ "if-unmodified-since": BEFORE }, "failed"],
  [{ "if-unmodified-since": "yesterday" }, "proceed"],
  [{ "if-match": '"v1"', "if-unmodified-since": BEFORE }, "proceed"],
  [{ "if-none-match": '"v0"' }, "proceed"],
  [{ "if-none-match": "v1" }, "proceed"],
  [{ "if-match": '"v0"', "if-none-match": '"v1"' }, "failed"],
  [{ "if-none-match": '"v1"' }, "not-modified"],
  [{ "if-none-match": 'W/"v1"' }, "not-modified"],
  [{ "if-none-match": '"v0", W/"v1"' }, "not-modified"],
  [{ "if-none-match": "*" }, "not-modified"],
  [{ "if-none-match": ' , "v0" ,, W/"v1" , ' }, "not-modified"],
  [{ "if-none-match": 'v0, "v1"' }, "proceed"],
  [{ "if-modified-since": SAME }, "not-modified"],
  [{ "if-modified-since": AFTER }, "not-modified"],
  [{ "if-modified-since": BEFORE }, "proceed"],
  [{ "if-modified-since": "Mon, 06 May 2024" }, "proceed"],
  [{ "if-none-match": '"v0"', "if-modified-since": AFTER }, "proceed"],
  [{ "if-match": '"v1"', "if-none-match": '"v1"' }, "not-modified"],
];

describe("The conditions", () => {
  test.each(ROWS)("of a read with %j: %s", (headers, outcome) => {
    expect(evaluateConditions(headers, CURRENT)).toBe(outcome);
  });
});

describe("A Range", () => {
  test.each([
    [undefined, true],
    ['"v1"', true],
    [' "v1" ', true],
    [SAME, true],
    ['"v0"', false],
    ['W/"v1"', false],
    ["v1", false],
    ["*", false],
    [BEFORE, false],
    [AFTER, false],
    ["", false],
  ])("with If-Range %j counts: %s", (ifRange, isWanted) => {
    const headers = { range: "bytes=0-1", ...(ifRange !== undefined && { "if-range": ifRange }) };

    expect(isRangeWanted(headers, CURRENT)).toBe(isWanted);
  });

  test("that is not there does not count", () => {
    expect(isRangeWanted({ "if-range": '"v1"' }, CURRENT)).toBe(false);
  });
});

describe("A date of HTTP", () => {
  test.each([
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ])("%s is understood", (field) => {
    expect(parseHttpDate(field)).toBe(784_111_777);
  });

  test.each([
    "",
    "0",
    "784111777",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 +0100",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 25:49:37 GMT",
    "Abc 5",
  ])("%j is none", (field) => {
    expect(parseHttpDate(field)).toBeUndefined();
  });
});
