import { beforeAll, describe, expect, test } from "@jest/globals";
import { InvalidCredentialsError, UsernameTakenError } from "../../../common/accounts/errors.js";
import { Accounts } from "../../../common/accounts/service.js";
import { BusyError, NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { accountCollection } from "../../../common/accounts/account.js";
import { Passwords, type PasswordSettings } from "../../../common/accounts/passwords.js";
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
  const cheap = { memoryKib: 64, iterations: 2, maxConcurrent: 16 };
  const passwords = new Passwords({ ...cheap, ...settings });
  return new Accounts({
    accounts: new AccountsRepository(world().mongo.db),
    passwords: {
      hash: (password) => passwords.hash(password),
      verify: async (password, hash) => {
        await beforeVerify?.();
        return passwords.verify(password, hash);
      },
    },
    defaultQuotaBytes: 5_000_000_000,
    now,
  });
}

let accounts: Accounts;

beforeAll(() => {
  accounts = accountsWith();
});

describe("register", () => {
  test("stores an empty account with byte counts as Longs", async () => {
    const john = somebody();

    const { account } = await accounts.register(john);

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

    const signIn = accounts.signIn({ username, password: "pässwörd".normalize("NFC") });

    await expect(signIn).resolves.toMatchObject({ account: { username } });
  });

  test.each([
    ["the first 72 bytes", "x".repeat(80), "x".repeat(72)],
    ["no leading space", " password", "password"],
    ["what stands before NUL", "password\0more", "password"],
  ])("refuses a password that is %s of the registered one", async (_, password, given) => {
    const { username } = somebody();
    await accounts.register({ username, password });

    const signIn = accounts.signIn({ username, password: given });

    await expect(signIn).rejects.toBeInstanceOf(InvalidCredentialsError);
  });

  test("verifies something also for an unknown username", async () => {
    const narrow = accountsWith({ passwords: { maxConcurrent: 0 } });

    await expect(narrow.signIn(somebody())).rejects.toBeInstanceOf(BusyError);
  });

  test("hashes the password anew when the parameters have changed, and it stays right", async () => {
    const john = somebody();
    const { account } = await accounts.register(john);
    const changed = accountsWith({ passwords: { iterations: 3 } });
    const hashNow = async () =>
      (await collection().findOne({ _id: account.id }))?.passwordHash ?? "";

    await changed.signIn(john);
    const upgraded = await hashNow();
    await changed.signIn(john);

    expect(upgraded).toContain("t=3");
    expect(await hashNow()).toBe(upgraded);
  });
});

describe("findSignedIn", () => {
  test("knows whose a session is", async () => {
    const { account, signedInAt } = await accounts.register(somebody());

    expect(await accounts.findSignedIn({ accountId: account.id, signedInAt })).toEqual(account);
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
    const { account, signedInAt } = await frozen.register(john);
    const isOver = async (instant: Date) =>
      (await frozen.findSignedIn({ accountId: account.id, signedInAt: instant })) === undefined;

    await frozen.endSessions(account.id);
    const second = await frozen.signIn(john);
    const wasSecondAlive = !(await isOver(second.signedInAt));
    await frozen.endSessions(account.id);

    expect(await isOver(signedInAt)).toBe(true);
    expect(wasSecondAlive).toBe(true);
    expect(await isOver(second.signedInAt)).toBe(true);
  });

  test("ends a session that is still about to begin with a password read before", async () => {
    let timeMs = Date.now();
    const now = () => new Date((timeMs += 1000));
    const john = somebody();
    const { account } = await accountsWith({ now }).register(john);
    const endSessions = () => accountsWith({ now }).endSessions(account.id);
    const interrupted = accountsWith({ now, beforeVerify: endSessions });

    const { signedInAt } = await interrupted.signIn(john);

    expect(await accounts.findSignedIn({ accountId: account.id, signedInAt })).toBeUndefined();
  });

  test("many at once all end", async () => {
    const { account, signedInAt } = await accounts.register(somebody());

    await Promise.all(Array.from({ length: 10 }, () => accounts.endSessions(account.id)));

    expect(await accounts.findSignedIn({ accountId: account.id, signedInAt })).toBeUndefined();
  });

  test("there is nothing to end for nobody", async () => {
    await expect(accounts.endSessions(newId())).rejects.toBeInstanceOf(NotFoundError);
  });
});
