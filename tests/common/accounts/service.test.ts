import { beforeAll, describe, expect, test } from "@jest/globals";
import { InvalidCredentialsError, UsernameTakenError } from "../../../common/accounts/errors.js";
import { Accounts } from "../../../common/accounts/service.js";
import { BusyError, NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { accountCollection } from "../../../common/accounts/account.js";
import { CommonPasswords } from "../../../common/accounts/common-passwords.js";
import { NewPasswords } from "../../../common/accounts/new-passwords.js";
import { Passwords, type PasswordSettings } from "../../../common/accounts/passwords.js";
import { GuessesRepository } from "../../../common/accounts/guesses-repository.js";
import { Guesses } from "../../../common/accounts/guesses.js";
import { AccountsRepository } from "../../../common/accounts/repository.js";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const collection = () => accountCollection(world().mongo.db);

interface Options {
  readonly passwords?: Partial<PasswordSettings>;
  readonly now?: () => Date;
  /** What happens between a sign-in's reading of the account and the verification of the password. */
  readonly beforeVerify?: () => Promise<void>;
}

/** The service with a clock, parameters and interruptions of the test's choice. */
function accountsWith({ passwords: settings, now = () => new Date(), beforeVerify }: Options = {}) {
  const cheap = { memoryKib: 64, iterations: 2, maxConcurrent: 16, waitMs: 0 };
  const passwords = new Passwords({ ...cheap, ...settings });
  return new Accounts({
    accounts: new AccountsRepository(world().mongo.db),
    newPasswords: new NewPasswords({ passwords, common: CommonPasswords.read() }),
    passwords: {
      verify: async (password, hash, options) => {
        await beforeVerify?.();
        return passwords.verify(password, hash, options);
      },
    },
    guesses: new Guesses({
      attempts: new GuessesRepository(world().mongo.db),
      accounts: new AccountsRepository(world().mongo.db),
      limits: {
        freeFailures: 10,
        freeFailuresPerAccount: 100,
        freeFailuresPerAddress: 100,
        longestDelayMs: 1000,
      },
      now,
    }),
    secondFactor: world().services.secondFactor,
    defaultQuotaBytes: 5_000_000_000,
    now,
  });
}

const HERE = { address: "192.0.2.1" };

let accounts: Accounts;

beforeAll(() => {
  accounts = accountsWith();
});

describe("register", () => {
  test("stores an empty account with byte counts as Longs", async () => {
    const john = somebody();

    const account = await accounts.register(john);

    const doc = await collection().findOne({ _id: account.id });
    expect(doc).toMatchObject({
      username: john.username,
      usernameKey: john.username.toLowerCase(),
      rootFolderId: account.rootFolderId,
      reservations: [],
      releases: [],
    });
    expect(doc?.limits.bytes?.toString()).toBe("5000000000");
    const longs = [doc?.usage.bytes, doc?.usage.files, doc?.allocatedBytes, doc?.revision];
    expect(longs.map((long) => long?._bsontype)).toEqual(["Long", "Long", "Long", "Long"]);
    expect(JSON.stringify(doc)).not.toContain(john.password);
  });

  test("the index decides who gets a username", async () => {
    const john = somebody();

    const results = await Promise.allSettled([accounts.register(john), accounts.register(john)]);

    const [lost] = results.filter(({ status }) => status === "rejected");
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(lost).toMatchObject({ reason: expect.any(UsernameTakenError) });
  });
});

describe("signIn", () => {
  test("takes a password in NFC that was registered in NFD", async () => {
    const { username } = somebody();
    await accounts.register({ username, password: "pässwörd".normalize("NFD") });

    const signIn = accounts.signIn({ username, password: "pässwörd".normalize("NFC") }, HERE);

    await expect(signIn).resolves.toMatchObject({ account: { username } });
  });

  test.each([
    ["the first 72 bytes", "xy".repeat(40), "xy".repeat(36)],
    ["no leading space", " password", "password"],
    ["what stands before NUL", "password\0more", "password"],
  ])("refuses a password that is %s of the registered one", async (_, password, given) => {
    const { username } = somebody();
    await accounts.register({ username, password });

    const signIn = accounts.signIn({ username, password: given }, HERE);

    await expect(signIn).rejects.toBeInstanceOf(InvalidCredentialsError);
  });

  test("verifies something also for an unknown username", async () => {
    const narrow = accountsWith({ passwords: { maxConcurrent: 0 } });

    await expect(narrow.signIn(somebody(), HERE)).rejects.toBeInstanceOf(BusyError);
  });

  test("hashes the password anew when the parameters have changed, and it stays right", async () => {
    const john = somebody();
    const account = await accounts.register(john);
    const changed = accountsWith({ passwords: { iterations: 3 } });
    const hashNow = async () =>
      (await collection().findOne({ _id: account.id }))?.passwordHash ?? "";

    await changed.signIn(john, HERE);
    const upgraded = await hashNow();
    await changed.signIn(john, HERE);

    expect(upgraded).toContain("t=3");
    expect(await hashNow()).toBe(upgraded);
  });
});

describe("findSignedIn", () => {
  test("knows whose a session is", async () => {
    const account = await accounts.register(somebody());
    const claim = { accountId: account.id, signedInAt: account.createdAt };

    expect(await accounts.findSignedIn(claim)).toEqual(account);
    expect(account.usage.limitBytes).toBe(5_000_000_000);
  });

  test("knows nobody whose account is gone", async () => {
    const claim = { accountId: newId(), signedInAt: new Date() };

    expect(await accounts.findSignedIn(claim)).toBeUndefined();
  });
});

describe("endSessions", () => {
  const noon = () => new Date("2026-01-01T12:00:00.000Z");

  test("ends also what began in the same millisecond, each time, and lets sign in at once", async () => {
    const frozen = accountsWith({ now: noon });
    const john = somebody();
    const account = await frozen.register(john);
    const isOver = async (instant: Date) =>
      (await frozen.findSignedIn({ accountId: account.id, signedInAt: instant })) === undefined;

    await frozen.endSessions(account.id);
    const second = await frozen.signIn(john, HERE);
    const wasSecondAlive = !(await isOver(second.signedInAt));
    await frozen.endSessions(account.id);

    expect(await isOver(account.createdAt)).toBe(true);
    expect(wasSecondAlive).toBe(true);
    expect(await isOver(second.signedInAt)).toBe(true);
  });

  test("ends a session that is still about to begin with a password read before", async () => {
    let timeMs = Date.now();
    const now = () => new Date((timeMs += 1000));
    const john = somebody();
    const account = await accountsWith({ now }).register(john);
    const endSessions = () => accountsWith({ now }).endSessions(account.id);
    const interrupted = accountsWith({ now, beforeVerify: endSessions });

    const { signedInAt } = await interrupted.signIn(john, HERE);

    expect(await accounts.findSignedIn({ accountId: account.id, signedInAt })).toBeUndefined();
  });

  test("many at once all end", async () => {
    const account = await accounts.register(somebody());

    await Promise.all(Array.from({ length: 10 }, () => accounts.endSessions(account.id)));

    const claim = { accountId: account.id, signedInAt: account.createdAt };
    expect(await accounts.findSignedIn(claim)).toBeUndefined();
  });

  test("there is nothing to end for nobody", async () => {
    await expect(accounts.endSessions(newId())).rejects.toBeInstanceOf(NotFoundError);
  });
});
