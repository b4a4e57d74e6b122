import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { outcome, Person } from "./person.js";

const world = useWorld();
const PASSKEYS = "/api/v1/me/passkeys";

const register = (url?: string) => Person.register(world(), url);

describe("Passkeys", () => {
  test("are off where the server is used by its address, and the answers say so", async () => {
    const person = await register();

    const list = await person.browser.get(PASSKEYS);
    const started = await person.confirmed("POST", `${PASSKEYS}/options`);
    const signIn = await world().visitor().post("/api/v1/login/passkey/options");

    expect(list.json).toEqual({ items: [], isAvailable: false });
    expect([started, signIn].map(outcome)).toEqual([
      [409, "passkeys-off"],
      [409, "passkeys-off"],
    ]);
    expect(signIn.headers["set-cookie"]).toBeUndefined();
  });

  test("are on where WEBAUTHN_RP_ID or PUBLIC_URL names a host, or the request does", async () => {
    const publicUrl = new URL("http://files.example.com");
    const urls = [
      await world().addWeb({ webauthnRpId: "example.com" }),
      await world().addWeb({ publicUrl }),
      world().url.replace("127.0.0.1", "localhost"),
    ];

    const started = await Promise.all(
      urls.map(async (url) => (await register(url)).confirmed("POST", `${PASSKEYS}/options`)),
    );

    expect(started.map(({ json }) => json)).toMatchObject([
      { rp: { id: "example.com" } },
      { rp: { id: "files.example.com" } },
      { rp: { id: "localhost" } },
    ]);
  });

  test("are not begun with a wrong password", async () => {
    const person = await register(world().url.replace("127.0.0.1", "localhost"));

    const refused = await person.browser.post(`${PASSKEYS}/options`, { password: "not this one" });

    expect(outcome(refused)).toEqual([403, "reauthentication-failed"]);
  });

  test.each([
    ["nothing", {}],
    ["no text", { id: 1, response: { clientDataJSON: 2 } }],
    ["no JSON", { id: "a", response: { clientDataJSON: "a" } }],
    ["null", { id: "a", response: { clientDataJSON: Buffer.from("null").toString("base64url") } }],
    [
      "a challenge that the server has not made",
      {
        id: "a",
        rawId: "a",
        type: "public-key",
        response: {
          clientDataJSON: Buffer.from(JSON.stringify({ challenge: "AAAA" })).toString("base64url"),
          attestationObject: "AAAA",
          authenticatorData: "AAAA",
          signature: "AAAA",
          userHandle: newId(),
        },
      },
    ],
  ])("are neither made of nor answered by %s", async (_, passkey) => {
    const person = await register(world().url.replace("127.0.0.1", "localhost"));

    const made = await person.browser.post(PASSKEYS, { name: "a", passkey });
    const signedIn = await world().visitor().post("/api/v1/login/passkey", { passkey });

    expect([made, signedIn].map(outcome)).toEqual([
      [400, "invalid-request"],
      [401, "invalid-passkey"],
    ]);
  });

  test.each(["", "a".repeat(65), "a\nb", "a\u202eb"])("are not called %j", async (name) => {
    const person = await register();

    const renamed = await person.browser.send("PATCH", `${PASSKEYS}/${newId()}`, { name });

    expect(outcome(renamed)).toEqual([400, "invalid-request"]);
  });

  test("answer 404 to the id of none, and 401 without a session", async () => {
    const person = await register();
    const path = `${PASSKEYS}/${newId()}`;

    const renamed = await person.browser.send("PATCH", path, { name: "a" });
    const removed = await person.confirmed("DELETE", path);
    const nobody = await world().visitor().get(PASSKEYS);

    expect([renamed, removed, nobody].map(outcome)).toEqual([
      [404, "not-found"],
      [404, "not-found"],
      [401, "unauthenticated"],
    ]);
  });
});
