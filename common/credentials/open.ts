import type { Db } from "mongodb";
import type { Accounts } from "../accounts/service.js";
import { AccessTokens } from "./access-tokens.js";
import { OwnCredentials } from "./own-credentials.js";
import { ApiKeys } from "./api-keys.js";
import { ParentSessions } from "./parent-sessions.js";
import { RefreshTokens } from "./refresh-tokens.js";
import { CredentialsRepository } from "./repository.js";
import { Sessions } from "./sessions.js";
import type { SessionSettings, TokenSettings } from "./settings.js";
import { SigningKeys } from "./signing-keys.js";
import { Tokens } from "./tokens.js";

export type CredentialSettings = SessionSettings &
  TokenSettings & {
    /** Where clients reach the service; `undefined` where that is not configured. */
    readonly publicUrl: URL | undefined;
  };

interface Options {
  readonly db: Db;
  readonly settings: CredentialSettings;
  readonly accounts: Pick<Accounts, "findSignedIn">;
  readonly now: () => Date;
}

/** Opens the credentials of every kind. */
export function openCredentials({ db, settings, accounts, now }: Options) {
  const credentials = new CredentialsRepository(db);
  const { sessionMaxAgeMs: maxAgeMs, sessionLifetimeMs: lifetimeMs } = settings;
  return {
    credentials,
    sessions: new Sessions({ credentials, maxAgeMs, lifetimeMs, now }),
    ownSessions: new OwnCredentials({ credentials, kind: "session", lifetimeMs, now }),
    apiKeys: new ApiKeys({ credentials, now }),
    ...openTokens({ credentials, settings, accounts, now }),
  };
}

interface TokenParts extends Omit<Options, "db"> {
  readonly credentials: CredentialsRepository;
}

function openTokens({ credentials, settings, accounts, now }: TokenParts) {
  const secrets = settings.tokenSecrets ?? settings.sessionSecrets;
  const signingKeys = new SigningKeys(secrets);
  const lifetimeMs = settings.refreshTokenLifetimeMs;
  const sessionLifetimeMs = settings.sessionLifetimeMs;
  const parents = new ParentSessions({ credentials, sessionLifetimeMs });
  const accessTokens = new AccessTokens({
    keys: signingKeys,
    issuer: settings.publicUrl?.origin ?? "stowage",
    lifetimeMs: settings.accessTokenLifetimeMs,
    now,
  });
  return {
    signingKeys,
    tokens: new Tokens({
      credentials,
      accounts,
      parents,
      accessTokens,
      refreshTokens: new RefreshTokens(secrets),
      maxAgeMs: settings.refreshTokenMaxAgeMs,
      lifetimeMs,
      now,
    }),
    ownTokens: new OwnCredentials({ credentials, kind: "token", parents, lifetimeMs, now }),
  };
}
