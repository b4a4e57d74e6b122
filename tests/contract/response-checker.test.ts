import { describe, expect, test } from "@jest/globals";
import {
  BrokenPromiseError,
  checkResponse,
  type SeenResponse,
} from "../support/openapi/response-checker.js";
import { at } from "../support/openapi/promise.js";

const problem = (status: number, code: string) =>
  JSON.stringify({
    type: `/problems/${code}`,
    title: "t",
    status,
    code,
    detail: "d",
    requestId: "r",
  });
const json = { "content-type": "application/json; charset=utf-8" };
const problemJson = { "content-type": "application/problem+json" };
const file = at("components", "schemas", "File")["example"] as Record<string, unknown>;

const metadata: SeenResponse = {
  method: "GET",
  path: "/api/v1/files/5yJm2uVd7oQxk3Ea0PzH1g/metadata?",
  status: 200,
  headers: { ...json, "cache-control": "no-store", etag: '"m"' },
  body: JSON.stringify(file),
};

function refusal(status: number, code: string, rest: Partial<SeenResponse> = {}): SeenResponse {
  return { ...metadata, status, headers: problemJson, body: problem(status, code), ...rest };
}

const KEPT: readonly (readonly [string, SeenResponse])[] = [
  ["a promised answer", metadata],
  ["the same under the plain path", { ...metadata, path: metadata.path.replace("/v1", "") }],
  ["HEAD where GET is promised, without a body", { ...metadata, method: "HEAD", body: "" }],
  ["a promised refusal", refusal(404, "not-found")],
  ["a refusal that any operation may answer", refusal(503, "unavailable")],
  ["404 where nothing is promised", refusal(404, "not-found", { path: "/nowhere" })],
  [
    "405 with Allow for a method that is not promised",
    refusal(405, "method-not-allowed", {
      method: "PATCH",
      headers: { ...problemJson, allow: "GET, HEAD" },
    }),
  ],
  [
    "a file's content of any type",
    {
      ...metadata,
      path: "/api/files/5yJm2uVd7oQxk3Ea0PzH1g",
      headers: {
        "content-type": "application/json",
        etag: '"v"',
        "last-modified": "Sat, 31 Jan 2026 09:30:00 GMT",
        "accept-ranges": "bytes",
        "cache-control": "no-cache",
        "content-disposition": 'attachment; filename="a.json"',
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
      },
      body: "{ not JSON",
    },
  ],
];

const BROKEN: readonly (readonly [string, SeenResponse, RegExp])[] = [
  ["a status that is not promised", { ...metadata, status: 202 }, /its type is/],
  [
    "another media type",
    { ...metadata, headers: { ...metadata.headers, "content-type": "text/plain" } },
    /its type is text\/plain/,
  ],
  [
    "a body that does not fit",
    { ...metadata, body: JSON.stringify({ ...file, sizeBytes: -1 }) },
    /\/sizeBytes/,
  ],
  [
    "a field that is not promised",
    { ...metadata, body: JSON.stringify({ ...file, ownerId: "x" }) },
    /ownerId/,
  ],
  ["a body that is no JSON", { ...metadata, body: "<html>" }, /not JSON/],
  ["a required header that is missing", { ...metadata, headers: json }, /Cache-Control is missing/],
  ["a code that belongs to another status", refusal(404, "unauthenticated"), /\/code/],
  [
    "a problem that names another status",
    refusal(404, "not-found", { body: problem(400, "not-found") }),
    /status/,
  ],
  ["an unknown error code", refusal(503, "no-such-code"), /\/code/],
  [
    "a body after 204",
    { ...metadata, method: "DELETE", path: "/api/v1/files/x", status: 204 },
    /no body/,
  ],
  ["a body after HEAD", { ...metadata, method: "HEAD" }, /no body/],
  [
    "success on a path that is not promised",
    { ...metadata, path: "/api/v1/secrets" },
    /nothing is promised/,
  ],
  [
    "success of a method that is not promised",
    { ...metadata, method: "PATCH" },
    /nothing is promised/,
  ],
  [
    "405 without Allow",
    refusal(405, "method-not-allowed", { method: "PATCH" }),
    /Allow is missing/,
  ],
];

describe("checkResponse", () => {
  test.each(KEPT)("accepts %s", (_title, seen) => {
    expect(() => {
      checkResponse(seen);
    }).not.toThrow();
  });

  test.each(BROKEN)("refuses %s", (_title, seen, fault) => {
    const check = () => {
      checkResponse(seen);
    };

    expect(check).toThrow(BrokenPromiseError);
    expect(check).toThrow(fault);
  });
});
