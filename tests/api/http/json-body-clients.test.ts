import { describe, expect, test } from "@jest/globals";
import { jsonReader } from "../../../api/http/json-body.js";
import { useApps } from "./test-app.js";

const serveApp = useApps();

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

const serveJson = (timeoutMs = 10_000) => {
  const readJson = jsonReader({ maxBytes: 1024, timeoutMs });
  return serveApp((router) =>
    router.post("/", async (ctx) => {
      ctx.body = { got: await readJson(ctx) };
    }),
  );
};

describe("A client that sends JSON", () => {
  test("and waits for 100 Continue gets it", async () => {
    const { open } = await serveJson();
    const client = await open();

    await client
      .send(`${HEAD}Expect: 100-continue\r\nContent-Length: 7\r\n\r\n`)
      .received(/100 Continue/);
    const answer = await client.send('{"a":1}').received(/got/);

    expect(answer.body).toBe('{"got":{"a":1}}');
  });

  test("drop by drop is answered 408 request-timeout", async () => {
    const { open } = await serveJson(200);
    const client = await open();

    client.send(`${HEAD}Content-Length: 999\r\n\r\n{`);
    const drip = setInterval(() => client.send(" "), 20);
    const answer = await client.ended();
    clearInterval(drip);

    expect(answer.status).toBe(408);
    expect(answer.body).toContain('"code":"request-timeout"');
    expect(answer.headers["connection"]).toBe("close");
  });

  test("and goes away in the middle leaves no request behind", async () => {
    const { open, requestLine } = await serveJson();
    const client = await open();

    await client
      .send(`${HEAD}Expect: 100-continue\r\nContent-Length: 999\r\n\r\n`)
      .received(/100 Continue/);
    client.socket.resetAndDestroy();

    expect(await requestLine()).toMatchObject({ problemCode: "incomplete-body", isAborted: true });
  });

  test("that is malformed leaves nothing of it in the log", async () => {
    const { url, requestLine, text } = await serveJson();
    const headers = { "content-type": "application/json" };

    const answer = await fetch(url, { method: "POST", headers, body: '{"password":"s3cret"x' });

    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain("s3cret");
    await requestLine();
    expect(text()).not.toContain("s3cret");
  });

  test("of more than is taken can read why, and the connection ends", async () => {
    const { open } = await serveJson();
    const client = await open();

    client.send(`${HEAD}Content-Length: 99999999\r\n\r\n`).send(Buffer.alloc(65_536, " "));
    const answer = await client.ended();

    expect(answer.status).toBe(413);
    expect(answer.headers["connection"]).toBe("close");
    expect(answer.isReset).toBe(false);
  });
});
