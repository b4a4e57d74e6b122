import { accountActor } from "../../common/access/actor.js";
import { InvalidTokenError } from "../../common/accounts/errors.js";
import { isLikeRefreshToken } from "../../common/credentials/refresh-tokens.js";
import type { Tokens } from "../../common/credentials/tokens.js";
import type { Logger } from "../../common/platform/log.js";
import { bearerChallenge, bearerToken } from "../http/authorization.js";
import { clientTrace } from "../http/client-trace.js";
import type { Credential } from "../http/door.js";

interface Deps {
  readonly tokens: Pick<Tokens, "authenticate" | "noteUse">;
  readonly log: Logger;
}

/** An access token as a bearer credential (RFC 6750 §2.1). It is never taken from a query or a form. */
export function tokenCredential({ tokens, log }: Deps): Credential {
  return {
    kind: "token",
    challenge: bearerChallenge(),
    read: async (ctx) => {
      const token = bearerToken(ctx.req.headers);
      if (token === undefined) return undefined;
      if (isLikeRefreshToken(token)) {
        throw new InvalidTokenError(
          "This is a refresh token: exchange it at /tokens/refresh for an access token",
        );
      }
      if (!isLikeJwt(token)) return undefined;
      const { account, family, isUseDue } = await tokens.authenticate(token);
      const { _id: id, methods, scopes, rootFolderId } = family;
      const actor = accountActor(account, { kind: "token", id, methods, scopes, rootFolderId });
      if (!isUseDue) return { actor };
      const renew = async () => {
        try {
          await tokens.noteUse(family, clientTrace(ctx));
        } catch (error) {
          // The handler's work is done, and its answer stands. The next request tries again.
          log.warn({ err: error }, "The use of a token was not noted");
        }
      };
      return { actor, renew };
    },
  };
}

/** RFC 7515 §3.1: three parts with dots between them, of which the last may be empty. */
const isLikeJwt = (token: string) => token.includes(".");
