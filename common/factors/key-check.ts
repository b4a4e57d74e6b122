import type { Logger } from "../platform/log.js";
import type { FactorsRepository } from "./repository.js";
import type { SecretBox } from "../platform/secret-box.js";

interface Deps {
  readonly factors: Pick<FactorsRepository, "countAppsOfOtherKeys">;
  readonly box: Pick<SecretBox, "keyIds">;
}

/** Tells the operator whether a secret is missing that authenticator apps are encrypted with. */
export class FactorKeyCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does not throw: while MongoDB is away, the log says that it is not known. */
  async report(log: Logger): Promise<void> {
    const { factors, box } = this.#deps;
    try {
      const apps = await factors.countAppsOfOtherKeys(box.keyIds);
      if (apps === 0) return;
      log.error(
        { apps },
        "Authenticator apps are encrypted with secrets that FACTOR_SECRETS and SESSION_SECRETS lack: their codes cannot be verified",
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(
        { reason },
        "Whether a secret of authenticator apps is missing could not be found out",
      );
    }
  }
}
