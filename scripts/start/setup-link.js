const TIMEOUT_MS = 5_000;

/**
 * The page that makes the first admin. It exists until there is an admin. A missing link is no reason to fail: there are other ways.
 *
 * @param {URL} url - Of the web process.
 * @param {string} sessionSecrets - As `SESSION_SECRETS` has them.
 * @returns {Promise<URL | undefined>}
 */
export async function findSetupLink(url, sessionSecrets) {
  const { setupToken } = await import("../../dist/common/registration/setup-token.js");
  const [secret = ""] = sessionSecrets.split(",");
  const link = new URL(`/setup/${setupToken(secret.trim())}`, url);
  try {
    const signal = globalThis.AbortSignal.timeout(TIMEOUT_MS);
    const answer = await globalThis.fetch(link, {
      signal,
      headers: { Accept: "application/json" },
    });
    return answer.status === 200 ? link : undefined;
  } catch {
    return undefined;
  }
}
