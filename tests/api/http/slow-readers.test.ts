import { expect, test } from "@jest/globals";
import { useServers } from "./test-server.js";

const serve = useServers();

const MIB = 1024 ** 2;

test("A client that stops reading is cut when nothing moves any more", async () => {
  const closed: Promise<void>[] = [];
  const { open } = await serve(
    (req, res) => {
      closed.push(
        new Promise((resolve) =>
          req.socket.once("close", () => {
            resolve();
          }),
        ),
      );
      res.end(Buffer.alloc(64 * MIB));
    },
    { answerIdleTimeoutMs: 200 },
  );
  const client = await open();

  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/200 OK/);
  client.socket.pause();
  await Promise.all(closed);

  expect(closed).toHaveLength(1);
});

test("A client that reads slowly is not cut, and gets all of the answer", async () => {
  const sizeBytes = 32 * MIB;
  const { open } = await serve((_req, res) => res.end(Buffer.alloc(sizeBytes)), {
    // The client runs in this process, too: what holds the process up on a busy machine must not look like its silence.
    answerIdleTimeoutMs: 2000,
  });
  const client = await open();
  const { socket } = client;
  socket.on("data", () => {
    socket.pause();
    setTimeout(() => socket.resume(), 2);
  });

  const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const { body } = await client.send(head).ended();

  expect(body).toHaveLength(sizeBytes);
});
