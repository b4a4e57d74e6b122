import type { SecondFactor, SecondFactorProof } from "../factors/second-factor.js";
import type { Id } from "../platform/ids.js";
import { InvalidCodeError, InvalidPasskeyError, SecondFactorRequiredError } from "./errors.js";
import type { Attempt } from "./guesses.js";
import type { ProofMethod } from "./role.js";

interface Try {
  readonly accountId: Id;
  readonly proof: SecondFactorProof;
  readonly attempt: Attempt;
}

/**
 * Verifies the second factor of somebody who has proven the first.
 *
 * @returns what was proven: nothing where the account has no second factor.
 * @throws {@link SecondFactorRequiredError}, {@link InvalidCodeError} and {@link InvalidPasskeyError}.
 */
export async function proveSecondFactor(
  secondFactor: Pick<SecondFactor, "prove">,
  { accountId, proof, attempt }: Try,
): Promise<readonly ProofMethod[]> {
  const verdict = await secondFactor.prove(accountId, proof, attempt);
  if (verdict.kind === "missing") throw new SecondFactorRequiredError(accountId, verdict.choice);
  if (verdict.kind === "wrong") {
    throw verdict.what === "code"
      ? new InvalidCodeError(accountId)
      : new InvalidPasskeyError(accountId);
  }
  return verdict.kind === "proven" ? [verdict.method] : [];
}
