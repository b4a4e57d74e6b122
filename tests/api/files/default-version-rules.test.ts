import { expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ versionsMaxCount: 2 });

test("The rules of the installation count for accounts without rules of their own", async () => {
  const [plain, other] = [await world().member(), await world().member()];
  await other.patch("/api/v1/me", { versionRules: {} });
  const paths: string[] = [];
  for (const client of [plain, other]) {
    let id = "";
    for (const content of ["1", "2", "3"]) id = (await client.store("a", content)).id;
    paths.push(`/api/v1/files/${id}/versions`);
  }
  await world().settle();

  await world().sweep();
  await world().settle();

  const [ofPlain = "", ofOther = ""] = paths;
  expect((await plain.get(ofPlain)).json.items).toHaveLength(2);
  expect((await other.get(ofOther)).json.items).toHaveLength(3);
});

test("An account sees which rules count: its own, or else those of the installation", async () => {
  const client = await world().member();
  const ofInstallation = { maxCount: 2, maxAgeDays: null, dailyAfterDays: null };
  const own = { maxCount: null, maxAgeDays: 5, dailyAfterDays: null };

  const before = await client.get("/api/v1/me");
  const changed = await client.patch("/api/v1/me", { versionRules: { maxAgeDays: 5 } });
  const after = await client.get("/api/v1/me");
  const reset = await client.patch("/api/v1/me", { versionRules: null });

  const shown = [before, changed, after, reset].map(({ json }) => json);
  expect(shown).toMatchObject([
    { versionRules: null, effectiveVersionRules: ofInstallation },
    { versionRules: own, effectiveVersionRules: own },
    { versionRules: own, effectiveVersionRules: own },
    { versionRules: null, effectiveVersionRules: ofInstallation },
  ]);
});
