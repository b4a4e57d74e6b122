import { accountSettings } from "../common/accounts/settings.js";
import { idempotencySettings } from "../common/idempotency/settings.js";
import { metricsSettings } from "../common/metrics/settings.js";
import type { ConfigOf } from "../common/platform/config.js";
import { text, topic, wholeNumber } from "../common/platform/setting.js";
import { processSettings, storeSettings } from "../common/platform/settings.js";
import { sessionSettings } from "../common/sessions/settings.js";
import { storageSettings } from "../common/storage/settings.js";
import { resumableUploadSettings, uploadSettings } from "../common/uploads/settings.js";

const MIB = 1024 ** 2;

/** Where the web process listens, and what it trusts. */
export const httpSettings = topic("HTTP", {
  port: wholeNumber("PORT", "The port to listen on; 0 takes a free one.", {
    default: 3000,
    min: 0,
    max: 65_535,
  }),
  host: text("HOST", "The address to listen on; 0.0.0.0 for every one.", {
    pattern: /^\S+$/,
    form: "an address or a host name",
    default: "127.0.0.1",
  }),
  trustProxyHops: wholeNumber(
    "TRUST_PROXY_HOPS",
    "How many proxies are in front of the web process; 0 ignores X-Forwarded headers.",
    { default: 0, min: 0, max: 16 },
  ),
  maxFieldBytes: wholeNumber("MAX_FIELD_BYTES", "The largest form field and JSON body, in bytes.", {
    default: 64 * 1024,
    min: 1024,
    max: 16 * MIB,
  }),
});

/** Everything that the web process reads. */
export const webSettings = {
  ...processSettings,
  ...storeSettings,
  ...storageSettings,
  ...httpSettings,
  ...sessionSettings,
  ...accountSettings,
  ...uploadSettings,
  ...resumableUploadSettings,
  ...idempotencySettings,
  ...metricsSettings,
};

export type WebConfig = ConfigOf<typeof webSettings>;
