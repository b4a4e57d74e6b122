import type { Redis } from "../platform/redis.js";
import { Clamd } from "./clamd.js";
import { ScanOutcomes } from "./outcomes.js";
import { Scanner } from "./scanner.js";
import type { ScanSettings } from "./settings.js";

/** Clamd takes a connection at once, or is not there. */
const CONNECT_TIMEOUT_MS = 5000;

/** Opens the virus scanner; `undefined` where there is none. Nothing is connected until something is scanned. */
export function openScanner(settings: ScanSettings): Scanner | undefined {
  const { clamdUrl: address, clamdTimeoutMs, clamdConcurrency, clamdMaxBytes } = settings;
  if (address === undefined) return undefined;
  const clamd = new Clamd({
    address,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, clamdTimeoutMs),
    idleTimeoutMs: clamdTimeoutMs,
  });
  return new Scanner({ clamd, concurrency: clamdConcurrency, maxBytes: clamdMaxBytes });
}

interface Options {
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly settings: ScanSettings;
}

/** What the pipeline scans with, and counts. */
export function openScanning({ redis, prefix, settings }: Options) {
  const outcomes = new ScanOutcomes({ redis, prefix });
  return {
    scanner: openScanner(settings),
    policies: settings,
    onScan: outcomes.count.bind(outcomes),
  };
}
