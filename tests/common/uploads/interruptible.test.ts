import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { interruptible } from "../../../common/uploads/interruptible.js";

const PIECES = 64;

async function* pieces(born: WeakRef<Buffer>[]) {
  for (let n = 0; n < PIECES; n += 1) {
    const piece = Buffer.alloc(64 * 1024, n);
    born.push(new WeakRef(piece));
    yield await Promise.resolve(piece);
  }
}

async function* silence(): AsyncGenerator<Buffer> {
  yield Buffer.from("first");
  await new Promise(() => undefined);
}

describe("Content that may be interrupted", () => {
  test("is let go of while more of it comes, so that no upload is held in memory", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const born: WeakRef<Buffer>[] = [];
    let alive = PIECES;

    for await (const piece of interruptible(pieces(born), new AbortController().signal)) {
      if (piece[0] !== PIECES - 1) continue;
      // A WeakRef holds its target until the running turn is over.
      await sleep(1);
      collectGarbage();
      alive = born.filter((ref) => ref.deref() !== undefined).length;
    }

    expect(alive).toBeLessThan(PIECES / 4);
  });

  test("ends with the signal's reason while the sender is silent", async () => {
    const interruption = new AbortController();
    const received: string[] = [];

    const reading = (async () => {
      for await (const bytes of interruptible(silence(), interruption.signal)) {
        received.push(bytes.toString());
        setImmediate(() => {
          interruption.abort(new Error("Somebody else goes on"));
        });
      }
    })();

    await expect(reading).rejects.toThrow("Somebody else goes on");
    expect(received).toEqual(["first"]);
  });

  test("is not begun when the signal has come already", async () => {
    const content = interruptible(silence(), AbortSignal.abort(new Error("Too late")));

    await expect(content.next()).rejects.toThrow("Too late");
  });
});
