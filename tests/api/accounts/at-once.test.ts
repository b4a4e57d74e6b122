import { expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const PEOPLE = 64;

const world = useWorld({ maxConcurrentPasswordHashes: 2, passwordHashWaitMs: 60_000 });

test(`${PEOPLE} people who register and sign in at once all wait for their turn`, async () => {
  const people = Array.from({ length: PEOPLE }, () => somebody());
  const statusesOf = (path: string) =>
    Promise.all(people.map(async (person) => (await world().visitor().post(path, person)).status));

  const registered = await statusesOf("/api/v1/register");
  const signedIn = await statusesOf("/api/v1/login");

  expect(new Set(registered)).toEqual(new Set([201]));
  expect(new Set(signedIn)).toEqual(new Set([200]));
});

test("nobody waits where no time is set: 503 with Retry-After", async () => {
  const url = await world().addWeb({ maxConcurrentPasswordHashes: 1, passwordHashWaitMs: 0 });
  const person = somebody();

  const answers = await Promise.all(
    Array.from({ length: 16 }, () => world().visitor(url).post("/api/v1/login", person)),
  );

  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  for (const { json, headers } of refused) {
    expect([json.code, headers["retry-after"]]).toEqual(["busy", "1"]);
  }
});
