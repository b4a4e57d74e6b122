/**
 * Loaded into every part (`node --import`): a part never outlives the process that started it, also when that one is
 * killed with SIGKILL. Its end closes the IPC channel; the part then stops as it does for SIGTERM.
 */
import { setTimeout } from "node:timers";

/** A part that cannot stop gracefully, for example because its store has gone as well, is not waited for any longer. */
const STOP_TIMEOUT_MS = 30_000;

function stop() {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), STOP_TIMEOUT_MS).unref();
}

process.once("disconnect", stop);
// Whoever started this part may have gone before it was listened for.
if (process.connected === false) stop();

// The channel alone must not keep a part running that has finished.
process.channel?.unref();
