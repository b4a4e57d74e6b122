import { describe, expect, test } from "@jest/globals";
import { NotFoundError } from "../../../common/platform/errors.js";
import { useApps } from "./test-app.js";

const serveApp = useApps();

describe("The line of a request", () => {
  test("says what was asked, by whom, what came of it and how much it moved", async () => {
    const { url, requestLine } = await serveApp((router) =>
      router.post("/files/:id", (ctx) => {
        Object.assign(ctx.state, { actor: { id: "account-1" } });
        ctx.body = "x".repeat(10_000);
      }),
    );

    const answer = await fetch(`${url}/files/1`, { method: "POST", body: "y".repeat(5000) });
    await answer.text();
    const line = await requestLine();

    expect(line).toMatchObject({
      msg: "Request",
      requestId: answer.headers.get("x-request-id"),
      method: "POST",
      route: "/files/:id",
      status: 200,
      actorId: "account-1",
      ip: "127.0.0.1",
      isAborted: false,
      ms: expect.any(Number),
    });
    expect(line["bytesIn"]).toBeGreaterThan(5000);
    expect(line["bytesIn"]).toBeLessThan(7000);
    expect(line["bytesOut"]).toBeGreaterThan(10_000);
    expect(line["bytesOut"]).toBeLessThan(12_000);
  });

  test("says which problem was the answer", async () => {
    const { url, requestLine } = await serveApp((router) =>
      router.get("/", () => {
        throw new NotFoundError();
      }),
    );

    await fetch(url);

    expect(await requestLine()).toMatchObject({ status: 404, problemCode: "not-found" });
  });

  test("has no secret, whatever a client writes where", async () => {
    const { url, requestLine, text } = await serveApp((router) =>
      router.get("/links/:token", (ctx) => (ctx.body = "link")),
    );

    await fetch(`${url}/links/s3cret?name=s3cret`, {
      headers: {
        cookie: "a=s3cret",
        authorization: "Bearer s3cret",
        "user-agent": "s3cret",
        referer: "http://s3cret/",
      },
    });
    await requestLine();

    expect(text()).not.toContain("s3cret");
    expect(text()).toContain("/links/:token");
  });

  test("is one line for a request that no route took", async () => {
    const { url, requestLine, text } = await serveApp(() => undefined);

    await fetch(`${url}/%0d%0a%7b%22level%22:30%7d%1b[31m`);
    await requestLine();

    expect(text().trimEnd().split("\n")).toHaveLength(1);
  });

  test("says when the client did not hear the end", async () => {
    const { open, requestLine } = await serveApp((router) =>
      router.get("/", (ctx) => {
        ctx.respond = false;
        ctx.res.write("half");
      }),
    );
    const client = await open();

    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/half/);
    client.socket.resetAndDestroy();

    expect(await requestLine()).toMatchObject({ isAborted: true });
  });
});
