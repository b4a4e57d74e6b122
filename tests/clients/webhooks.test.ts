import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { untilAnswered } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { freePort } from "../support/processes.js";
import { pythonWith } from "../support/python-clients.js";
import { useWorld } from "../support/use-world.js";
import { WatchedProcess } from "../support/watched-process.js";
import { deliveriesOf, makeWebhook } from "../support/webhooks.js";

const world = useWorld({ webhookAllowPrivate: true });

const GUIDE = readFileSync(new URL("../../../docs/webhooks.md", import.meta.url), "utf8");

/** A receiver as the guide shows it, on a port of its own. */
function receiverIn(language: "js" | "python", port: number): string {
  const [, code = ""] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(GUIDE) ?? [];
  expect(code).toContain("8000");
  return code.replace("8000", String(port));
}

let receiver: WatchedProcess | undefined;

afterEach(async () => {
  await receiver?.stop();
  receiver = undefined;
});

interface Program {
  readonly command: string;
  /** What comes before the code. */
  readonly options: readonly string[];
  readonly language: "js" | "python";
}

/** The receiver takes what Stowage sends, and refuses what somebody else does. */
async function expectVerified({ command, options, language }: Program): Promise<void> {
  const client = await world().member();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const { id, secret } = await makeWebhook(client, { url });
  const args = [...options, receiverIn(language, port)];
  receiver = new WatchedProcess(command, args, { env: { ...process.env, SECRET: secret } });
  const headers = { "webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,a" };
  const forged = await untilAnswered(() => fetch(url, { method: "POST", headers, body: "{}" }));

  await client.store("é.txt", "hello");
  await world().settle();

  expect(forged.status).toBe(401);
  const deliveries = await deliveriesOf(client, id);
  expect(deliveries.length).toBeGreaterThan(1);
  for (const { id: deliveryId, type, state, attempts } of deliveries) {
    expect([state, attempts]).toMatchObject(["delivered", [{ status: 204 }]]);
    await receiver.untilPrinted(`${deliveryId} ${type} é.txt`);
  }
}

describe("The receiver in docs/webhooks.md", () => {
  test("for Node.js verifies what is sent with the published library", async () => {
    const options = ["--input-type=module", "--eval"];
    await expectVerified({ command: process.execPath, options, language: "js" });
  });
});

const { describe: describePython, test: testPython } = needs("python3-venv");

describePython("The receiver in docs/webhooks.md", () => {
  let python: string;

  beforeAll(async () => {
    python = await pythonWith(["standardwebhooks==1.1.0"]);
  }, 240_000);

  testPython("for Python verifies what is sent with the published library", async () => {
    await expectVerified({ command: python, options: ["-u", "-c"], language: "python" });
  });
});
