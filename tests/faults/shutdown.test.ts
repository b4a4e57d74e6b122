import { afterEach, describe, expect, test } from "@jest/globals";
import { type Content, digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { listWork, NOTHING_LEFT } from "../support/invariants.js";
import { type Reply, StreamingClient } from "../support/streaming-client.js";

const HALF_BYTES = 4 * 1024 ** 2;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Stores a file with a pause in the middle, in which the web process knows of the request: it has asked for the content. */
function putPaused(client: StreamingClient, name: string, pause: Pause): Promise<Reply> {
  return client.ask({
    method: "PUT",
    path: `/api/v1/files?name=${name}`,
    headers: { "Content-Length": String(pause.content.sizeBytes) },
    body: pausedInTheMiddle(pause),
    onContinue: () => Promise.resolve(),
  });
}

interface Pause {
  readonly content: Content;
  readonly middle: () => Promise<unknown>;
}

async function* pausedInTheMiddle({ content, middle }: Pause) {
  let sentBytes = 0;
  for (const piece of content.bytes()) {
    if (sentBytes === HALF_BYTES) await middle();
    sentBytes += piece.length;
    yield piece;
  }
}

/** Asks the web process to stop, and waits until it has begun to. */
async function askToStop(): Promise<void> {
  const web = deployment.process("web");
  web.child.kill("SIGTERM");
  await web.untilPrinted("Stopping");
}

describe("SIGTERM", () => {
  test("lets an upload and a download finish, takes no new connection, and ends with 0; so does the worker, while jobs wait", async () => {
    deployment = await Deployment.start({ settings: { PREVIEWS: "on" } });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(2 * HALF_BYTES);
    const { json: file } = await client.put("first", content.bytes(), content.sizeBytes);
    const download = await client.send({ method: "GET", path: `/api/v1/files/${file.id}` });

    const uploaded = await putPaused(client, "second", {
      content,
      middle: async () => {
        await askToStop();
        await expect(fetch(`${deployment.url}/healthz`)).rejects.toThrow();
      },
    });
    let downloadedBytes = 0;
    for await (const piece of download) downloadedBytes += (piece as Buffer).length;
    const exitCode = await deployment.process("web").untilEnded();
    await deployment.startPart("web");

    expect([uploaded.status, downloadedBytes, exitCode]).toEqual([201, content.sizeBytes, 0]);
    const second = await client.download(uploaded.json.id);
    expect(second.sha256).toBe(digestOf(content));
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);

    await client.put("small", makeContent(100).bytes());
    expect(await deployment.process("worker").stop("SIGTERM")).toBe(0);
  });

  test("lets the ledger be closed of what was answered already, so that nothing is left to the sweep", async () => {
    deployment = await Deployment.prepare({ settings: { UPLOAD_LEASE_SECONDS: "600" } });
    await deployment.startPart("web");
    const client = await StreamingClient.register(deployment.url);
    const names = Array.from({ length: 32 }, (_, n) => `small ${n}`);

    const stored = await Promise.all(
      names.map((name) => client.put(name, makeContent(100).bytes())),
    );
    const exitCode = await deployment.process("web").stop("SIGTERM");

    expect([new Set(stored.map(({ status }) => status)), exitCode]).toEqual([new Set([201]), 0]);
    const { sweep } = await deployment.withDb(listWork);
    expect(sweep).toMatchObject({ uploads: 0, stagedVersions: 0 });
    await deployment.startPart("web");
    await deployment.startPart("worker");
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });

  test("cuts what takes longer than the grace time, ends with 0, and leaves no half file", async () => {
    deployment = await Deployment.start({ settings: { SHUTDOWN_GRACE_SECONDS: "1" } });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(2 * HALF_BYTES);

    const upload = putPaused(client, "cut", {
      content,
      middle: async () => {
        await askToStop();
        await deployment.process("web").untilEnded();
      },
    });
    await expect(upload).rejects.toThrow();
    const exitCode = await deployment.process("web").untilEnded();
    await deployment.startPart("web");

    expect(exitCode).toBe(0);
    expect(await client.list()).toEqual([]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });

  test("a second time ends the process at once, with 130", async () => {
    deployment = await Deployment.prepare();
    await deployment.startPart("web");
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(2 * HALF_BYTES);
    const web = deployment.process("web");

    const upload = putPaused(client, "forced", {
      content,
      middle: async () => {
        await askToStop();
        web.child.kill("SIGTERM");
        await web.untilEnded();
      },
    });
    await expect(upload).rejects.toThrow();

    expect(await web.untilEnded()).toBe(130);
    await deployment.startPart("web");
    await deployment.startPart("worker");
    expect(await client.list()).toEqual([]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });
});
