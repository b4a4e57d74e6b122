import { beforeEach, describe, expect, test } from "@jest/globals";
import { TooManyAttemptsError } from "../../../common/accounts/errors.js";
import { GuessesRepository } from "../../../common/accounts/guesses-repository.js";
import { Guesses } from "../../../common/accounts/guesses.js";
import { CommonPasswords } from "../../../common/accounts/common-passwords.js";
import { NewPasswords } from "../../../common/accounts/new-passwords.js";
import { Passwords } from "../../../common/accounts/passwords.js";
import { Reauthentication } from "../../../common/accounts/reauthentication.js";
import { AccountsRepository } from "../../../common/accounts/repository.js";
import { Accounts } from "../../../common/accounts/service.js";
import { AppError } from "../../../common/platform/errors.js";
import { somebody } from "../../support/client.js";
import { isLong } from "../../support/long.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const GUESSES = isLong ? 10_000 : 400;
const ADDRESSES = isLong ? 1000 : 40;
const AT_ONCE = 20;
/** So many may already be at work when a limit is reached. */
const HASHES_AT_ONCE = 4;

const LIMITS = {
  freeFailures: 10,
  freeFailuresPerAccount: 30,
  freeFailuresPerAddress: 30,
  longestDelayMs: 60_000,
};

/** A clock that stands still unless the test moves it: no delay passes during an attack. */
let timeMs: number;
let verifications: number;
let accounts: Accounts;
let reauthentication: Reauthentication;

beforeEach(() => {
  timeMs = Date.now();
  verifications = 0;
  const { db } = world().mongo;
  const now = () => new Date(timeMs);
  const passwords = new Passwords({
    memoryKib: 64,
    iterations: 2,
    maxConcurrent: HASHES_AT_ONCE,
    waitMs: 60_000,
  });
  const counting: Pick<Passwords, "verify"> = {
    verify: async (password, hash, options) => {
      const verdict = await passwords.verify(password, hash, options);
      verifications += 1;
      return verdict;
    },
  };
  const deps = {
    accounts: new AccountsRepository(db),
    passwords: counting,
    newPasswords: new NewPasswords({ passwords, common: CommonPasswords.read() }),
    secondFactor: world().services.secondFactor,
    guesses: new Guesses({
      attempts: new GuessesRepository(db),
      accounts: new AccountsRepository(db),
      limits: LIMITS,
      now,
    }),
  };
  accounts = new Accounts({ ...deps, defaultQuotaBytes: null, now });
  reauthentication = new Reauthentication({ ...deps, now });
});

/** Addresses that no other test has, each in a network of its own. */
let networks = 0;
const nextAddress = () => {
  networks += 1;
  return `10.${networks >> 8}.${networks & 255}.7`;
};

/** The code of what a sign-in ends with. */
const tryOut = (username: string, address: string, password = "wrong password") =>
  accounts.signIn({ username, password }, { address }).then(
    () => "signed in",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** How long the next sign-in has to wait, in seconds. */
const waitOf = async (username: string, address: string) => {
  const error: unknown = await accounts
    .signIn({ username, password: "wrong password" }, { address })
    .catch((reason: unknown) => reason);
  return error instanceof TooManyAttemptsError ? error.facts["retryAfterSeconds"] : 0;
};

/** Guesses the password of an account from some addresses in turn, while its owner signs in now and then. */
async function attack(addresses: readonly string[]) {
  const owner = somebody();
  const home = nextAddress();
  await accounts.register(owner, { address: home });
  verifications = 0;
  const outcomes: string[] = [];
  const byOwner: string[] = [];
  for (let done = 0; done < GUESSES; done += AT_ONCE) {
    const guesses = Array.from({ length: AT_ONCE }, (_, n) =>
      tryOut(
        owner.username,
        addresses[(done + n) % addresses.length] ?? "",
        `wrong password ${done + n}`,
      ),
    );
    outcomes.push(...(await Promise.all(guesses)));
    byOwner.push(await tryOut(owner.username, home, owner.password));
  }
  const guessed = verifications - byOwner.length;
  return { outcomes: new Set(outcomes), guessed, byOwner: new Set(byOwner) };
}

describe(`${GUESSES} guesses of one password`, () => {
  test("from one address stop being verified, while the owner elsewhere signs in throughout", async () => {
    const { outcomes, guessed, byOwner } = await attack([nextAddress()]);

    expect(outcomes).toEqual(new Set(["invalid-credentials", "too-many-attempts"]));
    expect(guessed).toBeGreaterThanOrEqual(LIMITS.freeFailures);
    expect(guessed).toBeLessThanOrEqual(LIMITS.freeFailures + HASHES_AT_ONCE);
    expect(byOwner).toEqual(new Set(["signed in"]));
  });

  test(`from ${ADDRESSES} addresses stop being verified, while the owner elsewhere signs in throughout`, async () => {
    const { outcomes, guessed, byOwner } = await attack(
      Array.from({ length: ADDRESSES }, nextAddress),
    );

    expect(outcomes).toEqual(new Set(["invalid-credentials", "too-many-attempts"]));
    expect(guessed).toBeGreaterThanOrEqual(LIMITS.freeFailuresPerAccount);
    expect(guessed).toBeLessThanOrEqual(LIMITS.freeFailuresPerAccount + HASHES_AT_ONCE);
    expect(byOwner).toEqual(new Set(["signed in"]));
  });

  test("from all addresses of one IPv6 network are those of one client", async () => {
    const addresses = Array.from({ length: ADDRESSES }, (_, n) => `2001:db8:5:5::${n + 1}`);

    const { guessed } = await attack(addresses);

    expect(guessed).toBeLessThanOrEqual(LIMITS.freeFailures + HASHES_AT_ONCE);
  });
});

describe("One password for many accounts", () => {
  test("stops being verified at that address, but not for those who have signed in from there", async () => {
    const owner = somebody();
    const address = nextAddress();
    await accounts.register(owner, { address });
    verifications = 0;
    for (let n = 0; n < 100; n += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, () => tryOut(somebody().username, address)),
      );
    }
    const guessed = verifications;

    expect(guessed).toBeGreaterThanOrEqual(LIMITS.freeFailuresPerAddress);
    expect(guessed).toBeLessThanOrEqual(LIMITS.freeFailuresPerAddress + HASHES_AT_ONCE);
    expect(await tryOut(owner.username, address, owner.password)).toBe("signed in");
  });
});

