import type { Db } from "mongodb";
import type { AccountAdministration } from "../accounts/administration.js";
import { AccountsRepository } from "../accounts/repository.js";
import { ROLES } from "../accounts/role.js";
import type { AccountSettings } from "../accounts/settings.js";
import type { RegistrationSettings } from "../registration/settings.js";
import { OidcLinks } from "./links.js";
import { OidcProvider } from "./provider.js";
import { OidcIdentitiesRepository } from "./repository.js";
import { type OidcSettings, readRoleMap } from "./settings.js";
import { SingleSignOn } from "./single-sign-on.js";

interface Options {
  readonly db: Db;
  readonly settings: OidcSettings &
    Pick<RegistrationSettings, "adminUsername"> &
    Pick<AccountSettings, "defaultQuotaBytes"> & { readonly publicUrl: URL | undefined };
  readonly administration: AccountAdministration;
  readonly now: () => Date;
}

/** Opens single sign-on. It is off unless `OIDC_ISSUER` and `OIDC_CLIENT_ID` are set. */
export function openOidc({ db, settings, administration, now }: Options) {
  const { oidcIssuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = settings;
  const issuer = clientId === undefined ? undefined : oidcIssuer;
  const accounts = new AccountsRepository(db);
  const identities = new OidcIdentitiesRepository(db);
  const provider =
    issuer === undefined || clientId === undefined
      ? undefined
      : new OidcProvider({ issuer, clientId, clientSecret, scopes: settings.oidcScopes });
  const policy = policyOf(settings);
  return {
    singleSignOn: new SingleSignOn({
      provider,
      policy,
      publicUrl: settings.publicUrl,
      identities,
      accounts,
      administration,
      now,
    }),
    oidcLinks: new OidcLinks({ identities, accounts, issuer, name: settings.oidcName }),
  };
}

function policyOf(settings: Options["settings"]) {
  const { oidcRoleClaim: claim, oidcDefaultRole, adminUsername, defaultQuotaBytes } = settings;
  const map = readRoleMap(settings.oidcRoleMap ?? "");
  const byDefault = ROLES.find((role) => role === oidcDefaultRole);
  return {
    registration: settings.oidcRegistration,
    usernameClaim: settings.oidcUsernameClaim,
    roles: claim === undefined ? undefined : { claim, map, byDefault },
    adminUsername,
    trustsSecondFactor: settings.oidcSecondFactor === "trust",
    defaultQuotaBytes,
  };
}
