import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The token of the setup link: 43 characters of base64url. It is derived from a secret of the configuration, so every web process knows it,
 * and nothing stores it.
 *
 * @param sessionSecret - One of `SESSION_SECRETS`.
 */
export function setupToken(sessionSecret: string): string {
  return createHmac("sha256", sessionSecret).update("stowage setup link").digest("base64url");
}

/** Whether a text is the token of one of these secrets, in constant time. */
export function isSetupToken(text: string, sessionSecrets: readonly string[]): boolean {
  const given = Buffer.from(text);
  return sessionSecrets.some((secret) => {
    const token = Buffer.from(setupToken(secret));
    return given.length === token.length && timingSafeEqual(given, token);
  });
}
