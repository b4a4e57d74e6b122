import { describe, expect, test } from "@jest/globals";
import { useServers } from "./test-server.js";

const serve = useServers();

describe("Requests that are sent ahead", () => {
  test("are handled one after the other, and answered in their order", async () => {
    let running = 0;
    let most = 0;
    const { open } = await serve((req, res) => {
      most = Math.max(most, ++running);
      setImmediate(() => {
        running -= 1;
        res.end(`[${String(req.url)}]`);
      });
    });
    const client = await open();

    const ahead = ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await client.send(ahead.join("")).received(/\[\/3\]/);

    expect(answer.text.match(/\[[^\]]*\]/g)).toEqual(["[/1]", "[/2]", "[/3]"]);
    expect(most).toBe(1);
  });

  test("are never started behind one whose answer closes the connection", async () => {
    const paths: unknown[] = [];
    const { open } = await serve((req, res) => {
      paths.push(req.url);
      setImmediate(() => {
        res.writeHead(400, { Connection: "close" }).end();
      });
    });
    const client = await open();

    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nDELETE /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.closed();

    expect(paths).toEqual(["/1"]);
  });

  test("by the thousands cut the connection", async () => {
    const { open } = await serve((_req, res) => {
      res.writeContinue();
    });
    const client = await open();

    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000));
    const answer = await client.closed();

    expect(answer.status).toBeUndefined();
  });
});
