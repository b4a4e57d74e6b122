import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../common/platform/ids.js";
import type { Json } from "../support/answer-json.js";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { type SentRequest, StreamingClient } from "../support/streaming-client.js";
import { isLong } from "../support/long.js";
import { formOf } from "./request-body.js";

const KILLS = isLong ? 40 : 3;
const SIZE_BYTES = 600_000;

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(() => deployment.close());

/** A request that can be sent as often as needed: one file, or a form of two. */
function newRequest(): () => SentRequest {
  const key = { "Idempotency-Key": newId() };
  const [a, b] = [newId(), newId()].map((name) => ({ name, content: makeContent(SIZE_BYTES) }));
  if (a === undefined || b === undefined || randomInt(2) === 0) {
    return () => ({
      method: "PUT",
      path: `/api/v1/files?name=${a?.name ?? ""}`,
      headers: { ...key, "Content-Length": String(SIZE_BYTES) },
      body: a?.content.bytes() ?? [],
    });
  }
  return () => {
    const { headers, body } = formOf([a, b]);
    return { method: "POST", path: "/api/v1/upload", headers: { ...headers, ...key }, body };
  };
}

/** The ids of what a request has stored, and whether each is a new file. */
function storedBy({ status, json: { id, items } }: { status: number; json: Partial<Json> }) {
  return items?.map((item) => [item.file.id, item.status]) ?? [[id, status]];
}

describe("a request with an Idempotency-Key", () => {
  test(
    `is done once although ${KILLS} web processes are killed under it`,
    async () => {
      const client = await StreamingClient.register(deployment.url);
      let files = 0;

      for (let kill = 0; kill < KILLS; kill += 1) {
        const request = newRequest();
        const broken = client.ask(request()).catch(() => undefined);
        await sleep(randomInt(120));
        await deployment.kill("web");
        await deployment.startPart("web");
        const first = await broken;
        // The key stays with the dead process until its lease is over.
        const repeated = await untilAnswered(async () => {
          const reply = await client.ask(request());
          return reply.status === 409 ? undefined : reply;
        });

        expect(repeated.status).toBe(201);
        const stored = storedBy(repeated);
        expect(stored.map(([, status]) => status)).toEqual(stored.map(() => 201));
        if (first !== undefined) expect(repeated.json).toEqual(first.json);
        expect(storedBy(await client.ask(request()))).toEqual(stored);
        files += stored.length;
      }

      expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
      expect(await client.list()).toHaveLength(files);
      const { usage } = await client.get("/api/v1/me");
      expect(usage).toMatchObject({ bytes: files * SIZE_BYTES, files });
    },
    KILLS * 10_000 + 120_000,
  );
});
