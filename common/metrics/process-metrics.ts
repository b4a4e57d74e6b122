import { cpuUsage, memoryUsage, uptime, version } from "node:process";
import { type Metric, single } from "./exposition.js";
import { Histogram } from "./instruments.js";

const LAG_EVERY_MS = 100;
const MICROSECONDS = 1e6;

/** What a process says about itself, under the names that Prometheus's own client libraries have for it. */
export class ProcessMetrics {
  readonly #startedAtSeconds = Date.now() / 1000 - uptime();
  readonly #timer: NodeJS.Timeout;
  readonly #lag = new Histogram({
    name: "nodejs_eventloop_lag_seconds",
    help: "How much later than asked for a timer was served, looked at ten times a second.",
    bounds: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });

  constructor() {
    let dueAt = performance.now() + LAG_EVERY_MS;
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lag.observe({}, Math.max(0, now - dueAt) / 1000);
      dueAt = now + LAG_EVERY_MS;
    }, LAG_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  read(): Metric[] {
    const { rss, heapUsed, heapTotal, external } = memoryUsage();
    const { user, system } = cpuUsage();
    return [
      single("counter", CPU_TOTAL, (user + system) / MICROSECONDS),
      single("counter", CPU_USER, user / MICROSECONDS),
      single("counter", CPU_SYSTEM, system / MICROSECONDS),
      single("gauge", START, this.#startedAtSeconds),
      single("gauge", RESIDENT, rss),
      single("gauge", HEAP_USED, heapUsed),
      single("gauge", HEAP_TOTAL, heapTotal),
      single("gauge", EXTERNAL, external),
      this.#lag.read(),
      { ...NODE, type: "gauge", samples: [{ labels: { version }, value: 1 }] },
    ];
  }
}

const CPU_TOTAL = {
  name: "process_cpu_seconds_total",
  help: "CPU time of this process, in seconds.",
};
const CPU_USER = {
  name: "process_cpu_user_seconds_total",
  help: "The part of it that was spent in the process itself.",
};
const CPU_SYSTEM = {
  name: "process_cpu_system_seconds_total",
  help: "The part of it that was spent in the kernel.",
};
const START = {
  name: "process_start_time_seconds",
  help: "When this process was started, in Unix time.",
};
const RESIDENT = {
  name: "process_resident_memory_bytes",
  help: "Memory of this process that is in RAM.",
};
const HEAP_USED = { name: "nodejs_heap_size_used_bytes", help: "V8's heap in use." };
const HEAP_TOTAL = { name: "nodejs_heap_size_total_bytes", help: "V8's heap." };
const EXTERNAL = {
  name: "nodejs_external_memory_bytes",
  help: "Memory outside V8's heap that its objects hold, such as buffers.",
};
const NODE = { name: "nodejs_version_info", help: "The version of Node.js." };