describe("The delay", () => {
  test("doubles with each failure, up to the longest, and each try after it is verified", async () => {
    const { username } = somebody();
    const address = nextAddress();
    for (let n = 0; n < LIMITS.freeFailures; n += 1) await tryOut(username, address);
    const waits: unknown[] = [];
    for (let n = 0; n < 8; n += 1) {
      const wait = await waitOf(username, address);
      waits.push(wait);
      timeMs += Number(wait) * 1000;
      expect(await tryOut(username, address)).toBe("invalid-credentials");
    }

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test("is the same for a username that nobody has", async () => {
    const owner = somebody();
    await accounts.register(owner);
    const [atOwners, atNobodys] = [nextAddress(), nextAddress()];
    const nobody = somebody().username;
    const seen: [string, string][] = [];
    for (let n = 0; n < 20; n += 1) {
      seen.push([await tryOut(owner.username, atOwners), await tryOut(nobody, atNobodys)]);
    }

    expect(seen.filter(([one, other]) => one !== other)).toEqual([]);
    expect(await waitOf(owner.username, atOwners)).toBe(await waitOf(nobody, atNobodys));
  });

  test("holds for the right password, too, and ignores the case of the username", async () => {
    const owner = somebody();
    const address = nextAddress();
    await accounts.register(owner);
    for (let n = 0; n < LIMITS.freeFailures; n += 1) await tryOut(owner.username, address);

    const { username, password } = owner;
    expect(await tryOut(username.toUpperCase(), address, password)).toBe("too-many-attempts");
    timeMs += 1000;
    expect(await tryOut(username, address, password)).toBe("signed in");
  });

  test("begins anew after the right password", async () => {
    const owner = somebody();
    const address = nextAddress();
    await accounts.register(owner);
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let n = 1; n < LIMITS.freeFailures; n += 1) await tryOut(owner.username, address);
      seen.push(await tryOut(owner.username, address, owner.password));
    }

    expect(seen).toEqual(["signed in", "signed in", "signed in"]);
  });

  test("holds where a signed-in person proves once more who it is", async () => {
    const owner = somebody();
    const address = nextAddress();
    const { id } = await accounts.register(owner);
    const confirm = (password: string) =>
      reauthentication.confirm(id, { password }, { needsPassword: true, address }).then(
        () => "confirmed",
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      );
    for (let n = 0; n < LIMITS.freeFailures; n += 1) {
      expect(await confirm("wrong password")).toBe("reauthentication-failed");
    }

    expect(await confirm(owner.password)).toBe("too-many-attempts");
    expect(await tryOut(owner.username, address, owner.password)).toBe("too-many-attempts");
    timeMs += 1000;
    expect(await confirm(owner.password)).toBe("confirmed");
  });
});

test("Neither names nor addresses are stored", async () => {
  const { username } = somebody();
  await tryOut(username, "192.0.2.99");

  const docs = await world().mongo.db.collection("signInAttempts").find().toArray();

  expect(docs.length).toBeGreaterThan(0);
  expect(JSON.stringify(docs)).not.toContain(username);
  expect(JSON.stringify(docs)).not.toContain("192.0.2");
});
