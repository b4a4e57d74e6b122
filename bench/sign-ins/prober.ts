import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/*
 * A thread of its own, so that what the bench does beside it delays no probe. Probes go on one connection, one after the other, 5 ms apart, until
 * the bench sends a message; then their times are sent back, in milliseconds.
 */
const PAUSE_MS = 5;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const times: number[] = [];
let isOver = false;

parentPort?.once("message", () => {
  isOver = true;
});

function probe(): void {
  const startedAt = performance.now();
  get(workerData as string, { agent }, (answer) => {
    answer.resume().once("end", () => {
      times.push(performance.now() - startedAt);
      if (!isOver) setTimeout(probe, PAUSE_MS);
      else {
        parentPort?.postMessage(times);
        agent.destroy();
      }
    });
  });
}

probe();
