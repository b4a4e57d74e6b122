import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";

/** RFC 4226 §4 asks for 160 bits. */
const SECRET_BYTES = 20;
const STEP_MS = 30_000;
/** Codes of the step before and the step after count too: clocks differ, and people type slowly (RFC 6238 §5.2). */
const WINDOW = 1;
const ISSUER = "Stowage";

/** What apps take for granted: SHA-1, 6 digits, 30 seconds. Other values are ignored by some. */
const FORM = { algorithm: "SHA1", digits: 6, period: STEP_MS / 1000 } as const;

export const newTotpSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** How an app is told its secret: as text (base32, RFC 4648), and as a URI for a QR code. */
export function presentTotp(secret: Buffer, username: string) {
  const totp = new TOTP({ ...FORM, issuer: ISSUER, label: username, secret: secretOf(secret) });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * The time step of a code: of the current one, the one before and the one after. `undefined` where it is the code of none of them, or of one that
 * is not later than `lastStep`.
 *
 * @param code - 6 digits.
 */
export function acceptedStep(
  code: string,
  { secret, now, lastStep }: { secret: Buffer; now: Date; lastStep: number },
): number | undefined {
  const timestamp = now.getTime();
  const delta = TOTP.validate({
    ...FORM,
    token: code,
    secret: secretOf(secret),
    timestamp,
    window: WINDOW,
  });
  if (delta === null) return undefined;
  const step = Math.floor(timestamp / STEP_MS) + delta;
  return step > lastStep ? step : undefined;
}

function secretOf(bytes: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
