import { beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { LastAdminError } from "../../../common/accounts/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const accounts = () => world().mongo.db.collection<AccountDoc>("accounts");
const administration = () => world().services.accountAdministration;

/** Makes accounts that are admins, and the only ones. */
async function admins(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await world().visitor().register();
    await administration().change(id, { role: "admin" });
    ids.push(id);
  }
  return ids;
}

const activeAdmins = () => accounts().countDocuments({ role: "admin", isDisabled: false });

describe("The last active admin", () => {
  beforeEach(async () => {
    await accounts().updateMany({}, { $set: { role: "member" } });
  });

  test("can neither be demoted nor disabled", async () => {
    const [id = ""] = await admins(1);

    for (const change of [{ role: "viewer" }, { isDisabled: true }] as const) {
      await expect(administration().change(id, change)).rejects.toThrow(LastAdminError);
    }
    await administration().change(id, { role: "admin", limitBytes: 1 });
    expect(await activeAdmins()).toBe(1);
  });

  test("is the last one where all others are disabled", async () => {
    const [id = "", other = ""] = await admins(2);
    await administration().change(other, { isDisabled: true });

    await expect(administration().change(id, { role: "member" })).rejects.toThrow(LastAdminError);
    await administration().change(other, { role: "member" });
    await administration().change(other, { role: "admin", isDisabled: false });
    await administration().change(id, { role: "member" });
    expect(await activeAdmins()).toBe(1);
  });

  test.each([2, 3, 5])("stays when %i demote and disable each other at once", async (count) => {
    for (let round = 0; round < 20; round += 1) {
      await accounts().updateMany({}, { $set: { role: "member" } });
      const ids = await admins(count);

      const results = await Promise.allSettled(
        ids.map((id, n) =>
          administration().change(id, n % 2 === 0 ? { role: "member" } : { isDisabled: true }),
        ),
      );

      expect(await activeAdmins()).toBeGreaterThan(0);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toBeInstanceOf(LastAdminError);
      }
    }
  });

  test("counts an admin again whose demotion was left half done by a crash", async () => {
    const [id = "", crashed = ""] = await admins(2);
    const at = new Date(Date.now() - 61_000);
    await accounts().updateOne(
      { _id: crashed },
      { $set: { leavingAdmins: { token: newId(), at } } },
    );

    await administration().change(id, { role: "member" });
    expect(await activeAdmins()).toBe(1);
  });
});
