import type { ConfigOf } from "../platform/config.js";
import { seconds, topic } from "../platform/setting.js";

/** How long repeated requests get the same answer. */
export const idempotencySettings = topic("Repeated requests", {
  idempotencyKeyTtlMs: seconds(
    "IDEMPOTENCY_KEY_TTL_SECONDS",
    "How long the answer to an upload with an Idempotency-Key is kept, in seconds.",
    { default: 86_400, min: 1 },
  ),
});

export type IdempotencySettings = ConfigOf<typeof idempotencySettings>;
