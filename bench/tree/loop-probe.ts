import { monitorEventLoopDelay } from "node:perf_hooks";

/*
 * Runs inside of the web process (`--import`), and tells the bench how long the event loop was held. Any message begins a new measurement and is
 * answered with the longest hold since the one before, in milliseconds.
 */
const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();

process.on("message", () => {
  process.send?.(delays.max / 1e6);
  delays.reset();
});
// The process ends when its work ends.
process.channel?.unref();
