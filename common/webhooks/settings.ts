import type { ConfigOf } from "../platform/config.js";
import { optionalSecrets, type Setting, topic, trueOrFalse } from "../platform/setting.js";

const ownSecrets = optionalSecrets(
  "WEBHOOK_SECRETS",
  "The secrets that signing secrets of webhooks are stored encrypted with, separated by commas; the same for web and worker. The first encrypts; all decrypt. Empty: SESSION_SECRETS.",
);

const sessionSecrets = optionalSecrets("SESSION_SECRETS", "");

/** What was stored before WEBHOOK_SECRETS was set is opened with the other ones. */
const webhookSecrets: Setting<readonly string[]> = {
  ...ownSecrets,
  read: (env) => [...(ownSecrets.read(env) ?? []), ...(sessionSecrets.read(env) ?? [])],
};

/** Webhooks. Web processes and the worker read this. */
export const webhookSettings = topic("Webhooks", {
  webhookSecrets,
  webhookAllowPrivate: trueOrFalse(
    "WEBHOOK_ALLOW_PRIVATE",
    "Whether webhooks may be sent to private, local and reserved addresses, such as other services of your own network.",
    false,
  ),
});

export type WebhookSettings = ConfigOf<typeof webhookSettings>;
