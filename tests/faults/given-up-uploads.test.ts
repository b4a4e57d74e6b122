import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { listLeftovers, listWork, isAnyWork, NOTHING_LEFT } from "../support/invariants.js";
import { StreamingClient } from "../support/streaming-client.js";
import { commandNameOf } from "../support/tcp-proxy.js";

const content = makeContent(8_000_000);

let deployment: Deployment;
let client: StreamingClient;

/** There is no worker: what is cleaned up is cleaned up by the web process. */
beforeEach(async () => {
  deployment = await Deployment.prepare({
    owns: ["mongo"],
    hasProxy: true,
    settings: { DEPENDENCY_TIMEOUT_MS: "1000", UPLOAD_LEASE_SECONDS: "600" },
  });
  await deployment.startPart("web");
  client = await StreamingClient.register(deployment.url);
});

afterEach(() => deployment.close());

const put = (headers: Record<string, string> = {}, onContinue = () => Promise.resolve()) =>
  client.ask({
    method: "PUT",
    path: "/api/v1/files?name=given-up",
    headers: { "Content-Length": String(content.sizeBytes), ...headers },
    body: content.bytes(),
    onContinue,
  });

/** Waits until nothing reserves bytes, and nothing is in the ledger, in the bucket and in the account. */
function untilCleanedUp(): Promise<boolean> {
  return deployment.withDb((db) =>
    untilAnswered(async () => {
      const isNothing = !isAnyWork(await listWork(db));
      const isClean = isDeepStrictEqual(await listLeftovers(db), NOTHING_LEFT);
      return (isNothing && isClean) || undefined;
    }, 15_000),
  );
}

describe("an upload that is refused because MongoDB was silent", () => {
  test.each([{}, { "Idempotency-Key": '"again"' }])(
    "is removed by its web process as soon as MongoDB is back, and may be sent again (%j)",
    async (headers) => {
      const { pid } = deployment.process("mongo");

      const refused = await put(headers, () => Promise.resolve(void process.kill(pid, "SIGSTOP")));
      process.kill(pid, "SIGCONT");
      const isCleanedUp = await untilCleanedUp();
      const again = await untilAnswered(async () => {
        const reply = await put(headers);
        return reply.status < 400 ? reply : undefined;
      }, 10_000);

      expect([refused.status, isCleanedUp, again.status]).toEqual([503, true, 201]);
      expect(deployment.failures("web")).toEqual([]);
    },
    300_000,
  );

  test("is removed where the answer to its admission was lost", async () => {
    deployment.proxy.judge = (bytes) => (commandNameOf(bytes) === "bulkWrite" ? "lose" : "pass");
    const refused = await put();
    deployment.proxy.judge = () => "pass";

    expect([refused.status, await untilCleanedUp()]).toEqual([503, true]);
  });
});
