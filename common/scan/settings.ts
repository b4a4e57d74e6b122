import type { ConfigOf } from "../platform/config.js";
import { oneOf, optional, seconds, SettingError, topic, wholeNumber } from "../platform/setting.js";

/** Where clamd listens. */
export type ScannerAddress =
  { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * What becomes of content that cannot be scanned:
 *
 * - `hold`: nobody gets it until it was scanned, or an admin has released it.
 * - `pass-marked`: it is served, and the metadata of the file says that it was not scanned.
 * - `refuse`: the file has failed, and nobody gets it.
 */
export type ScanPolicy = "hold" | "pass-marked" | "refuse";

const MIB = 1024 ** 2;

const CASES =
  "`pass-marked` serves it and says so in the metadata, `refuse` makes the file fail, and `hold`";

/** How content is scanned for viruses (docs/scanning.md). */
export const scanSettings = topic("Virus scanner", {
  clamdUrl: {
    ...optional(
      "CLAMD_URL",
      "Where clamd listens: tcp://host:port or unix:/path/of/clamd.sock. Empty: content is not scanned (see docs/scanning.md).",
      parseAddress,
    ),
    isSecret: false,
  },
  clamdMaxBytes: wholeNumber(
    "CLAMD_MAX_BYTES",
    "The largest content that is sent to clamd, in bytes. Not more than StreamMaxLength, MaxFileSize and MaxScanSize in clamd.conf.",
    { default: 100 * MIB, min: 1, max: 2 ** 31 - 1 },
  ),
  clamdConcurrency: wholeNumber(
    "CLAMD_CONCURRENCY",
    "How many contents one worker process sends to clamd at once. All workers together: not more than MaxThreads in clamd.conf.",
    { default: 4, min: 1, max: 256 },
  ),
  clamdTimeoutMs: seconds(
    "CLAMD_TIMEOUT_SECONDS",
    "How long clamd may be silent while it scans, in seconds. Longer than MaxScanTime in clamd.conf (120 by default).",
    { default: 180, min: 1, max: 540 },
  ),
  scanTooLarge: oneOf<ScanPolicy>(
    "SCAN_TOO_LARGE",
    `What becomes of content that is larger than the scanner takes: ${CASES} puts it into quarantine until an admin releases it.`,
    ["pass-marked", "hold", "refuse"],
  ),
  scanEncrypted: oneOf<ScanPolicy>(
    "SCAN_ENCRYPTED",
    `What becomes of encrypted archives and documents, which clamd reports with AlertEncrypted: ${CASES} puts them into quarantine until an admin releases them.`,
    ["pass-marked", "hold", "refuse"],
  ),
  scanUnavailable: oneOf<ScanPolicy>(
    "SCAN_UNAVAILABLE",
    `What becomes of content while clamd does not answer: ${CASES} serves it to nobody until clamd has scanned it.`,
    ["hold", "pass-marked", "refuse"],
  ),
});

export type ScanSettings = ConfigOf<typeof scanSettings>;

/** Whether new content waits for its scan before anybody gets it. */
export const holdsUnscanned = ({ clamdUrl, scanUnavailable }: ScanSettings): boolean =>
  clamdUrl !== undefined && scanUnavailable === "hold";

function parseAddress(text: string): ScannerAddress | undefined {
  if (text === "") return undefined;
  const [, path] = /^unix:(?:\/\/)?(\/[^\0]+)$/.exec(text) ?? [];
  if (path !== undefined) return { path };
  const [, host = "", port = ""] =
    /^tcp:\/\/([^\s/:@]+|\[[\da-f:.]+\]):(\d{1,5})\/?$/i.exec(text) ?? [];
  if (host === "" || Number(port) < 1 || Number(port) > 65_535) {
    throw new SettingError("CLAMD_URL must be tcp://host:port or unix:/path");
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
