import { renderSVG } from "uqr";
import type { Enrolment } from "../../common/factors/enrolment.js";
import type { Factors, Passkey } from "../../common/factors/factors.js";

/** What an account has beside its password; nothing of it is secret. */
export function presentFactors({ totp, passkeys, recoveryCodes }: Factors) {
  return {
    totp: totp && {
      createdAt: totp.createdAt.toISOString(),
      lastUsedAt: totp.lastUsedAt.toISOString(),
    },
    passkeys: passkeys.toReversed().map(presentPasskey),
    recoveryCodesLeft: recoveryCodes.length,
  };
}

export function presentPasskey(passkey: Passkey) {
  const { id, name, isBackedUp, createdAt, lastUsedAt } = passkey;
  return {
    id,
    name,
    isBackedUp,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

type PendingTotp = Awaited<ReturnType<Enrolment["startTotp"]>>;

/** A secret for an authenticator app: as text, as a URI, and as a picture of that for its camera. */
export function presentPendingTotp({ secret, uri, expiresAt }: PendingTotp) {
  const picture = Buffer.from(renderSVG(uri, { ecc: "M", border: 4 })).toString("base64");
  const qrCode = `data:image/svg+xml;base64,${picture}`;
  return { secret, uri, qrCode, expiresAt: expiresAt.toISOString() };
}
