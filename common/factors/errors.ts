import { AppError } from "../platform/errors.js";

/** The secret of an authenticator app is encrypted with a key that this process was not given. `keyId` is for the log. */
export class FactorKeyError extends AppError {
  readonly code = "encryption-key-missing";
  readonly keyId: string;
  constructor(keyId: string, options?: ErrorOptions) {
    super(
      "Your authenticator app cannot be verified: the server lacks its key. Use a recovery code or a passkey, and tell the operator",
      {},
      options,
    );
    this.keyId = keyId;
  }
}

/** The server has no host name by which browsers could keep passkeys for it. */
export class PasskeysOffError extends AppError {
  readonly code = "passkeys-off";
  constructor() {
    super(
      "Passkeys need a host name, and this server is used by its address: the operator sets PUBLIC_URL or WEBAUTHN_RP_ID",
    );
  }
}

/** An account has as many passkeys as it may have. */
export class TooManyPasskeysError extends AppError {
  readonly code = "too-many-passkeys";
  constructor(limit: number) {
    super(`An account may have at most ${limit} passkeys`, { limit });
  }
}
