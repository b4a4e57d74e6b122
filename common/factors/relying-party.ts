import { isIP } from "node:net";

/** The site that passkeys are made for (WebAuthn §4). */
export interface RelyingParty {
  /** A host name; pages below it may use its passkeys. */
  readonly id: string;
  /** The origins whose pages may. */
  readonly origins: readonly string[];
}

interface SiteSettings {
  readonly webauthnRpId: string | undefined;
  readonly webauthnOrigins: readonly string[];
  readonly publicUrl: URL | undefined;
}

/** Browsers give passkeys to pages of these without TLS. */
const LOCAL = /^(?:.+\.)?localhost$/;

/**
 * The site of the configuration: `WEBAUTHN_RP_ID`, or the host of `PUBLIC_URL`. `undefined` where neither is set, or the only one is an address, for which
 * browsers keep no passkeys.
 */
export function configuredSite(settings: SiteSettings): RelyingParty | undefined {
  const { webauthnRpId, webauthnOrigins, publicUrl } = settings;
  const id = webauthnRpId ?? nameIn(publicUrl?.hostname);
  if (id === undefined) return undefined;
  if (webauthnOrigins.length > 0) return { id, origins: webauthnOrigins };
  return publicUrl === undefined ? siteOf(id, id) : { id, origins: [publicUrl.origin] };
}

/**
 * The site that a request was sent to, where the configuration says nothing. `undefined` for an address. It may be believed: a browser that was
 * led astray says where to, and then has no passkeys of this server.
 *
 * @param host - With or without a port, as in `Host`.
 */
export function siteOfRequest(settings: SiteSettings, host: string): RelyingParty | undefined {
  const configured = configuredSite(settings);
  if (configured !== undefined || settings.publicUrl !== undefined) return configured;
  const url = `https://${host}`;
  if (host === "" || !URL.canParse(url)) return undefined;
  const id = nameIn(new URL(url).hostname);
  return id === undefined ? undefined : siteOf(id, host);
}

/** Whatever a proxy in front says: browsers keep passkeys for pages that came over TLS, and for those of this machine. */
function siteOf(id: string, host: string): RelyingParty {
  const schemes = LOCAL.test(id) ? ["https", "http"] : ["https"];
  return { id, origins: schemes.map((scheme) => new URL(`${scheme}://${host}`).origin) };
}

/** @param hostname - As `URL` has it, which writes every form of an address in one way. */
function nameIn(hostname: string | undefined): string | undefined {
  if (hostname === undefined || hostname === "" || hostname.startsWith("[")) return undefined;
  return isIP(hostname) === 0 ? hostname : undefined;
}
