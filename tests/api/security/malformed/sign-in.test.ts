import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Answer, somebody } from "../../../support/client.js";
import { useWorld } from "../../../support/use-world.js";

// Every wrong password of this file comes from one address.
const world = useWorld({
  freeSignInFailures: 1_000_000,
  freeSignInFailuresPerAccount: 1_000_000,
  freeSignInFailuresPerAddress: 1_000_000,
});

const [member, disabled, nobody] = [somebody(), somebody(), somebody()];

beforeAll(async () => {
  await world().visitor().post("/api/v1/register", member);
  const other = world().visitor();
  await other.post("/api/v1/register", disabled);
  await world().disable(other);
});

const NEW_EACH_TIME = ["date", "x-request-id", "ratelimit"];

/** All that a client sees, but for what is new with each answer. */
function seen({ status, headers, json }: Answer) {
  const { requestId, ...problem } = json;
  expect(requestId).toBe(headers["x-request-id"]);
  const same = Object.entries(headers).filter(([name]) => !NEW_EACH_TIME.includes(name));
  return { status, headers: Object.fromEntries(same), problem };
}

describe.each(["/api/v1/login", "/api/login", "/api/v1/tokens", "/api/v1/me/restore"])(
  "POST %s",
  (path) => {
    const ask = async (body: object) => seen(await world().visitor().post(path, body));

    test("answers an unknown account, a wrong password and a disabled account alike", async () => {
      const password = "not this one";
      const unknown = await ask({ ...nobody, password });

      expect(unknown).toMatchObject({ status: 401, problem: { code: "invalid-credentials" } });
      expect(unknown.headers).not.toHaveProperty("set-cookie");
      expect(await ask({ ...member, password })).toEqual(unknown);
      expect(await ask({ ...disabled, password })).toEqual(unknown);
      expect(await ask(nobody)).toEqual(unknown);
      // Only who has the password is told that the account is disabled.
      expect((await ask(disabled)).problem.code).toBe("account-disabled");
    });

    test("answers them alike when a code comes too", async () => {
      const second = { password: "not this one", code: "123456" };
      const unknown = await ask({ ...nobody, ...second });

      expect(unknown.status).toBe(401);
      expect(await ask({ ...member, ...second })).toEqual(unknown);
      expect(await ask({ ...disabled, ...second })).toEqual(unknown);
    });
  },
);
