import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CommonPasswords } from "../../../common/accounts/common-passwords.js";
import { NewPasswords } from "../../../common/accounts/new-passwords.js";
import { Passwords } from "../../../common/accounts/passwords.js";

const cheap = { memoryKib: 64, iterations: 2, maxConcurrent: 8, waitMs: 0 };
const newPasswords = new NewPasswords({
  passwords: new Passwords(cheap),
  common: CommonPasswords.read(),
});

const hash = (password: string, username = "Johanna.42") =>
  newPasswords.hash(password, { username, field: "newPassword" });

describe("A new password", () => {
  test.each([
    ["one of the most common passwords", "password"],
    ["one of the most common passwords", "password123"],
    ["one of the most common passwords", "PassWord1"],
    ["one of the most common passwords", "qwertyuiop"],
    ["one of the most common passwords", "trustno1"],
    ["one character again and again, or a sequence", "🔑".repeat(8)],
    ["one character again and again, or a sequence", " ".repeat(9)],
    ["one character again and again, or a sequence", "abcdefgh"],
    ["one character again and again, or a sequence", "IHGFEDCBA"],
    ["one character again and again, or a sequence", "23456789"],
    ["your username", "johanna.42"],
    ["your username", "JOHANNA1998!"],
    ["your username", "123johanna"],
    ["the name of this software", "Stowage2026"],
  ])("is refused as %s: %j", async (reason, password) => {
    await expect(hash(password)).rejects.toMatchObject({
      code: "invalid-request",
      message: `newPassword is too easy to guess: it is ${reason}`,
      facts: { errors: [{ in: "body", pointer: "/newPassword" }] },
    });
  });

  test.each([
    "seven-purple-owls",
    "johanna loves owls",
    "stowage of seven owls",
    "aaaaaaaaab",
    "abcdefgz",
    "acegikmo",
    "x7x7x7x7",
    "🔑🔒".repeat(4),
  ])("is accepted, whatever it is composed of: %j", async (password) => {
    expect(await hash(password)).toMatch(/^\$argon2id\$/);
  });

  test("is compared with a username that has no letters as a whole", async () => {
    await expect(hash("84091732", "84091732")).rejects.toThrow("your username");
    expect(await hash("84091732", "1234567890")).toMatch(/^\$argon2id\$/);
  });
});

test("The list finds each of its digests, and none that it does not have", () => {
  const words = ["password", "sunshine", "12345678"];
  const digests = words.map((word) => createHash("sha1").update(word).digest().subarray(0, 8));
  const list = new CommonPasswords(Buffer.concat(digests.sort((a, b) => Buffer.compare(a, b))));

  expect(words.filter((word) => list.has(word))).toEqual(words);
  expect(["passwort", "moonshine", ""].filter((word) => list.has(word))).toEqual([]);
  expect(new CommonPasswords(Buffer.alloc(0)).has("password")).toBe(false);
});
