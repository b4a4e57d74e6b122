import type { Scanning } from "../../common/pipeline/scan.js";

/** An installation without a virus scanner. */
export const NO_SCANNING: Scanning = {
  scanner: undefined,
  policies: { scanTooLarge: "hold", scanEncrypted: "hold", scanUnavailable: "hold" },
  onScan: () => undefined,
  onQuarantined: () => Promise.resolve(),
};
