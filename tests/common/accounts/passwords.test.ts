import { describe, expect, test } from "@jest/globals";
import { passwordFault, Passwords } from "../../../common/accounts/passwords.js";
import { BusyError } from "../../../common/platform/errors.js";

const cheap = { memoryKib: 64, iterations: 2, maxConcurrent: 8, waitMs: 0 };

describe("passwordFault", () => {
  test.each([
    ["seven characters", "1234567"],
    ["two emoji", "🔑🔒"],
    ["nothing", ""],
    ["1,025 characters", "x".repeat(1025)],
    ["a lone high surrogate", "password\uD800"],
    ["a lone low surrogate", "\uDC00password"],
  ])("refuses %s", (_, password) => {
    expect(passwordFault(password)).toMatch(/^must /);
  });

  test.each([
    ["eight characters", "12345678"],
    ["1,024 characters", "x".repeat(1024)],
    ["eight characters of four bytes", "🔑".repeat(8)],
    ["1,024 characters of four bytes", "🔑".repeat(1024)],
    ["eight characters that NFC makes four", "e\u0301".repeat(4)],
    ["only spaces", " ".repeat(8)],
    ["NUL", "\0".repeat(8)],
  ])("takes %s", (_, password) => {
    expect(passwordFault(password)).toBeUndefined();
  });
});

describe("hash and verify", () => {
  const passwords = new Passwords(cheap);

  test("a hash is argon2id with the configured parameters and a salt of its own", async () => {
    const [first, second] = [
      await passwords.hash("seven-purple-owls"),
      await passwords.hash("seven-purple-owls"),
    ];

    expect(first).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
  });

  test("the password is right and every other one is wrong", async () => {
    const hash = await passwords.hash("seven-purple-owls");

    expect(await passwords.verify("seven-purple-owls", hash)).toEqual({ isCorrect: true });
    expect(await passwords.verify("password124", hash)).toEqual({ isCorrect: false });
  });

  test.each([
    ["the 73rd byte", "a".repeat(72) + "b", "a".repeat(72) + "c"],
    ["the 1,024th byte", "a".repeat(1023) + "b", "a".repeat(1023) + "c"],
    ["what follows NUL", "password\0b", "password\0c"],
    ["a leading space", " password", "password"],
    ["a trailing space", "password ", "password"],
    ["case", "password", "Password"],
  ])("%s counts", async (_, password, other) => {
    const hash = await passwords.hash(password);

    expect(await passwords.verify(password, hash)).toEqual({ isCorrect: true });
    expect(await passwords.verify(other, hash)).toEqual({ isCorrect: false });
  });

  test("composed and decomposed characters are the same password", async () => {
    const hash = await passwords.hash("pässwörd".normalize("NFD"));

    expect(await passwords.verify("pässwörd".normalize("NFC"), hash)).toEqual({ isCorrect: true });
  });

  test("a right password is hashed anew when the parameters have changed", async () => {
    const oldHash = await new Passwords({ ...cheap, iterations: 3 }).hash("seven-purple-owls");

    const { isCorrect, upgradedHash } = await passwords.verify("seven-purple-owls", oldHash);

    expect(isCorrect).toBe(true);
    expect(upgradedHash).toContain("m=64,t=2,p=1");
    expect(await passwords.verify("seven-purple-owls", upgradedHash)).toEqual({ isCorrect: true });
  });

  test("a wrong password upgrades nothing", async () => {
    const oldHash = await new Passwords({ ...cheap, iterations: 3 }).hash("seven-purple-owls");

    expect(await passwords.verify("password124", oldHash)).toEqual({ isCorrect: false });
  });
});

describe("somebody who does not exist", () => {
  test("no password is right", async () => {
    expect(await new Passwords(cheap).verify("seven-purple-owls", undefined)).toEqual({
      isCorrect: false,
    });
  });

  test("argon2 runs with the configured parameters", async () => {
    // argon2 refuses to run with one KiB: that it complains shows that it was asked.
    const passwords = new Passwords({ ...cheap, memoryKib: 1 });

    await expect(passwords.verify("seven-purple-owls", undefined)).rejects.toThrow(/memory/i);
  });
});

describe("the limit", () => {
  test("one hash too many is refused, and the next one after that works", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 2 });

    const results = await Promise.allSettled(
      ["password1", "password2", "password3"].map((password) => passwords.hash(password)),
    );

    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    await expect(passwords.hash("password4")).resolves.toEqual(expect.any(String));
  });

  test("others wait for their turn, in the order in which they came", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 1, waitMs: 60_000 });
    const order: number[] = [];

    await Promise.all(
      Array.from({ length: 64 }, async (_, n) => {
        await passwords.verify("seven-purple-owls", undefined);
        order.push(n);
      }),
    );

    expect(order).toEqual(Array.from({ length: 64 }, (_, n) => n));
  });

  test("at most 256 wait", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 1, waitMs: 60_000 });

    const results = await Promise.allSettled(
      Array.from({ length: 259 }, () => passwords.hash("seven-purple-owls")),
    );

    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(2);
    await expect(passwords.hash("seven-purple-owls")).resolves.toEqual(expect.any(String));
  });

  test("whoever gives up waiting lets the next one in", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 1, waitMs: 60_000 });
    const gone = new AbortController();
    const first = passwords.hash("password1");
    const second = passwords.hash("password2", gone.signal);
    const third = passwords.hash("password3");

    gone.abort();

    await expect(second).rejects.toBeInstanceOf(BusyError);
    await expect(passwords.hash("password4", gone.signal)).rejects.toBeInstanceOf(BusyError);
    expect(await Promise.all([first, third])).toEqual([expect.any(String), expect.any(String)]);
  });

  test("whose turn does not come in time is refused", async () => {
    const slow = { memoryKib: 65_536, iterations: 10, maxConcurrent: 1, waitMs: 1 };
    const passwords = new Passwords(slow);

    const first = passwords.hash("password1");

    await expect(passwords.hash("password2")).rejects.toBeInstanceOf(BusyError);
    expect(await first).toEqual(expect.any(String));
  });

  test("a verification for nobody takes a place like any other", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 1 });

    const first = passwords.verify("password1", undefined);

    await expect(passwords.verify("password2", undefined)).rejects.toBeInstanceOf(BusyError);
    expect(await first).toEqual({ isCorrect: false });
  });

  test("a hash that cannot be read gives its place back", async () => {
    const passwords = new Passwords({ ...cheap, maxConcurrent: 1 });

    await expect(passwords.verify("password1", "not a hash")).rejects.toThrow(TypeError);

    await expect(passwords.hash("password1")).resolves.toEqual(expect.any(String));
  });
});
