import { describe, expect, test } from "@jest/globals";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "../../../common/platform/errors.js";
import { type BodyPace, declaredLength, receiveBody } from "../../../api/http/body.js";
import { useServers } from "./test-server.js";

const serve = useServers();

const MIB = 1024 ** 2;
const PATIENT: BodyPace = { idleTimeoutMs: 30_000, minBytesPerSecond: 0 };
const HEAD = "PUT / HTTP/1.1\r\nHost: a\r\n";

/** A server that reads each body to its end and answers with what came of it. */
function serveBodies(pace: BodyPace) {
  const outcomes: string[] = [];
  const read = async (req: IncomingMessage, res: ServerResponse) => {
    let bytes = 0;
    try {
      for await (const chunk of receiveBody(req, res, pace)) bytes += chunk.length;
      outcomes.push(`${bytes} bytes of ${String(declaredLength(req))}`);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      outcomes.push(error.code);
      res.statusCode = 400;
    }
    res.end(outcomes.at(-1));
  };
  return serve((req, res) => void read(req, res)).then((server) => ({ ...server, outcomes }));
}

describe("A body", () => {
  test.each([
    { what: "none", rest: "\r\n", outcome: "0 bytes of 0" },
    { what: "an empty one", rest: "Content-Length: 0\r\n\r\n", outcome: "0 bytes of 0" },
    { what: "one of 5 bytes", rest: "Content-Length: 5\r\n\r\n12345", outcome: "5 bytes of 5" },
    {
      what: "a chunked one",
      rest: "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n",
      outcome: "5 bytes of undefined",
    },
    {
      what: "an empty chunked one",
      rest: "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      outcome: "0 bytes of undefined",
    },
  ])("that is $what arrives whole", async ({ rest, outcome }) => {
    const { open } = await serveBodies(PATIENT);

    const answer = await (await open()).send(HEAD + rest).received(/bytes/);

    expect(answer.body).toBe(outcome);
  });

  test("in many packets arrives whole, and the connection serves the next request", async () => {
    const { open, outcomes } = await serveBodies(PATIENT);
    const client = await open();

    client.send(`${HEAD}Content-Length: ${3 * MIB}\r\n\r\n`);
    for (let n = 0; n < 48; n += 1) client.send(Buffer.alloc(65_536));
    await client.received(/bytes of/);
    await client.send(`${HEAD}\r\n`).received(/bytes of[^]+bytes of/);

    expect(outcomes).toEqual([`${3 * MIB} bytes of ${3 * MIB}`, "0 bytes of 0"]);
  });

  test("is asked for with 100 Continue when it is wanted", async () => {
    const { open } = await serveBodies(PATIENT);
    const client = await open();

    await client
      .send(`${HEAD}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`)
      .received(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    const answer = await client.send("12345").received(/bytes/);

    expect(answer.body).toBe("5 bytes of 5");
  });

  test("is not read faster than it is wanted", async () => {
    let req: IncomingMessage | undefined;
    const { open } = await serve((request, res) => {
      req = request;
      void receiveBody(request, res, PATIENT).next();
    });
    const client = await open();

    client.send(`${HEAD}Content-Length: ${64 * MIB}\r\n\r\n`);
    client.send(Buffer.alloc(64 * MIB));
    // The kernel's buffers fill, and then nothing moves.
    let before = -1;
    while (req?.socket.bytesRead !== before) {
      before = req?.socket.bytesRead ?? -1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }

    expect(before).toBeLessThan(MIB);
  });
});

describe("A client", () => {
  test("that resets the connection ends the body with incomplete-body at once", async () => {
    const { open, outcomes } = await serveBodies(PATIENT);
    const client = await open();

    await client
      .send(`${HEAD}Expect: 100-continue\r\nContent-Length: ${100 * MIB}\r\n\r\n`)
      .received(/100 Continue/);
    client.socket.resetAndDestroy();

    while (outcomes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toEqual(["incomplete-body"]);
  });

  test("that went away while nobody read ends the next read with incomplete-body", async () => {
    let outcome: Promise<unknown> = Promise.resolve();
    const { open } = await serve((req, res) => {
      const body = receiveBody(req, res, PATIENT);
      outcome = body.next().then(async () => {
        await new Promise((resolve) => req.once("close", resolve));
        return body.next();
      });
      outcome.catch(() => undefined);
    });
    const client = await open();

    client.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n1234`);
    await client.received(/100 Continue/);
    client.socket.resetAndDestroy();
    await client.ended();

    await expect(outcome).rejects.toMatchObject({ code: "incomplete-body" });
  });

  test("that falls silent is answered request-timeout", async () => {
    const { open } = await serveBodies({ idleTimeoutMs: 100, minBytesPerSecond: 0 });

    const answer = await (await open()).send(`${HEAD}Content-Length: 9\r\n\r\n12`).ended();

    expect(answer.body).toBe("request-timeout");
  });

  test("that drips is answered request-timeout", async () => {
    const { open } = await serveBodies({ idleTimeoutMs: 200, minBytesPerSecond: 10_000 });
    const client = await open();

    client.send(`${HEAD}Content-Length: 99999\r\n\r\n`);
    const drip = setInterval(() => client.send("x"), 20);
    const answer = await client.ended();
    clearInterval(drip);

    expect(answer.body).toBe("request-timeout");
  });

  test("is not blamed for the time in which the server is busy", async () => {
    const pace = { idleTimeoutMs: 100, minBytesPerSecond: 1_000_000 };
    const sizes: number[] = [];
    const { open } = await serve((req, res) => {
      void (async () => {
        for await (const bytes of receiveBody(req, res, pace)) {
          sizes.push(bytes.length);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
        res.end("done");
      })();
    });
    const client = await open();

    client.send(`${HEAD}Content-Length: ${MIB / 8}\r\n\r\n`);
    const answer = await client.send(Buffer.alloc(MIB / 8)).received(/done/);

    expect(answer.status).toBe(200);
    expect(sizes.length).toBeGreaterThan(1);
  });
});

test("Reading many bodies, or leaving them early, leaves no listener behind", async () => {
  const requests: IncomingMessage[] = [];
  const { open } = await serve((req, res) => {
    requests.push(req);
    void (async () => {
      for await (const bytes of receiveBody(req, res, PATIENT)) {
        if (bytes.length > 0) break;
      }
      res.end(["readable", "end", "close"].map((event) => req.listenerCount(event)).join());
    })();
  });
  const bare = await (await open()).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/\d,\d,\d/);
  const left = await (await open()).send(`${HEAD}Content-Length: 9\r\n\r\n12`).ended();

  expect(left.body).toBe(bare.body);
  expect(requests).toHaveLength(2);
});
