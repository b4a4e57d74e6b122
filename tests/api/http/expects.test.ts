import { parse } from "node:querystring";
import { describe, expect, test } from "@jest/globals";
import { array, object, string } from "yup";
import {
  cursor,
  flag,
  id,
  limit,
  MAX_PAGE_ITEMS,
  password,
  username,
  wholeNumber,
} from "../../../api/http/fields.js";
import { checkRequest } from "../../../api/http/expects.js";
import type { RequestSchema } from "../../../api/http/route.js";
import { InvalidRequestError, NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";

interface Given {
  readonly params?: unknown;
  readonly query?: string;
  readonly body?: unknown;
}

function read<S extends RequestSchema>(schema: S, { params, query = "", body }: Given) {
  const readBody = () => Promise.resolve(body);
  return checkRequest({ params, query: parse(query), readBody }, schema);
}

async function faultsOf(schema: RequestSchema, given: Given) {
  const error = await read(schema, given).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidRequestError);
  return (error as InvalidRequestError).facts["errors"];
}

const credentials = { body: object({ username, password }) };
const john = { username: "john", password: "seven-purple-owls" };

describe("a body", () => {
  test("arrives typed as it is", async () => {
    const { body } = await read(credentials, { body: john });

    expect(body).toEqual(john);
  });

  test.each([
    ["a missing field", { username: "john" }, "/password"],
    ["null", { ...john, password: null }, "/password"],
    ["an operator", { ...john, username: { $gt: "" } }, "/username"],
    ["a number", { ...john, password: 12345678 }, "/password"],
    ["a list", { ...john, username: ["john"] }, "/username"],
    ["a boxed string", { ...john, username: { length: 4 } }, "/username"],
    ["an unknown field", { ...john, role: "admin" }, "/role"],
    ["an operator as a field", { ...john, $where: "sleep(5000)" }, "/$where"],
    ["a field named like a method", { ...john, constructor: {} }, "/constructor"],
    ["a field whose name needs escaping", { ...john, "a/b~c": 1 }, "/a~1b~0c"],
    ["an empty username", { ...john, username: "" }, "/username"],
    ["two characters", { ...john, username: "jo" }, "/username"],
    ["65 characters", { ...john, username: "j".repeat(65) }, "/username"],
    ["a line break at the end", { ...john, username: "john\n" }, "/username"],
    ["a space", { ...john, username: "jo hn" }, "/username"],
    ["an umlaut", { ...john, username: "jöhn" }, "/username"],
    ["seven characters", { ...john, password: "1234567" }, "/password"],
    ["1,025 characters", { ...john, password: "x".repeat(1025) }, "/password"],
    ["a lone surrogate", { ...john, password: "password\uD800" }, "/password"],
    ["a list instead of an object", [john], ""],
    ["nothing", undefined, ""],
  ])("with %s is refused with its pointer", async (_, body, pointer) => {
    expect(await faultsOf(credentials, { body })).toEqual([
      { in: "body", pointer, detail: expect.any(String) },
    ]);
  });

  test("is told all its faults at once", async () => {
    expect(await faultsOf(credentials, { body: { username: "?", password: "short" } })).toEqual([
      { in: "body", pointer: "/username", detail: "username must be 3 to 64 of A-Z a-z 0-9 . _ -" },
      { in: "body", pointer: "/password", detail: "password must have at least 8 characters" },
    ]);
  });

  test("is told at most twenty", async () => {
    const body = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key${n}`, n]));

    expect(await faultsOf(credentials, { body })).toHaveLength(20);
  });

  test("is not repeated in the answer where it is of a wrong type", async () => {
    const faults = await faultsOf(credentials, { body: { ...john, password: ["a secret"] } });

    expect(JSON.stringify(faults)).not.toContain("a secret");
  });

  test("is pointed into, however deep", async () => {
    const schema = { body: object({ items: array(object({ name: string().defined() })) }) };

    expect(await faultsOf(schema, { body: { items: [{ name: "a" }, {}] } })).toMatchObject([
      { pointer: "/items/1/name" },
    ]);
  });
});

describe("a query", () => {
  const list = { query: object({ limit, cursor, total: flag }) };

  test("has numbers, switches and defaults", async () => {
    expect((await read(list, {})).query).toEqual({ limit: 100, total: false });
    expect((await read(list, { query: "limit=1&total=true&cursor=abc" })).query).toEqual({
      limit: 1,
      total: true,
      cursor: "abc",
    });
    expect((await read(list, { query: `limit=${MAX_PAGE_ITEMS}` })).query.limit).toBe(1000);
  });

  test.each([
    "limit=1&limit=2",
    "limit[]=1",
    "limit[$gt]=1",
    "limit=",
    "limit=-1",
    "limit=0",
    "limit=1001",
    "limit=1e2",
    "limit=1e9",
    "limit=NaN",
    "limit=Infinity",
    "limit=0x10",
    "limit=%201",
    "limit=1.0",
    "limit=+1",
    "limit=١",
    "limit=9007199254740993",
    "total=1",
    "total=TRUE",
    "total=",
    "cursor=",
    "cursor=a%00b",
    "token=secret",
    "__proto__=1",
    "constructor=1",
  ])("%s is refused", async (query) => {
    expect(await faultsOf(list, { query })).toEqual([
      { in: "query", pointer: query.split("=")[0], detail: expect.any(String) },
    ]);
  });

  test("with parameters is refused where none is known", async () => {
    expect(await faultsOf({}, { query: "id[$ne]=1" })).toMatchObject([{ pointer: "id[$ne]" }]);
  });

  test("has numbers up to 2^53 - 1", async () => {
    const schema = { query: object({ n: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }) }) };

    expect((await read(schema, { query: "n=9007199254740991" })).query.n).toBe(2 ** 53 - 1);
    expect(await faultsOf(schema, { query: "n=9007199254740992" })).toHaveLength(1);
  });
});

describe("a path", () => {
  const one = { params: object({ fileId: id }) };

  test("has ids", async () => {
    const fileId = newId();

    expect((await read(one, { params: { fileId } })).params).toEqual({ fileId });
  });

  test.each(["", "1", "../../etc/passwd", "$ne", "x".repeat(22), `${newId()}=`, `${newId()}\n`])(
    "with %j for an id leads nowhere",
    async (fileId) => {
      await expect(read(one, { params: { fileId } })).rejects.toBeInstanceOf(NotFoundError);
    },
  );
});
