import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import { createReadStream, mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultHttpStack, Upload } from "tus-js-client";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { StreamingClient } from "../support/streaming-client.js";
import { isLong } from "../support/long.js";

const MIB = 1024 ** 2;
const SIZE = isLong ? 1024 * MIB : 64 * MIB;
const CUTS = isLong ? 50 : 6;

let deployment: Deployment;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-tus-"));
  deployment = await Deployment.start();
});

afterEach(async () => {
  await deployment.close();
  await rm(folder, { recursive: true });
});

/** Where in the content something happens, in order and not too close to each other. */
function randomCuts(): number[] {
  return Array.from({ length: CUTS }, (_none, n) => {
    const share = SIZE / (CUTS + 1);
    return Math.floor(n * share + randomInt(Math.floor(share / 2)) + share / 2);
  });
}

describe("a resumable upload with tus-js-client", () => {
  test(
    `that is cut ${CUTS} times at random (client, socket, web process) ends with the right digest and leaves nothing else`,
    async () => {
      const content = makeContent(SIZE);
      const sha256 = digestOf(content);
      const path = join(folder, "content");
      await writeFile(path, content.bytes());
      const client = await StreamingClient.register(deployment.url);
      const agent = new Agent({ keepAlive: true });
      const cuts = randomCuts();
      let done = 0;
      let ended = Promise.resolve();

      await new Promise<void>((resolve, reject) => {
        const upload = new Upload(createReadStream(path), {
          endpoint: `${deployment.url}/api/v1/uploads`,
          headers: { Cookie: client.cookie },
          httpStack: new DefaultHttpStack({ agent }),
          metadata: { filename: "big.bin", sha256 },
          chunkSize: 16 * MIB,
          retryDelays: Array.from({ length: 1000 }, () => 50),
          onShouldRetry: () => true,
          onSuccess: () => {
            resolve();
          },
          onError: reject,
          onProgress: (sentBytes) => {
            if (done === cuts.length || sentBytes < (cuts[done] ?? 0)) return;
            done += 1;
            ended = cut(done % 3, { upload, agent });
            ended.catch(reject);
          },
        });
        upload.start();
      });
      await ended;
      agent.destroy();

      expect(done).toBe(CUTS);
      expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
      const [file, ...others] = await client.list();
      expect(others).toEqual([]);
      expect(file).toMatchObject({ name: "big.bin", sha256 });
      expect((await client.download(file?.id ?? "")).sha256).toBe(sha256);
    },
    (isLong ? 30 : 3) * 60_000,
  );
});

/** What goes wrong: the client stops and goes on, its connections break, or the web process dies. */
async function cut(kind: number, { upload, agent }: { upload: Upload; agent: Agent }) {
  if (kind === 0) {
    await upload.abort();
    upload.start();
  } else if (kind === 1) {
    for (const sockets of Object.values(agent.sockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  } else {
    await deployment.kill("web");
    await deployment.startPart("web");
  }
}
