import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import * as https from "node:https";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { WebhookSender } from "../../../common/webhooks/sender.js";
import { makeCertificate } from "../../support/certificate.js";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

/** @returns The port of a server that answers in some way, and the requests that it got. */
async function serve(answer: RequestListener, server: Server = createServer()) {
  const seen: { url: string | undefined; body: string }[] = [];
  server.on("request", (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ url: request.url, body });
      answer(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return { port: (server.address() as AddressInfo).port, seen };
}

const sender = (changes: { allowsPrivate?: boolean; answerWithinMs?: number } = {}) =>
  new WebhookSender({ allowsPrivate: true, now: () => new Date(), ...changes });

const never = new AbortController().signal;

const send = (port: number, how?: Parameters<typeof sender>[0], host = "127.0.0.1") =>
  sender(how).send({ url: new URL(`http://${host}:${port}/hook`), headers: {}, body: "ä" }, never);

describe("A message that is sent", () => {
  test.each([200, 204, 410, 500])("is answered with %d", async (status) => {
    const { port, seen } = await serve((_, response) => response.writeHead(status).end());

    const attempt = await send(port);

    expect(attempt).toMatchObject({ status, error: null, answer: "" });
    expect(attempt.durationMs).toBeGreaterThanOrEqual(0);
    expect(seen).toEqual([{ url: "/hook", body: "ä" }]);
  });

  test("follows no redirect", async () => {
    const { port: inner, seen: followed } = await serve((_, response) => response.end());
    const location = `http://127.0.0.1:${inner}/`;
    const { port } = await serve((_, response) => response.writeHead(307, { location }).end());

    expect(await send(port)).toMatchObject({ status: 307, error: null });
    expect(followed).toEqual([]);
  });

  test("ends when the endpoint takes too long to answer", async () => {
    const { port } = await serve(() => undefined);

    const attempt = await send(port, { answerWithinMs: 200 });

    expect(attempt).toMatchObject({ status: null, error: "timeout" });
  });

  test("is delivered once the status is there, also when the rest of the answer takes too long", async () => {
    const { port } = await serve((_, response) => response.writeHead(200).write("begin"));

    const attempt = await send(port, { answerWithinMs: 300 });

    expect(attempt).toMatchObject({ status: 200, error: null, answer: "begin" });
  });

  test("reads no more of an answer than it needs, and keeps 1,000 characters", async () => {
    let cut: Promise<unknown> = Promise.resolve("not yet");
    const { port } = await serve((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write("ä".repeat(10_000)));
      };
      response.on("drain", more);
      cut = once(response, "close");
      more();
    });

    const attempt = await send(port);

    expect(attempt).toMatchObject({ status: 200, answer: "ä".repeat(1000) });
    await cut;
  });

  test("keeps an answer that is no text", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x41]);
    const { port } = await serve((_, response) => response.end(bytes));

    expect((await send(port)).answer).toBe("\ufffd\u0000A");
  });

  test.each([
    ["closes the connection", "ECONNRESET", (port: number) => port],
    ["is not there", "ECONNREFUSED", () => 1],
  ])("fails where the endpoint %s", async (_what, error, portOf) => {
    const { port } = await serve((request) => request.socket.destroy());

    expect(await send(portOf(port))).toMatchObject({ status: null, error, answer: "" });
  });

  test.each([true, false])("fails where the name does not exist (%s)", async (allowsPrivate) => {
    const attempt = await send(80, { allowsPrivate }, "no-such-host.invalid");

    expect(attempt.status).toBeNull();
    expect(attempt.error).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  });

  test("fails where the certificate is not to be trusted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-certificate-"));
    const { certificatePath, keyPath } = await makeCertificate(folder);
    const options = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
    const { port, seen } = await serve(
      (_, response) => response.end(),
      https.createServer(options),
    );
    const url = new URL(`https://localhost:${port}/`);

    const attempt = await sender().send({ url, headers: {}, body: "" }, never);

    expect(attempt).toMatchObject({ status: null, error: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(seen).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test("ends with the work that it belongs to", async () => {
    const stop = new AbortController();
    const { port } = await serve(() => {
      stop.abort(new Error("The worker is stopping"));
    });
    const url = new URL(`http://127.0.0.1:${port}/`);

    const sent = sender().send({ url, headers: {}, body: "" }, stop.signal);

    await expect(sent).rejects.toThrow("The worker is stopping");
  });
});

describe("A message that may only go to the internet", () => {
  test.each(["127.0.0.1", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "localhost"])(
    "does not go to this machine as %s",
    async (host) => {
      const { port, seen } = await serve((_, response) => response.end());

      const attempt = await send(port, { allowsPrivate: false }, host);

      expect(attempt).toMatchObject({ status: null, error: "address-not-allowed", answer: "" });
      expect(seen).toEqual([]);
    },
  );
});
