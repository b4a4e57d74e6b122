import { describe, expect, test } from "@jest/globals";
import { parseList } from "structured-headers";
import type { Answer } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({
  rateLimitPerAddress: 1000,
  rateLimitPerCredential: 3,
  rateLimitPerAccount: 50,
  rateLimitUploadsPerAccount: null,
});

/** A field as a list of items, each a name with parameters (RFC 9651 §3.1), by a parser that is not ours. */
function itemsOf(field: string | undefined) {
  return parseList(field ?? "").map((member) => {
    const [name, parameters] = member as readonly [unknown, ReadonlyMap<string, unknown>];
    expect(typeof name).toBe("string");
    return { name: String(name), parameters: Object.fromEntries(parameters) };
  });
}

/** Both fields of an answer. */
const fieldsOf = ({ headers }: Answer) => ({
  policies: itemsOf(headers["ratelimit-policy"]),
  standing: itemsOf(headers["ratelimit"]),
});

const isWhole = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

/** What draft-ietf-httpapi-ratelimit-headers-11 says of both fields (§3 and §4), and no other parameter. */
function expectFields(answer: Answer): void {
  const { policies, standing } = fieldsOf(answer);
  expect(policies.length).toBeGreaterThan(0);
  for (const { parameters } of policies) {
    expect(Object.keys(parameters)).toEqual(["q", "w"]);
    expect([isWhole(parameters["q"]), isWhole(parameters["w"])]).toEqual([true, true]);
  }
  // One policy is described once.
  expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  expect(standing).toHaveLength(1);
  for (const { name, parameters } of standing) {
    expect(Object.keys(parameters)).toEqual(["r", "t"]);
    const policy = policies.find((each) => each.name === name);
    expect(Number(parameters["r"])).toBeLessThanOrEqual(Number(policy?.parameters["q"]));
    expect(Number(parameters["t"])).toBeLessThanOrEqual(Number(policy?.parameters["w"]));
    expect([isWhole(parameters["r"]), isWhole(parameters["t"])]).toEqual([true, true]);
  }
}

const namesOf = (answer: Answer) => fieldsOf(answer).policies.map(({ name }) => name);

describe("RateLimit and RateLimit-Policy", () => {
  test("are lists of items with the parameters of the draft, on every kind of answer", async () => {
    const visitor = world().visitor();
    const answers = [
      await visitor.register().then(() => visitor.get("/api/v1/me")),
      await world().visitor().get("/api/v1/me"),
      await world()
        .visitor()
        .post("/api/v1/login", { username: "nobody.here", password: "wrong one" }),
      await world().visitor().get("/api/v1/me", { Authorization: "Bearer x" }),
      await visitor.put("/api/v1/files?name=a", "a"),
      await visitor.get("/api/v1/files"),
      await visitor.get("/api/v1/files"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 401, 201, 200, 429]);
    for (const answer of answers) expectFields(answer);
  });

  test("name the policies that the request was counted for, and no limit that is off", async () => {
    const member = await world().member();

    const [unknown, known, upload] = [
      await world().visitor().get("/api/v1/me"),
      await member.get("/api/v1/me"),
      await member.put("/api/v1/files?name=a", "a"),
    ];

    const everything = ["everything-address", "everything-credential", "everything-account"];
    expect(namesOf(unknown)).toEqual(["everything-address"]);
    expect(namesOf(known)).toEqual(everything);
    expect(new Set(namesOf(upload))).toEqual(
      new Set([...everything, "upload-address", "upload-credential"]),
    );
  });

  test("say on 429 that nothing remains, and until when, as Retry-After does", async () => {
    const member = await world().member();
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await member.get("/api/v1/me"));
    const refused = answers[3];

    const [standing] = itemsOf(refused?.headers["ratelimit"]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(standing?.name).toBe("everything-credential");
    expect(standing?.parameters["r"]).toBe(0);
    // A client that waits for either has waited for both.
    expect(Number(refused?.headers["retry-after"])).toBe(standing?.parameters["t"]);
    expect(refused?.json).toMatchObject({ code: "too-many-requests", policy: standing?.name });
  });
});
