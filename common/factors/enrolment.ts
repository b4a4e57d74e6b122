import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { type Factors, hasSecondFactor, NO_FACTORS, withoutIdleCodes } from "./factors.js";
import { hashesOf, newRecoveryCodes } from "./recovery-codes.js";
import type { FactorsRepository } from "./repository.js";
import type { SecretBox } from "../platform/secret-box.js";
import { acceptedStep, newTotpSecret, presentTotp } from "./totp.js";

/** How long an authenticator app may take to show its first code. */
const PENDING_MS = 900_000;

interface Deps {
  readonly factors: FactorsRepository;
  readonly box: SecretBox;
  readonly now: () => Date;
}

/**
 * Sets up authenticator apps and recovery codes. The caller has asked the person to authenticate again. {@link confirmTotp} needs no such
 * check: it needs the pending secret, which is given out only after one.
 */
export class Enrolment {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** All that the account has. */
  find(accountId: Id): Promise<Factors> {
    return this.#deps.factors.find(accountId);
  }

  /**
   * Makes a secret for an authenticator app. It counts once {@link confirmTotp} has seen a code of it; until then an app that was set up before goes
   * on. An earlier secret that is still pending is forgotten.
   */
  async startTotp({ id: accountId, username }: { readonly id: Id; readonly username: string }) {
    const { factors, box, now } = this.#deps;
    const secret = newTotpSecret();
    const expiresAt = new Date(now().getTime() + PENDING_MS);
    const pendingTotp = { secret: box.seal(secret, accountId), expiresAt };
    await factors.change(accountId, (found) => ({ ...found, pendingTotp }));
    return { ...presentTotp(secret, username), expiresAt };
  }

  /**
   * Takes the app into use whose secret is pending, in place of one that was set up before.
   *
   * @returns New recovery codes. Earlier ones do not count any more.
   * @throws {@link NotFoundError} when no secret is pending.
   * @throws {@link InvalidRequestError} when the code is not one of the pending secret.
   */
  async confirmTotp(accountId: Id, code: string): Promise<readonly string[]> {
    const { factors, box, now } = this.#deps;
    const codes = newRecoveryCodes();
    await factors.change(accountId, (found) => {
      const at = now();
      const { pendingTotp } = found;
      if (pendingTotp === null || pendingTotp.expiresAt <= at) {
        throw new NotFoundError("authenticator app that waits for its first code");
      }
      const secret = box.open(pendingTotp.secret, accountId);
      const digits = code.replace(/\s/g, "");
      const lastStep = acceptedStep(digits, { secret, now: at, lastStep: 0 });
      if (lastStep === undefined) throw wrongCode();
      const totp = { secret: pendingTotp.secret, createdAt: at, lastUsedAt: at, lastStep };
      return { ...found, totp, pendingTotp: null, recoveryCodes: hashesOf(codes) };
    });
    return codes;
  }

  /** @throws {@link NotFoundError} when the account has no authenticator app. */
  async removeTotp(accountId: Id): Promise<void> {
    await this.#deps.factors.change(accountId, (found) => {
      if (found.totp === null) throw new NotFoundError("authenticator app");
      return withoutIdleCodes({ ...found, totp: null, pendingTotp: null });
    });
  }

  /**
   * Makes new recovery codes. Earlier ones do not count any more.
   *
   * @throws {@link NotFoundError} when the account has no second factor.
   */
  async renewRecoveryCodes(accountId: Id): Promise<readonly string[]> {
    const codes = newRecoveryCodes();
    await this.#deps.factors.change(accountId, (found) => {
      if (!hasSecondFactor(found)) throw new NotFoundError("second factor");
      return { ...found, recoveryCodes: hashesOf(codes) };
    });
    return codes;
  }

  /**
   * Removes all that an account has beside its password, pending secrets too: for one who has lost it.
   *
   * @throws {@link NotFoundError} when it has no second factor.
   */
  async removeAll(accountId: Id): Promise<void> {
    await this.#deps.factors.change(accountId, (found) => {
      if (!hasSecondFactor(found)) throw new NotFoundError("second factor");
      return NO_FACTORS;
    });
  }
}

const wrongCode = () =>
  new InvalidRequestError([
    { in: "body", pointer: "/code", detail: "code is not one of the app that is set up" },
  ]);
