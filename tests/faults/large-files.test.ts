import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buffer } from "node:stream/consumers";
import { type Content, digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { isLong } from "../support/long.js";
import { StreamingClient } from "../support/streaming-client.js";

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
/** Where 31 and 32 bits end; the short form does the same where nothing should. */
const BORDERS = isLong ? [2 * GIB, 4 * GIB] : [32 * MIB];
const SIZES = BORDERS.flatMap((border) => [border - 1, border, border + 1]);

let deployment: Deployment;
let client: StreamingClient;

beforeAll(async () => {
  const settings = { DEPENDENCY_TIMEOUT_MS: "30000", DEFAULT_QUOTA_BYTES: "unlimited" };
  deployment = await Deployment.start({ settings });
  client = await StreamingClient.register(deployment.url);
});

afterAll(() => deployment.close());

/** The bytes from `first` to `last`, both included. */
function sliceOf(content: Content, first: number, last: number): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const piece of content.bytes()) {
    if (at + piece.length > first && at <= last) {
      pieces.push(piece.subarray(Math.max(0, first - at), last - at + 1));
    }
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

test.each(SIZES)(
  "A file of %i bytes comes back as it was sent, whole and in ranges, and is listed with its length",
  async (sizeBytes) => {
    const content = makeContent(sizeBytes);
    const sha256 = digestOf(content);
    const ranges = [
      [sizeBytes - 100_000, sizeBytes - 1],
      ...BORDERS.map((border) => [border - 300_000, Math.min(sizeBytes, border + 300_000) - 1]),
    ].filter(([first = 0, last = 0]) => first <= last);

    const { status, json } = await client.put(`${sizeBytes}`, content.bytes(), sizeBytes);

    const path = `/api/v1/files/${json.id}`;
    expect([status, json.sizeBytes, json.sha256]).toEqual([201, sizeBytes, sha256]);
    expect(await client.download(json.id)).toEqual({ status: 200, sizeBytes, sha256 });
    expect((await client.list()).find(({ id }) => id === json.id)?.sizeBytes).toBe(sizeBytes);
    const { headers } = await client.ask({ method: "HEAD", path });
    expect(headers["content-length"]).toBe(String(sizeBytes));
    for (const [first = 0, last = 0] of ranges) {
      const header = { Range: `bytes=${first}-${last}` };
      const response = await client.send({ method: "GET", path, headers: header });
      expect(response.headers["content-range"]).toBe(`bytes ${first}-${last}/${sizeBytes}`);
      expect((await buffer(response)).equals(sliceOf(content, first, last))).toBe(true);
    }
  },
  isLong ? 1_800_000 : 60_000,
);
