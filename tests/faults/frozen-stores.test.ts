import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { needs } from "../support/needs.js";
import { StreamingClient } from "../support/streaming-client.js";

const { describe } = needs("redis-server");

const TIMEOUT_MS = 3000;
/** Room for a busy machine. Waiting twice would be more. */
const LIMIT_MS = 1.6 * TIMEOUT_MS;
const PIECE = Buffer.alloc(65_536, "x");

let deployment: Deployment;
let client: StreamingClient;

beforeEach(async () => {
  deployment = await Deployment.start({
    owns: ["mongo", "redis"],
    settings: { DEPENDENCY_TIMEOUT_MS: String(TIMEOUT_MS) },
  });
  client = await StreamingClient.register(deployment.url);
});

afterEach(() => deployment.close());

/** What a client sends until it is answered: 64 MiB at most, 6 MiB a second. */
async function* goingOn(): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < 1024; sent += 1) {
    yield PIECE;
    await sleep(10);
  }
}

/** Begins an upload, and is answered when it ends. `begun` resolves when the server is about to store it. */
function beginUpload(name: string, headers: Record<string, string> = {}) {
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = client.ask({
    method: "PUT",
    path: `/api/v1/files?name=${name}`,
    headers: { "Content-Type": "application/octet-stream", ...headers },
    body: goingOn(),
    onContinue() {
      begin();
      return Promise.resolve();
    },
  });
  return { begun, ended };
}

async function beginResumable() {
  const tus = { "Tus-Resumable": "1.0.0" };
  const name = Buffer.from("resumable").toString("base64");
  const { headers } = await client.ask({
    method: "POST",
    path: "/api/v1/uploads",
    headers: { ...tus, "Upload-Length": "67108864", "Upload-Metadata": `filename ${name}` },
  });
  const { pathname } = new URL(headers.location ?? "", deployment.url);
  const append = {
    method: "PATCH",
    path: pathname,
    headers: { ...tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" },
  };
  return { append, path: pathname };
}

/** What is answered while a store is frozen. Only the leases of resumable uploads need Redis. */
const ANSWERS = {
  mongo: {
    me: 503,
    list: 503,
    file: 503,
    remove: 503,
    small: 503,
    append: 503,
    terminate: 503,
    one: 503,
    keyed: 503,
  },
  redis: { me: 200, list: 200, file: 200, remove: 204, small: 201, append: 503, terminate: 503 },
} as const;

describe.each(["mongo", "redis"] as const)("a %s that freezes", (store) => {
  test("makes each request wait once, those that are under way too, and serves again as soon as it wakes", async () => {
    const { json } = await client.put("before", makeContent(3_000_000).bytes(), 3_000_000);
    const { append, path } = await beginResumable();
    const uploads = [beginUpload("one"), beginUpload("keyed", { "Idempotency-Key": '"one"' })];
    await Promise.all(uploads.map(({ begun }) => begun));
    const { pid } = deployment.process(store);

    process.kill(pid, "SIGSTOP");
    const frozenAt = performance.now();
    const ask = (method: string, asked: string) => client.ask({ method, path: asked });
    const requests = {
      me: ask("GET", "/api/v1/me"),
      list: ask("GET", "/api/v1/files"),
      file: client.download(json.id),
      remove: ask("DELETE", `/api/v1/files/${json.id}`),
      small: client.put("small", [Buffer.from("hello")], 5),
      append: client.ask({ ...append, body: goingOn() }),
      terminate: client.ask({ method: "DELETE", path, headers: { "Tus-Resumable": "1.0.0" } }),
      ...(store === "mongo" && { one: uploads[0]?.ended, keyed: uploads[1]?.ended }),
    };
    const answered = await Promise.all(
      Object.entries(requests).map(async ([name, request]) => {
        const reply = await request;
        const waitedMs = performance.now() - frozenAt;
        return [name, reply?.status, waitedMs < LIMIT_MS ? "in time" : waitedMs];
      }),
    );
    process.kill(pid, "SIGCONT");
    await deployment.untilReady();
    const again = await client.put("again", [Buffer.from("hello")], 5);

    expect(answered).toEqual(
      Object.entries(ANSWERS[store]).map(([name, status]) => [name, status, "in time"]),
    );
    expect(again.status).toBe(201);
    await Promise.all(uploads.map(({ ended }) => ended));
    await client.ask({ method: "DELETE", path, headers: { "Tus-Resumable": "1.0.0" } });
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(deployment.failures("web")).toEqual([]);
  }, 400_000);
});
