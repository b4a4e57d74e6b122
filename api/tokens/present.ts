import type { CredentialDoc } from "../../common/credentials/credential.js";
import type { TokenPair } from "../../common/credentials/tokens.js";
import type { Id } from "../../common/platform/ids.js";
import { presentSignedIn } from "../sessions/present.js";

/** RFC 6749 §5.1, in the words of this API. */
export function presentTokens({ accessToken, lifetimeMs, refreshToken, scopes }: TokenPair) {
  return {
    accessToken,
    tokenType: "Bearer",
    expiresIn: Math.floor(lifetimeMs / 1000),
    refreshToken,
    ...(scopes !== null && { scope: scopes.join(" ") }),
  };
}

/** A token family as its owner sees it. */
export function presentFamily(family: CredentialDoc, currentId: Id) {
  const { name, scopes } = family;
  return { ...presentSignedIn(family, currentId), name, scopes };
}
