import { accountSettings } from "../common/accounts/settings.js";
import { auditSettings } from "../common/audit/settings.js";
import { factorSettings } from "../common/factors/settings.js";
import { contentSettings } from "../common/content-settings.js";
import { metricsSettings } from "../common/metrics/settings.js";
import { oidcSettings } from "../common/oidc/settings.js";
import { outgoingSettings } from "../common/outgoing-settings.js";
import { linkSettings } from "../common/links/settings.js";
import type { ConfigOf } from "../common/platform/config.js";
import { processSettings, storeSettings } from "../common/platform/settings.js";
import { rateLimitSettings } from "../common/rate-limits/settings.js";
import { sessionSettings, tokenSettings } from "../common/credentials/settings.js";
import { registrationSettings } from "../common/registration/settings.js";
import { storageSettings } from "../common/storage/settings.js";
import { trashSettings } from "../common/trash/settings.js";
import { httpSettings } from "./http/settings.js";

/** Everything that the web process reads. */
export const webSettings = {
  ...processSettings,
  ...storeSettings,
  ...storageSettings,
  ...httpSettings,
  ...sessionSettings,
  ...tokenSettings,
  ...accountSettings,
  ...registrationSettings,
  ...factorSettings,
  ...oidcSettings,
  ...auditSettings,
  ...outgoingSettings,
  ...rateLimitSettings,
  ...contentSettings,
  ...linkSettings,
  ...trashSettings,
  ...metricsSettings,
};

export type WebConfig = ConfigOf<typeof webSettings>;
