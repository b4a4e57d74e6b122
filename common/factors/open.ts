import type { Db } from "mongodb";
import { Assertions } from "./assertions.js";
import { Challenges } from "./challenges.js";
import { Enrolment } from "./enrolment.js";
import { FactorKeyError } from "./errors.js";
import { FactorKeyCheck } from "./key-check.js";
import { Passkeys } from "./passkeys.js";
import { configuredSite, siteOfRequest } from "./relying-party.js";
import { FactorsRepository } from "./repository.js";
import { SecondFactor } from "./second-factor.js";
import { SecretBox } from "../platform/secret-box.js";
import type { FactorSettings } from "./settings.js";

interface Options {
  readonly db: Db;
  readonly settings: FactorSettings & {
    readonly sessionSecrets: readonly string[];
    /** `PUBLIC_URL`. */
    readonly publicUrl: URL | undefined;
  };
  readonly now: () => Date;
}

/** For commands of the operator, which know no secrets: they remove factors, and use none. */
export const NO_FACTOR_SETTINGS: Options["settings"] = {
  factorSecrets: undefined,
  sessionSecrets: [],
  webauthnRpId: undefined,
  webauthnOrigins: [],
  publicUrl: undefined,
};

export type OpenFactors = ReturnType<typeof openFactors>;

/** Opens the second factors. */
export function openFactors({ db, settings, now }: Options) {
  // The latter open what was stored before FACTOR_SECRETS was set.
  const secrets = [...(settings.factorSecrets ?? []), ...settings.sessionSecrets];
  const factors = new FactorsRepository(db);
  const box = new SecretBox({
    secrets,
    purpose: "factor",
    missing: (keyId, cause) => new FactorKeyError(keyId, cause),
  });
  const challenges = new Challenges({ secrets, now });
  const assertions = new Assertions({ challenges, site: configuredSite(settings), now });
  const siteOf = (host: string) => siteOfRequest(settings, host);
  return {
    secondFactor: new SecondFactor({ factors, assertions, challenges, box, now }),
    factorKeyCheck: new FactorKeyCheck({ factors, box }),
    enrolment: new Enrolment({ factors, box, now }),
    passkeys: new Passkeys({ factors, assertions, challenges, siteOf, now }),
  };
}
