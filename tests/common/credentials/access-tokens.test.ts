import { describe, expect, test } from "@jest/globals";
import { InvalidTokenError } from "../../../common/accounts/errors.js";
import { AccessTokens } from "../../../common/credentials/access-tokens.js";
import { SigningKeys } from "../../../common/credentials/signing-keys.js";
import { VerifiedTokens } from "../../../common/credentials/verified-tokens.js";
import { newId } from "../../../common/platform/ids.js";

const START = new Date("2026-05-06T07:08:09.000Z");
const MINUTE_MS = 60_000;
const keys = new SigningKeys(["a-secret-of-the-access-token-tests-0123"]);
const later = (ms: number) => new Date(START.getTime() + ms);

/** The access tokens of a process whose clock the test sets. */
function processAt(clock: { now: Date }, lifetimeMs = 15 * MINUTE_MS) {
  return new AccessTokens({ keys, issuer: "stowage", lifetimeMs, now: () => clock.now });
}

const claims = { accountId: newId(), familyId: newId(), id: newId(), scopes: null };

describe("an access token", () => {
  test("is valid for its lifetime and the five seconds that clocks may differ, also where it was verified before", async () => {
    const clock = { now: START };
    const tokens = processAt(clock);
    const token = await tokens.sign({ ...claims, issuedAt: START });

    for (const ms of [0, 14.9 * MINUTE_MS, 15 * MINUTE_MS - 1, 15 * MINUTE_MS + 4000]) {
      clock.now = later(ms);
      expect(await tokens.verify(token)).toBe(claims.familyId);
    }

    clock.now = later(15 * MINUTE_MS + 6000);
    await expect(tokens.verify(token)).rejects.toThrow("The access token has expired");
  });

  test("is over sooner where the configuration has become stricter", async () => {
    const clock = { now: START };
    const token = await processAt(clock).sign({ ...claims, issuedAt: START });
    clock.now = later(2 * MINUTE_MS);

    await expect(processAt(clock, MINUTE_MS).verify(token)).rejects.toThrow(InvalidTokenError);
    expect(await processAt(clock, 3 * MINUTE_MS).verify(token)).toBe(claims.familyId);
  });

  test("is the same for the same claims and instant", async () => {
    const tokens = processAt({ now: START });
    const sign = (issuedAt: Date) => tokens.sign({ ...claims, issuedAt });

    expect(await sign(START)).toBe(await sign(START));
    expect(await sign(later(1000))).not.toBe(await sign(START));
  });
});

describe("what was verified", () => {
  const expiresAt = later(MINUTE_MS);

  test("is remembered for half a minute, and not longer than the token is valid", () => {
    const verified = new VerifiedTokens();
    verified.add("long", "family", { now: START, expiresAt });
    verified.add("short", "family", { now: START, expiresAt: later(1000) });

    expect(verified.familyOf("long", later(29_999))).toBe("family");
    expect(verified.familyOf("long", later(30_000))).toBeUndefined();
    expect(verified.familyOf("short", later(999))).toBe("family");
    expect(verified.familyOf("short", later(1000))).toBeUndefined();
    expect(verified.familyOf("another", START)).toBeUndefined();
  });

  test("makes room for others: the oldest of 5,000 is forgotten", () => {
    const verified = new VerifiedTokens();
    for (let count = 0; count <= 5000; count += 1) {
      verified.add(`token ${count}`, "family", { now: START, expiresAt });
    }

    expect(verified.familyOf("token 0", START)).toBeUndefined();
    expect(verified.familyOf("token 1", START)).toBe("family");
    expect(verified.familyOf("token 5000", START)).toBe("family");
  });
});
