/**
 * Loaded into every part (`node --import`): a part never outlives the process that started it, also when that one is
 * killed with SIGKILL. Its end closes the IPC channel; the part then gets the signal for a graceful stop.
 */
import { setTimeout } from "node:timers";

const STOP_TIMEOUT_MS = 20_000;

process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), STOP_TIMEOUT_MS).unref();
});

// The channel alone must not keep a part running that has finished.
process.channel?.unref();
