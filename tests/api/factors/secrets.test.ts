import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";
import { outcome, Person } from "./person.js";

// A secret that cannot be decrypted is an error in the log.
const world = useWorld({}, { isDamaged: true });

async function personWithApp() {
  const person = await Person.register(world());
  const { id } = (await person.browser.get("/api/v1/me")).json;
  return { person, id, ...(await person.setUpApp()) };
}

describe("The secrets of authenticator apps", () => {
  const [older, newer] = ["older-secret-".repeat(3), "newer-secret-".repeat(3)];

  test("outlive a change of FACTOR_SECRETS, and are encrypted anew when they are used", async () => {
    const before = await world().addWeb({ factorSecrets: [older] });
    const during = await world().addWeb({ factorSecrets: [newer, older] });
    const after = await world().addWeb({ factorSecrets: [newer] });
    const person = await Person.register(world(), before);
    const { app } = await person.setUpApp();

    const early = await person.signIn({ code: app.code() }, world().visitor(after));
    const renewing = await person.signIn({ code: app.code() }, world().visitor(during));
    const late = await person.signIn({ code: app.code(1) }, world().visitor(after));

    expect([early, renewing, late].map(outcome)).toEqual([
      [503, "encryption-key-missing"],
      [200, undefined],
      [200, undefined],
    ]);
  });

  test("that no secret opens do not keep recovery codes from working, and the operator is told at the start", async () => {
    const before = await world().addWeb({ factorSecrets: [older] });
    const person = await Person.register(world(), before);
    const { app, recoveryCodes } = await person.setUpApp();
    const isTold = () => world().logs.lines.some(({ apps }) => Number(apps) > 0);
    await world().addWeb({ factorSecrets: [newer, older] });
    const after = await world().addWeb({ factorSecrets: [newer] });

    await eventually(() => Promise.resolve(isTold()), Boolean);
    const [code = ""] = recoveryCodes;
    const refused = await person.signIn({ code: app.code() }, world().visitor(after));
    const recovered = await person.signIn({ code }, world().visitor(after));

    expect(outcome(refused)).toEqual([503, "encryption-key-missing"]);
    expect(refused.json.detail).toContain("recovery code");
    expect(recovered.status).toBe(200);
  });

  test("do not open for another account", async () => {
    const [one, other] = [await personWithApp(), await personWithApp()];
    const factors = world().mongo.db.collection<{ _id: string; totp: object }>("factors");
    const copied = await factors.findOne({ _id: one.id });

    await factors.updateOne({ _id: other.id }, { $set: { totp: copied?.totp ?? {} } });

    const answer = await other.person.signIn({ code: one.app.code() });
    expect(outcome(answer)).toEqual([503, "encryption-key-missing"]);
  });
});
