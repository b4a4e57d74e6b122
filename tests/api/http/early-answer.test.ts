import { describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { useServers } from "./test-server.js";

const serve = useServers();

const MIB = 1024 ** 2;

const refuse: RequestListener = (_req, res) => {
  res.statusCode = 413;
  res.end("too large");
};

describe("An answer before the body", () => {
  test.each(["PUT", "POST", "DELETE", "GET", "PATCH"])(
    "to %s can be read, closes the connection and leaves the body unread",
    async (method) => {
      const { open } = await serve(refuse);
      const client = await open();
      const block = Buffer.alloc(MIB);

      client.send(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: ${1024 * MIB}\r\n\r\n`);
      client.socket.on("drain", () => client.send(block));
      const answer = await client.send(block).ended();
      await client.closed();

      expect(answer.status).toBe(413);
      expect(answer.headers["connection"]).toBe("close");
      expect(answer.body).toBe("too large");
      expect(answer.isReset).toBe(false);
      expect(client.socket.bytesWritten).toBeLessThan(32 * MIB);
    },
  );

  test("to a client that waits for 100 Continue comes without it", async () => {
    const { open } = await serve(refuse);
    const head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n";

    const answer = await (await open()).send(head).ended();

    expect(answer.text).toMatch(/^HTTP\/1.1 413/);
  });

  test("is followed by silence, whatever stands behind the body", async () => {
    const paths: unknown[] = [];
    const { open } = await serve((req, res) => {
      paths.push(req.url);
      refuse(req, res);
    });
    const client = await open();

    client.send("PUT /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12");
    await client.ended();
    client.send("345DELETE /second HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await client.closed();

    expect(paths).toEqual(["/first"]);
    expect(answer.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("gives up a client that neither reads nor closes", async () => {
    const closed: Promise<unknown>[] = [];
    const { open } = await serve((req, res) => {
      closed.push(once(req.socket, "close"));
      refuse(req, res);
    });
    const client = await open();

    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    const answer = await client.ended();
    await Promise.all(closed);

    expect(answer.status).toBe(413);
    expect(closed).toHaveLength(1);
  });

  test("does not happen to a body that came with its header: the connection stays", async () => {
    const { open } = await serve((req, res) => {
      queueMicrotask(() => {
        refuse(req, res);
      });
    });
    const client = await open();
    const request = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345";

    await client.send(request).received(/too large$/);
    const answer = await client.send(request).received(/too large[^]+too large$/);

    expect(answer.headers["connection"]).toBe("keep-alive");
  });
});
