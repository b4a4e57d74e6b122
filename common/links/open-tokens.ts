import type { LinkSettings } from "./settings.js";
import { LinkTokens } from "./tokens.js";
import { UrlTokens } from "./url-tokens.js";
import { LinkUrls } from "./urls.js";

interface Settings extends Pick<LinkSettings, "linkSecrets"> {
  readonly sessionSecrets: readonly string[];
  /** `PUBLIC_URL`. */
  readonly publicUrl: URL | undefined;
}

/** Opens what makes and verifies tokens and URLs of links. */
export function openLinkTokens({ linkSecrets, sessionSecrets, publicUrl }: Settings) {
  // The latter verify what was made before LINK_SECRETS was set.
  const tokens = new LinkTokens([...(linkSecrets ?? []), ...sessionSecrets]);
  const urlTokens = new UrlTokens(tokens);
  return {
    linkTokens: tokens,
    urlTokens,
    linkUrls: new LinkUrls({ tokens, urlTokens, publicUrl }),
  };
}
