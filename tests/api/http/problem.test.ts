import { describe, expect, test } from "@jest/globals";
import {
  MethodNotAllowedError,
  RangeNotSatisfiableError,
  RequestTimeoutError,
} from "../../../api/http/errors.js";
import { problemMessage, PROBLEMS, toProblem } from "../../../api/http/problem.js";
import {
  BusyError,
  InvalidRequestError,
  NotFoundError,
  UnavailableError,
} from "../../../common/platform/errors.js";

describe("A problem", () => {
  test("has what RFC 9457 asks for, the code and the request id", () => {
    expect(toProblem(new NotFoundError("file"), "r1")).toEqual({
      status: 404,
      headers: {},
      body: {
        type: "/problems/not-found",
        title: "Not found",
        status: 404,
        code: "not-found",
        detail: "There is no such file",
        requestId: "r1",
      },
    });
  });

  test("of an invalid request points at its fields", () => {
    const fault = { in: "body", pointer: "/name", detail: "name is missing" } as const;

    expect(toProblem(new InvalidRequestError([fault]), "r1").body).toMatchObject({
      status: 400,
      errors: [fault],
    });
  });

  test.each([
    [new BusyError("busy", { retryAfterSeconds: 3 }), 503, { "Retry-After": "3" }],
    [new UnavailableError("Redis"), 503, { "Retry-After": "5" }],
    [new MethodNotAllowedError(["GET", "PUT"]), 405, { Allow: "GET, PUT" }],
    [new RangeNotSatisfiableError(0), 416, { "Content-Range": "bytes */0" }],
    [new RequestTimeoutError(), 408, {}],
  ])("of %s has the header fields of its status", (error, status, headers) => {
    expect(toProblem(error, "r1")).toMatchObject({ status });
    expect(toProblem(error, "r1").headers).toEqual(headers);
  });

  test.each([
    new Error("secret of the database"),
    Object.assign(new Error("secret"), { status: 404, expose: true, code: "not-found" }),
    "secret",
    undefined,
    null,
  ])("of an unexpected %s tells nothing of it", (error) => {
    const { status, body } = toProblem(error, "r1");

    expect({ status, code: body.code }).toEqual({ status: 500, code: "internal-error" });
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("cannot be overruled by the facts of its error", () => {
    const error = new NotFoundError();
    Object.assign(error, { facts: { status: 200, code: "x", requestId: "y" } });

    expect(toProblem(error, "r1").body).toMatchObject({
      status: 404,
      code: "not-found",
      requestId: "r1",
    });
  });

  test("has an error status for every code", () => {
    for (const { status } of Object.values(PROBLEMS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });

  test("is a whole HTTP message where there is no response to write to", () => {
    const [head = "", body = ""] = problemMessage(toProblem(new NotFoundError("é"), "r1")).split(
      "\r\n\r\n",
    );

    expect(head).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({ code: "not-found" });
  });
});
