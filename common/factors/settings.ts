import type { ConfigOf } from "../platform/config.js";
import { optionalSecrets, topic } from "../platform/setting.js";
import { optionalHostName, originList } from "../platform/site-setting.js";

/** The second factor: authenticator apps and passkeys. */
export const factorSettings = topic("Second factor", {
  factorSecrets: optionalSecrets(
    "FACTOR_SECRETS",
    "The secrets that authenticator apps are stored encrypted with, separated by commas. The first encrypts; all decrypt. Empty: SESSION_SECRETS.",
  ),
  webauthnRpId: optionalHostName(
    "WEBAUTHN_RP_ID",
    "The host name that passkeys are made for, such as example.com. Empty: the host of PUBLIC_URL, or of the request.",
  ),
  webauthnOrigins: originList(
    "WEBAUTHN_ORIGINS",
    "The origins whose pages may use passkeys, separated by commas. Empty: that of PUBLIC_URL, or https:// and the host name.",
  ),
});

export type FactorSettings = ConfigOf<typeof factorSettings>;
