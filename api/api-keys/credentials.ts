import { accountActor } from "../../common/access/actor.js";
import { usernameKey } from "../../common/accounts/account.js";
import { InvalidTokenError } from "../../common/accounts/errors.js";
import type { Accounts } from "../../common/accounts/service.js";
import { isApiKeyText } from "../../common/credentials/api-key-text.js";
import type { ApiKeys } from "../../common/credentials/api-keys.js";
import { basicCredentials, bearerChallenge, bearerToken } from "../http/authorization.js";
import { clientTrace } from "../http/client-trace.js";
import type { Context, Credential, Proof } from "../http/door.js";

interface Deps {
  readonly apiKeys: Pick<ApiKeys, "verify" | "noteUse">;
  readonly accounts: Pick<Accounts, "findActive">;
}

/** An API key as bearer credentials (RFC 6750 §2.1). */
export function apiKeyCredential(deps: Deps): Credential {
  return {
    kind: "api-key",
    challenge: bearerChallenge(),
    read: async (ctx) => {
      const token = bearerToken(ctx.req.headers);
      if (token === undefined || !isApiKeyText(token)) return undefined;
      return prove(ctx, deps, { text: token, username: "" });
    },
  };
}

/**
 * An API key as the password of Basic credentials (RFC 7617), for clients that know nothing else. The username is the account's, or empty. Any other
 * password is not for us: a proxy before this server may ask for its own. No challenge tells browsers of it, which would open a dialog.
 */
export function basicCredential(deps: Deps): Credential {
  return {
    kind: "api-key",
    challenge: bearerChallenge(),
    read: async (ctx) => {
      const { username = "", password = "" } = basicCredentials(ctx.req.headers) ?? {};
      if (!isApiKeyText(password)) return undefined;
      return prove(ctx, deps, { text: password, username });
    },
  };
}

interface GivenKey {
  readonly text: string;
  /** Empty where the client says none. */
  readonly username: string;
}

async function prove(
  ctx: Context,
  { apiKeys, accounts }: Deps,
  { text, username }: GivenKey,
): Promise<Proof> {
  const apiKey = await apiKeys.verify(text, ctx.state.client.ip);
  const account = await accounts.findActive(apiKey.accountId);
  if (account === undefined) {
    throw new InvalidTokenError("The account of the API key is disabled or gone");
  }
  if (username !== "" && usernameKey(username) !== usernameKey(account.username)) {
    throw new InvalidTokenError("The API key is of another account than the username");
  }
  if (apiKey.isUseDue) {
    // Also of requests that are refused then. That the use is written is not worth refusing any.
    await apiKeys.noteUse(apiKey, clientTrace(ctx)).catch((error: unknown) => {
      ctx.state.log.warn({ err: error }, "The use of an API key was not written");
    });
  }
  const { id, scopes, rootFolderId } = apiKey;
  const credential = { kind: "api-key", id, methods: [], scopes, rootFolderId } as const;
  return { actor: accountActor(account, credential) };
}
