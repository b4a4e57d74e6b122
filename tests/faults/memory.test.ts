import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { memoryBytes } from "../support/process-figures.js";
import { StreamingClient } from "../support/streaming-client.js";
import { isLong } from "../support/long.js";

const MIB = 1024 ** 2;
const LARGE_BYTES = isLong ? 5120 * MIB : 192 * MIB;

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start({ settings: { DEPENDENCY_TIMEOUT_MS: "30000" } });
});

afterEach(() => deployment.close());

test(
  `A file of ${LARGE_BYTES / MIB} MiB goes up and comes down with equal digests, in less than 64 MiB more memory than one of 64 MiB`,
  async () => {
    const client = await StreamingClient.register(deployment.url);
    const { pid } = deployment.process("web");

    const small = await thereAndBack(client, 64 * MIB);
    const peakBytes = memoryBytes(pid, "VmHWM");
    const large = await thereAndBack(client, LARGE_BYTES);

    expect(small.received).toEqual(small.sent);
    expect(large.received).toEqual(large.sent);
    expect(memoryBytes(pid, "VmHWM") - peakBytes).toBeLessThan(64 * MIB);
  },
  isLong ? 3_600_000 : 180_000,
);

async function thereAndBack(client: StreamingClient, sizeBytes: number) {
  const content = makeContent(sizeBytes);
  const { status, json } = await client.put("large", content.bytes(), sizeBytes);
  if (status !== 201 && status !== 200) throw new Error(`The upload is answered ${status}`);
  const received = await client.download(json.id);
  return { received, sent: { status: 200, sizeBytes, sha256: digestOf(content) } };
}
