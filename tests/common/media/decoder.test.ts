import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import { MediaDecoder } from "../../../common/media/decoder.js";
import { BusyError } from "../../../common/platform/errors.js";
import { createLogger } from "../../../common/platform/log.js";
import { eventually } from "../../support/eventually.js";
import { gifOf, picture, pngBomb } from "../../support/pictures.js";
import { WatchedProcess } from "../../support/watched-process.js";

const SETTINGS = {
  ...{ mediaMaxMemoryMib: 512, mediaMaxMegapixels: 50, mediaTimeLimitMs: 60_000 },
  ffmpegPath: "ffmpeg",
};

const log = createLogger({ level: "silent", part: "test" });
const never = new AbortController().signal;
const opened: MediaDecoder[] = [];

function decoderOf(changes: Partial<typeof SETTINGS> = {}): MediaDecoder {
  const decoder = new MediaDecoder({ settings: { ...SETTINGS, ...changes }, log });
  opened.push(decoder);
  return decoder;
}

const source = (type: string, bytes: Buffer) => ({ type, read: () => Promise.resolve(bytes) });

const small = () => picture({ width: 30, height: 20, format: "png" });

function requirePid({ pid }: MediaDecoder): number {
  if (pid === undefined) throw new Error("No process");
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterEach(async () => {
  for (const decoder of opened.splice(0)) await decoder.close();
});

describe("The media process", () => {
  test("makes previews of what can be decoded, and says of other types that they are not supported", async () => {
    const decoder = decoderOf();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');

    const made = await decoder.run("preview", source("image/png", await small()), never);
    const asSvg = await decoder.run("preview", source("image/svg+xml", svg), never);
    const asPng = await decoder.run("preview", source("image/png", svg), never);
    const heic = await decoder.run("preview", source("image/heic", svg), never);

    expect(made).toMatchObject({ outcome: "done", answer: { length: 6 } });
    expect(asSvg).toEqual({ outcome: "unsupported" });
    expect(asPng).toEqual({ outcome: "invalid", reason: "the content is damaged" });
    expect(heic).toEqual({ outcome: "unsupported" });
  });

  test("refuses images of too many pixels before it decodes them", async () => {
    const decoder = decoderOf();

    const png = await decoder.run("preview", source("image/png", pngBomb(30_000)), never);
    const gif = gifOf({ frames: 1, side: 65_535 });
    const canvas = await decoder.run("preview", source("image/gif", gif), never);
    const frames = gifOf({ frames: 100_000, side: 1 });
    const first = await decoder.run("preview", source("image/gif", frames), never);

    expect([png.outcome, canvas.outcome, first.outcome]).toEqual([
      "too-large",
      "too-large",
      "done",
    ]);
  });

  test("finds truncated images invalid", async () => {
    const decoder = decoderOf();

    for (const format of ["jpeg", "png", "webp", "avif", "tiff"] as const) {
      const whole = await picture({ width: 300, height: 200, format });
      const cut = whole.subarray(0, Math.floor(whole.length / 2));
      const { outcome } = await decoder.run("preview", source(`image/${format}`, cut), never);
      expect([format, outcome]).toEqual([format, "invalid"]);
    }
  });

  test("can be killed in the middle of a task: that one fails, and the next gets a new process", async () => {
    const decoder = decoderOf();
    await decoder.run("preview", source("image/png", await small()), never);
    const pid = requirePid(decoder);

    const large = await picture({ width: 6000, height: 6000, format: "jpeg" });
    const killed = decoder.run(
      "preview",
      {
        type: "image/jpeg",
        read: () => {
          setImmediate(() => process.kill(pid, "SIGKILL"));
          return Promise.resolve(large);
        },
      },
      never,
    );

    await expect(killed).rejects.toMatchObject({ name: "MediaDeathError", death: "died" });
    const next = await decoder.run("preview", source("image/png", await small()), never);
    expect(next.outcome).toBe("done");
    expect(requirePid(decoder)).not.toBe(pid);
  });

  test.each([
    ["too-slow", { mediaTimeLimitMs: 1 }],
    ["too-much-memory", { mediaMaxMemoryMib: 1 }],
  ])("is ended by a task that is %s", async (death, changes) => {
    const decoder = decoderOf(changes);
    const large = await picture({ width: 6000, height: 6000, format: "png" });

    const ended = decoder.run("preview", source("image/png", large), never);

    await expect(ended).rejects.toMatchObject({ death });
  });

  test("is ended by a task that is given up", async () => {
    const decoder = decoderOf();
    const stopping = new AbortController();
    const large = await picture({ width: 6000, height: 6000, format: "png" });
    await decoder.run("preview", source("image/png", await small()), never);
    const pid = requirePid(decoder);

    const read = () => {
      setImmediate(() => {
        stopping.abort(new Error("stop"));
      });
      return Promise.resolve(large);
    };
    const stopped = decoder.run("preview", { type: "image/png", read }, stopping.signal);

    await expect(stopped).rejects.toThrow("stop");
    await eventually(
      () => isAlive(pid),
      (alive) => !alive,
    );
  });

  test("gives way to a new one after 200 tasks", async () => {
    const decoder = decoderOf();
    const tiny = source("image/heic", Buffer.alloc(1));
    const pids = new Set<number>();

    for (let done = 0; done < 200; done += 1) {
      await decoder.run("preview", tiny, never);
      if (done < 199) pids.add(requirePid(decoder));
    }

    expect(pids.size).toBe(1);
    expect(pids).not.toContain(requirePid(decoder));
  });

  test("has nothing of its parent's environment", async () => {
    process.env["STOWAGE_TEST_SECRET"] = "secret";
    const decoder = decoderOf();
    await decoder.run("preview", source("image/png", await small()), never);
    delete process.env["STOWAGE_TEST_SECRET"];

    const environment = readFileSync(`/proc/${requirePid(decoder)}/environ`, "latin1");

    const names = environment.split("\0").map((line) => line.split("=")[0]);
    expect(names.filter((name) => name !== "" && !name?.startsWith("NODE_CHANNEL_"))).toEqual([
      "MALLOC_ARENA_MAX",
    ]);
  });

  test("lets no more than 64 tasks wait", async () => {
    const decoder = decoderOf();
    const tiny = source("image/heic", Buffer.alloc(1));

    const all = await Promise.allSettled(
      Array.from({ length: 70 }, () => decoder.run("preview", tiny, never)),
    );

    const refused = all.filter(
      (each) => each.status === "rejected" && each.reason instanceof BusyError,
    );
    expect(refused).toHaveLength(6);
    await decoder.run("preview", tiny, never);
  });

  test("ends when its parent was killed", async () => {
    const module = fileURLToPath(new URL("../../../common/media/process.js", import.meta.url));
    const program = `
      import { MediaProcess } from ${JSON.stringify(module)};
      const started = new MediaProcess({ maxMemoryBytes: 1e9, timeLimitMs: 60_000 });
      const task = { kind: "preview", type: "image/heic", bytes: Buffer.alloc(1), maxPixels: 1 };
      await started.run(task, new AbortController().signal);
      console.log("pid " + started.pid + ".");`;
    const parent = new WatchedProcess(process.execPath, ["--input-type=module", "-e", program]);
    await parent.untilPrinted(".");
    const pid = Number(/pid (\d+)\./.exec(parent.output)?.[1]);
    expect(isAlive(pid)).toBe(true);

    await parent.stop("SIGKILL");

    await eventually(
      () => isAlive(pid),
      (alive) => !alive,
    );
  });
});
