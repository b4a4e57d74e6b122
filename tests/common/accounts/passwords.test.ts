import { describe, expect, test } from "@jest/globals";
import { passwordFault, Passwords } from "../../../common/accounts/passwords.js";
import { BusyError } from "../../../common/platform/errors.js";

const cheap = { memoryKib: 64, iterations: 2, maxConcurrent: 8 };

describe("passwordFault", () => {
  test.each([
    ["seven bytes", "1234567"],
    ["nothing", ""],
    ["1,025 bytes", "x".repeat(1025)],
    ["513 characters of two bytes", "é".repeat(513)],
    ["seven characters whose eighth byte NFC takes away", "123456e\u0301".slice(1)],
    ["a lone high surrogate", "password\uD800"],
    ["a lone low surrogate", "\uDC00password"],
  ])("refuses %s", (_, password) => {
    expect(passwordFault(password)).toMatch(/^must /);
  });

  test.each([
    ["eight bytes", "12345678"],
    ["1,024 bytes", "x".repeat(1024)],
    ["1,026 bytes that NFC makes 684", "e\u0301".repeat(342)],
    ["only spaces", " ".repeat(8)],
    ["NUL", "\0".repeat(8)],
    ["two emoji", "🔑🔒"],
  ])("takes %s", (_, password) => {
    expect(passwordFault(password)).toBeUndefined();
  });
});

describe("hash and verify", () => {
  const passwords = new Passwords(cheap);

  test("a hash is argon2id with the configured parameters and a salt of its own", async () => {
    const [first, second] = [
      await passwords.hash("password123"),
      await passwords.hash("password123"),
    ];

    expect(first).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
  });

  test("the password is right and every other one is wrong", async () => {
    const hash = await passwords.hash("password123");

    expect(await passwords.verify("password123", hash)).toEqual({ isCorrect: true });
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
    const oldHash = await new Passwords({ ...cheap, iterations: 3 }).hash("password123");

    const { isCorrect, upgradedHash } = await passwords.verify("password123", oldHash);

    expect(isCorrect).toBe(true);
    expect(upgradedHash).toContain("m=64,t=2,p=1");
    expect(await passwords.verify("password123", upgradedHash)).toEqual({ isCorrect: true });
  });

  test("a wrong password upgrades nothing", async () => {
    const oldHash = await new Passwords({ ...cheap, iterations: 3 }).hash("password123");

    expect(await passwords.verify("password124", oldHash)).toEqual({ isCorrect: false });
  });
});

describe("somebody who does not exist", () => {
  test("no password is right", async () => {
    expect(await new Passwords(cheap).verify("password123", undefined)).toEqual({
      isCorrect: false,
    });
  });

  test("argon2 runs with the configured parameters", async () => {
    // argon2 refuses to run with one KiB: that it complains shows that it was asked.
    const passwords = new Passwords({ ...cheap, memoryKib: 1 });

    await expect(passwords.verify("password123", undefined)).rejects.toThrow(/memory/i);
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
