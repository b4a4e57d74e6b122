import { describe, expect, test } from "@jest/globals";
import { useServers } from "./test-server.js";

const serve = useServers();

describe("Stopping", () => {
  test("lets a running request finish and closes its connection with the answer", async () => {
    let finish: (() => void) | undefined;
    const { open, server } = await serve((_req, res) => {
      res.writeContinue();
      finish = () => res.end("done");
    });
    const [busy, idle] = [await open(), await open()];
    await busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/100 Continue/);

    const stopped = server.stop(60_000);
    await idle.closed();
    finish?.();
    const answer = await busy.ended();
    busy.socket.end();
    await stopped;

    expect(answer.body).toBe("done");
    expect(answer.headers["connection"]).toBe("close");
  });

  test("closes a connection whose answer had begun before", async () => {
    let finish: (() => void) | undefined;
    const { open, server } = await serve((_req, res) => {
      res.writeHead(200, { "Content-Length": 4 });
      res.flushHeaders();
      finish = () => res.end("done");
    });
    const client = await open();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/\r\n\r\n/);

    const stopped = server.stop(60_000);
    finish?.();
    await stopped;

    expect((await client.closed()).body).toBe("done");
  });

  test("cuts what is not finished after the grace time", async () => {
    const { open, server } = await serve((_req, res) => {
      res.writeContinue();
    });
    const client = await open();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/100 Continue/);

    await server.stop(50);

    expect((await client.closed()).status).toBeUndefined();
  });
});
