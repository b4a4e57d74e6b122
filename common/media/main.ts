import { limitImageDecoding } from "./images.js";
import type { MediaMessage, MediaRequest } from "./task.js";
import { doMediaTask } from "./work.js";

/** The media process: does one task after the other that its parent sends, and ends with its parent. `decoder.ts` starts it. */

function send(message: MediaMessage): void {
  process.send?.(message);
}

// What libvips still computes in a thread would keep an ordinary exit waiting.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// A terminal sends Ctrl-C to the children, too. The parent decides when this process ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

limitImageDecoding();

process.on("message", ({ id, task }: MediaRequest) => {
  void doMediaTask(task).then((outcome) => {
    send({ id, outcome });
  });
});

send({ isReady: true });
