import type { CredentialDoc } from "./credential.js";
import { endOf } from "./end-of.js";
import type { CredentialsRepository } from "./repository.js";

interface Deps {
  readonly credentials: Pick<CredentialsRepository, "find">;
  /** How long any session lasts. */
  readonly sessionLifetimeMs: number;
}

/** The sessions that families of tokens were begun from. A family ends with its session, however that ends. */
export class ParentSessions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** When the session of a family ends, if it is not used any more: long ago if it has ended. `undefined` for a family that depends on no session. */
  async endOf({ sessionId }: Pick<CredentialDoc, "sessionId">): Promise<Date | undefined> {
    if (sessionId === undefined) return undefined;
    const { credentials, sessionLifetimeMs } = this.#deps;
    const session = await credentials.find(sessionId);
    return session?.kind === "session" ? endOf(session, sessionLifetimeMs) : new Date(0);
  }
}
