import { corsOrigins } from "../../common/platform/origin-setting.js";
import { seconds, text, topic, wholeNumber } from "../../common/platform/setting.js";
import { siteSettings } from "../../common/platform/settings.js";

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
  ...siteSettings,
  corsOrigins: corsOrigins(
    "CORS_ORIGINS",
    "Origins whose pages may use the API with tokens or API keys, separated by commas, such as https://app.example.com; `*` for all. Never with cookies.",
  ),
  keepAliveMs: seconds(
    "KEEP_ALIVE_SECONDS",
    "How long a connection waits for its next request, in seconds; longer than a proxy in front keeps its own (Heroku: 90).",
    { default: 95, min: 1, max: 86_400 },
  ),
  downloadIdleTimeoutMs: seconds(
    "DOWNLOAD_IDLE_TIMEOUT_SECONDS",
    "How long a client may take nothing of an answer, in seconds; then its connection is cut.",
    { default: 60, min: 1 },
  ),
  maxFieldBytes: wholeNumber("MAX_FIELD_BYTES", "The largest form field and JSON body, in bytes.", {
    default: 64 * 1024,
    min: 1024,
    max: 16 * MIB,
  }),
});
