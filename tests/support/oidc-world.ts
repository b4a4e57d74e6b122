import { afterAll } from "@jest/globals";
import { OidcIssuer } from "./oidc-issuer.js";
import { freePort } from "./processes.js";
import { useWorld } from "./use-world.js";
import type { World, WorldConfig } from "./world.js";

/** Gives a test file an OpenID provider, and a world that signs people in with it. */
export async function useOidcWorld(
  changes: Partial<WorldConfig> = {},
): Promise<{ readonly issuer: OidcIssuer; readonly world: () => World }> {
  const port = await freePort();
  const issuer = await OidcIssuer.start(`http://127.0.0.1:${port}/api/v1/login/oidc/callback`);
  const world = useWorld({
    port,
    oidcIssuer: issuer.url,
    oidcClientId: issuer.clientId,
    oidcClientSecret: issuer.clientSecret,
    oidcRegistration: "open",
    ...changes,
  });

  afterAll(() => issuer.close());

  return { issuer, world };
}
