import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { Secret, TOTP } from "otpauth";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import { needs } from "../../support/needs.js";
import { built } from "../../support/processes.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const PROGRAM = built("common/administration");

/** The command as on a one-off dyno: of the configuration it has MONGODB_URL alone. */
async function run(args: readonly string[], input = "", shell?: readonly [string, string[]]) {
  const [command, before] = shell ?? [process.execPath, [PROGRAM, ...args]];
  const env = { PATH: process.env["PATH"], MONGODB_URL: world().config.mongodbUrl };
  const child = spawn(command, before, { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      // Somebody at a terminal answers what is asked.
      if (shell !== undefined && /(?:password|again): $/.test(output)) child.stdin.write(input);
    });
  }
  if (shell === undefined) child.stdin.end(input);
  await once(child, "close");
  return { code: child.exitCode, output };
}

const newUsername = () => `u.${newId()}`;

async function signIn(username: string, password: string) {
  const person = world().visitor();
  const answer = await person.post("/api/v1/login", { username, password });
  return { ...answer, person };
}

const eventsOf = (accountId: string) =>
  world()
    .mongo.db.collection<AuditDoc>("auditEvents")
    .find({ accountId, actor: null })
    .sort({ at: 1, _id: 1 })
    .toArray();

describe("npm run accounts", () => {
  test("creates an admin with a password of the standard input, and writes it down", async () => {
    const username = newUsername();

    const { code, output } = await run(
      ["create", username, "--role", "admin", "--limit", "unlimited"],
      "seven-purple-owls\nmore\n",
    );

    expect([code, output]).toEqual([0, `${username} can sign in now, as admin\n`]);
    const { status, json } = await signIn(username, "seven-purple-owls");
    expect([status, json.role, json.usage.limitBytes]).toEqual([200, "admin", null]);
    expect(await eventsOf(json.id)).toContainEqual(
      expect.objectContaining({ action: "account.create", changes: { role: [null, "admin"] } }),
    );
    expect(await run(["create", username], "seven-purple-owls")).toEqual({
      code: 1,
      output: "This username is taken\n",
    });
  });

  test("takes no common password", async () => {
    const username = newUsername();

    expect(await run(["create", username], "Password123\n")).toEqual({
      code: 1,
      output: "password is too easy to guess: it is one of the most common passwords\n",
    });
    expect((await signIn(username, "Password123")).status).toBe(401);
  });

  test("sets a password, which ends what was signed in for", async () => {
    const username = newUsername();
    await run(["create", username], "seven-purple-owls");
    const { person } = await signIn(username, "seven-purple-owls");

    expect((await run(["set-password", username], "seven-purple-owls4\r\n")).code).toBe(0);

    expect((await person.get("/api/v1/me")).status).toBe(401);
    expect((await signIn(username, "seven-purple-owls")).status).toBe(401);
    expect((await signIn(username, "seven-purple-owls4")).status).toBe(200);
  });

  test("removes the second factor of one who has lost it, and knows no secret for that", async () => {
    const username = newUsername();
    await run(["create", username], "seven-purple-owls");
    const { person, json } = await signIn(username, "seven-purple-owls");
    const started = await person.post("/api/v1/me/totp", { password: "seven-purple-owls" });
    const { secret } = started.json as unknown as { secret: string };
    const code = TOTP.generate({ secret: Secret.fromBase32(secret) });
    await person.post("/api/v1/me/totp/confirm", { code });
    expect((await signIn(username, "seven-purple-owls")).json.code).toBe("second-factor-required");

    const { code: exitCode } = await run(["remove-second-factor", username]);

    expect(exitCode).toBe(0);
    expect((await signIn(username, "seven-purple-owls")).status).toBe(200);
    expect(await eventsOf(json.id)).toContainEqual(
      expect.objectContaining({ action: "second-factor.delete" }),
    );
    expect(await run(["remove-second-factor", username])).toEqual({
      code: 1,
      output: "There is no such second factor\n",
    });
  });

  test("sets a role, disables and enables, and lists", async () => {
    const username = newUsername();
    await run(["create", username], "seven-purple-owls");
    const { person, json } = await signIn(username, "seven-purple-owls");

    expect((await run(["set-role", username.toUpperCase(), "viewer"])).code).toBe(0);
    expect((await person.get("/api/v1/me")).json.role).toBe("viewer");
    expect((await run(["disable", username])).code).toBe(0);
    expect((await person.get("/api/v1/me")).status).toBe(401);
    expect((await run(["list", username.slice(0, 12)])).output).toMatch(
      new RegExp(
        `^${username}\tviewer, disabled\t0 bytes of 10.0 GiB\t0 files\t\\d{4}-\\d\\d-\\d\\d\n$`,
      ),
    );
    expect((await run(["enable", username])).code).toBe(0);
    expect((await person.get("/api/v1/me")).status).toBe(200);
    const changed = (await eventsOf(json.id)).filter(({ action }) => action === "account.change");
    expect(changed.map(({ changes }) => changes)).toEqual([
      { role: ["member", "viewer"] },
      { isDisabled: [false, true] },
      { isDisabled: [true, false] },
    ]);
  });

  test("refuses to demote or disable the last admin, and what it cannot do", async () => {
    await world()
      .mongo.db.collection("accounts")
      .updateMany({}, { $set: { role: "member" } });
    const username = newUsername();
    await run(["create", username, "--role", "admin"], "seven-purple-owls");

    expect((await run(["disable", username])).output).toContain("At least one admin");
    expect((await run(["set-role", username, "member"])).code).toBe(1);
    expect((await run(["disable", "nobody-has-this"])).code).toBe(1);
    expect((await run(["set-password", username], "short")).output).toBe(
      "The password must have at least 8 characters\n",
    );
    expect((await run(["set-password", username], "")).code).toBe(1);
  });

  test.each([
    [],
    ["drop"],
    ["create"],
    ["create", "a b"],
    ["create", "john", "seven-purple-owls"],
    ["create", "john", "--role", "root"],
    ["create", "john", "--limit", "1e9"],
    ["create", "john", "--password", "seven-purple-owls"],
    ["set-role", "john"],
    ["disable", "john", "--role", "admin"],
  ])("answers 2 with its help to %j %j %j", async (...args) => {
    const { code, output } = await run(args, "seven-purple-owls");

    expect(code).toBe(2);
    expect(output).toContain("npm run accounts -- COMMAND");
  });

  needs("script").test("asks twice at a terminal, and shows nothing of the password", async () => {
    const username = newUsername();
    const command = `${process.execPath} ${PROGRAM} create ${username}`;

    const { code, output } = await run([], "seven-purple-owlsX\u007f\r", [
      "script",
      ["-qec", command, "/dev/null"],
    ]);

    expect([code, output]).toEqual([0, expect.stringContaining("The same again")]);
    expect(output).not.toContain("seven-purple-owls");
    expect(output).not.toContain("owlsX");
    expect((await signIn(username, "seven-purple-owls")).status).toBe(200);
  });
});
