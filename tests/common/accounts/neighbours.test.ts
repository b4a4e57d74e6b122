import { expect, test } from "@jest/globals";
import { TooManyAttemptsError } from "../../../common/accounts/errors.js";
import { GuessesRepository } from "../../../common/accounts/guesses-repository.js";
import { Guesses } from "../../../common/accounts/guesses.js";
import { AccountsRepository } from "../../../common/accounts/repository.js";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const LIMITS = {
  freeFailures: 10,
  freeFailuresPerAccount: 30,
  freeFailuresPerAddress: 30,
  longestDelayMs: 60_000,
};

/** A clock that stands still: no delay passes during an attack. */
const startedAt = new Date();

function openGuesses() {
  const attempts = new GuessesRepository(world().mongo.db);
  const accounts = new AccountsRepository(world().mongo.db);
  const guesses = new Guesses({ attempts, accounts, limits: LIMITS, now: () => startedAt });
  /** Whether a try may be verified at all. */
  const begin = async (username: string, address: string) => {
    const attempt = guesses.attempt({ username, address });
    try {
      await attempt.check();
      return attempt;
    } catch (error) {
      if (error instanceof TooManyAttemptsError) return undefined;
      throw error;
    }
  };
  return {
    signIn: async (username: string, address: string) => {
      const attempt = await begin(username, address);
      await attempt?.succeeded();
      return attempt !== undefined;
    },
    guess: async (username: string, address: string) => {
      const attempt = await begin(username, address);
      await attempt?.failed();
      return attempt !== undefined;
    },
  };
}

test.each([
  ["198.51.100.1", (n: number) => `198.51.100.${n + 2}`],
  ["2001:db8:7:1::1", (n: number) => `2001:db8:7:${(n + 2).toString(16)}::1`],
])(
  "Guesses from the network of %s stop being verified, while the owner signs in there throughout",
  async (home, neighbour) => {
    const { guess, signIn } = openGuesses();
    const { username } = somebody();
    await signIn(username, home);
    let verified = 0;
    const byOwner: boolean[] = [];
    for (let n = 0; n < 20; n += 1) {
      for (let tries = 1; tries < LIMITS.freeFailures; tries += 1) {
        if (await guess(username, neighbour(n))) verified += 1;
      }
      byOwner.push(await signIn(username, home));
    }

    expect(verified).toBe(LIMITS.freeFailuresPerAccount);
    expect(new Set(byOwner)).toEqual(new Set([true]));
  },
);

test("Failures elsewhere delay nobody on a network that the account has signed in from", async () => {
  const { guess, signIn } = openGuesses();
  const { username } = somebody();
  await signIn(username, "203.0.113.1");
  for (let n = 0; n < LIMITS.freeFailuresPerAccount; n += 1) {
    await guess(username, `192.0.${n}.1`);
  }

  expect(await signIn(username, "203.0.113.99")).toBe(true);
  expect(await signIn(username, "192.0.99.1")).toBe(false);
});
