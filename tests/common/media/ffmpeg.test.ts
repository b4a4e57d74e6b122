import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { Ffmpeg } from "../../../common/media/ffmpeg.js";
import { madeVideo } from "../../support/made-videos.js";
import { needs } from "../../support/needs.js";

const { describe, test } = needs("ffmpeg");

const LIMITS = {
  program: "ffmpeg",
  maxPixels: 1_000_000,
  maxMemoryBytes: 512 * 1024 ** 2,
  timeLimitMs: 60_000,
};
const never = new AbortController().signal;

async function* piecesOf(...pieces: Buffer[]) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

/** Some bytes, and nothing after them. */
async function* unfinished(bytes: Buffer) {
  yield bytes;
  await new Promise(() => undefined);
}

const webm = () => madeVideo({ ending: "webm", options: ["-c:v", "libvpx"] });

describe("A video that ffmpeg decodes", () => {
  test.each(["mov", "hls", "concat"])(
    "opens no address and no file that it names, read as %s",
    async (demuxer) => {
      let requests = 0;
      const server = createServer((_request, response) => {
        requests += 1;
        response.end();
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const url = `http://127.0.0.1:${port}/a.ts`;
      const playlist = (target: string) =>
        `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${target}\n#EXT-X-ENDLIST\n`;
      const list = (target: string) => `ffconcat version 1.0\nfile '${target}'\n`;
      try {
        const found = [];
        for (const text of [playlist, list]) {
          for (const target of [url, "file:///etc/passwd", "/etc/passwd"]) {
            const bytes = piecesOf(Buffer.from(text(target)));
            found.push(await new Ffmpeg(LIMITS).picture({ demuxer, bytes }, never));
          }
        }

        expect(new Set(found)).toEqual(new Set(["damaged"]));
        expect(requests).toBe(0);
      } finally {
        server.close();
      }
    },
  );

  test("is not decoded where it has too many pixels", async () => {
    const bytes = piecesOf(webm());
    const small = new Ffmpeg({ ...LIMITS, maxPixels: 320 * 240 - 1 });

    expect(await small.picture({ demuxer: "matroska", bytes }, never)).toBe("too large");
  });

  test.each([
    ["too-slow", { timeLimitMs: 300 }],
    ["too-much-memory", { maxMemoryBytes: 10 * 1024 ** 2 }],
  ])("ends its process: %s", async (death, limits) => {
    const bytes = unfinished(webm().subarray(0, 500));

    const made = new Ffmpeg({ ...LIMITS, ...limits }).picture(
      { demuxer: "matroska", bytes },
      never,
    );

    await expect(made).rejects.toMatchObject({ name: "MediaDeathError", death });
  });

  test("is given up when nobody wants it any more, and when everything ends", async () => {
    const leaving = new AbortController();
    const ffmpeg = new Ffmpeg(LIMITS);
    const picture = (signal: AbortSignal) =>
      ffmpeg.picture({ demuxer: "matroska", bytes: unfinished(Buffer.alloc(1)) }, signal);
    await ffmpeg.isInstalled();

    const left = picture(leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    const running = picture(never);
    await ffmpeg.isInstalled();
    ffmpeg.close();
    await expect(running).rejects.toMatchObject({ name: "MediaDeathError", death: "died" });
  });

  test("fails as its content cannot be read", async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.alloc(1));
      throw new Error("The store is away");
    }

    const made = new Ffmpeg(LIMITS).picture({ demuxer: "matroska", bytes: broken() }, never);

    await expect(made).rejects.toThrow("The store is away");
  });

  test("is decoded without the environment of the worker", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-ffmpeg-"));
    try {
      const program = join(folder, "ffmpeg");
      writeFileSync(program, "#!/bin/sh\nenv\n");
      chmodSync(program, 0o755);
      const ffmpeg = new Ffmpeg({ ...LIMITS, program });

      const printed = await ffmpeg.picture({ demuxer: "mov", bytes: piecesOf() }, never);

      expect(String(printed)).not.toMatch(/^(?:HOME|USER|PATH|REDIS|MONGODB)/m);
      expect(String(printed)).toContain("PWD=/");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
