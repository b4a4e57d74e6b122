import { describe, expect, test } from "@jest/globals";
import type { IncomingHttpHeaders } from "node:http";
import { evaluateConditions, isRangeWanted } from "../../../api/http/conditional.js";
import { InvalidRequestError } from "../../../common/platform/errors.js";
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
  [{ "if-unmodified-since": SAME }, "proceed"],
  [{ "if-unmodified-since": AFTER }, "proceed"],
  [{ "if-unmodified-since": BEFORE }, "failed"],
  [{ "if-unmodified-since": "yesterday" }, "proceed"],
  [{ "if-match": '"v1"', "if-unmodified-since": BEFORE }, "proceed"],
  [{ "if-none-match": '"v0"' }, "proceed"],
  [{ "if-match": '"v0"', "if-none-match": '"v1"' }, "failed"],
  [{ "if-none-match": '"v1"' }, "not-modified"],
  [{ "if-none-match": 'W/"v1"' }, "not-modified"],
  [{ "if-none-match": '"v0", W/"v1"' }, "not-modified"],
  [{ "if-none-match": "*" }, "not-modified"],
  [{ "if-none-match": ' , "v0" ,, W/"v1" , ' }, "not-modified"],
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

  test.each([
    { "if-match": "v1" },
    { "if-match": "" },
    { "if-match": "0" },
    { "if-match": '"v1' },
    { "if-none-match": "v1" },
    { "if-none-match": 'v0, "v1"' },
    { "if-none-match": '*, "v1"' },
    { "if-none-match": 'w/"v1"' },
    { "if-none-match": "," },
    { "if-match": '"v0"', "if-none-match": "v1" },
    { "if-match": "v1", "if-none-match": '"v1"' },
  ])("of a read with %j are malformed", (headers) => {
    expect(() => evaluateConditions(headers, CURRENT)).toThrow(InvalidRequestError);
  });

  test("of a read with dates mean nothing where the resource has none", () => {
    const headers = { "if-modified-since": AFTER, "if-unmodified-since": BEFORE };

    expect(evaluateConditions(headers, { etag: '"v1"' })).toBe("proceed");
    expect(isRangeWanted({ range: "bytes=0-1", "if-range": AFTER }, { etag: '"v1"' })).toBe(false);
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
    ["Mon, 06 May 2024", false],
    [BEFORE, false],
    [AFTER, false],
    ["", false],
  ])("with If-Range %j counts: %s", (ifRange, isWanted) => {
    const headers = { range: "bytes=0-1", ...(ifRange !== undefined && { "if-range": ifRange }) };

    expect(isRangeWanted(headers, CURRENT)).toBe(isWanted);
  });

  test.each(['"v1', '"v1" x', '"v1", "v2"', "W/v1", 'W/"v1'])(
    "with If-Range %j is malformed",
    (ifRange) => {
      const headers = { range: "bytes=0-1", "if-range": ifRange };

      expect(() => isRangeWanted(headers, CURRENT)).toThrow(InvalidRequestError);
    },
  );

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
  ])("%j is invalid", (field) => {
    expect(parseHttpDate(field)).toBeUndefined();
  });
});
