import { beforeEach, describe, expect, test } from "@jest/globals";
import { newSecret } from "../../../common/credentials/secret.js";
import { setupToken } from "../../../common/registration/setup-token.js";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ adminUsername: "the.boss" });

const BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

const link = () => `/setup/${setupToken(world().config.sessionSecrets[0] ?? "")}`;

const sendForm = (fields: string, headers: Record<string, string> = {}) =>
  fetch(world().url + link(), {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: BROWSER, ...headers },
    body: fields,
  });

beforeEach(async () => {
  const { db } = world().mongo;
  await db.collection("accounts").updateMany({}, { $set: { role: "member" } });
  await db.collection("invitations").deleteMany({});
});

describe("The setup link", () => {
  test("makes the first admin, who is signed in, also under the name that is kept", async () => {
    const person = world().visitor();

    const { status, json } = await person.post(link(), {
      username: "The.Boss",
      password: "seven-purple-owls",
    });

    expect([status, json.role]).toEqual([201, "admin"]);
    expect((await person.get("/api/v1/admin/accounts")).status).toBe(200);
    expect((await world().visitor().get(link())).status).toBe(404);
    expect((await world().visitor().post(link(), somebody())).status).toBe(404);
  });

  test("works while there are only members, and whatever REGISTRATION says", async () => {
    await world().member();
    const closed = await world().addWeb({ registration: "closed" });

    const answer = await world().visitor(closed).post(link(), somebody());

    expect([answer.status, answer.json.role]).toEqual([201, "admin"]);
  });

  test("makes one admin when 8 use it at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world().visitor().post(link(), somebody())),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array<number>(7).fill(404),
    ]);
  });

  test("can be used again after a name that was taken", async () => {
    const { username } = await world().visitor().register();

    const taken = await world().visitor().post(link(), { username, password: "seven-purple-owls" });
    expect([taken.status, taken.json.code]).toEqual([409, "username-taken"]);
    expect((await world().visitor().post(link(), somebody())).status).toBe(201);
  });

  test("is verified with each secret of the list", async () => {
    const [current = ""] = world().config.sessionSecrets;
    const url = await world().addWeb({ sessionSecrets: [newSecret(), current] });

    expect((await world().visitor(url).get(link())).json).toEqual({ username: "the.boss" });
  });

  test.each([newSecret(), "x", "%00"])("is 404 for the token %s", async (token) => {
    expect((await world().visitor().get(`/setup/${token}`)).status).toBe(404);
    if (token.length === 43) {
      expect((await world().visitor().post(`/setup/${token}`, somebody())).status).toBe(404);
    }
  });
});

describe("The page of the setup link", () => {
  test("is a form for browsers that may be sent to this site alone, and is kept nowhere", async () => {
    const answer = await fetch(world().url + link(), { headers: { Accept: BROWSER } });
    const text = await answer.text();

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(answer.headers.get("content-security-policy")).not.toContain("script");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(text).toContain(`action="${link()}"`);
    expect(text).toContain('value="the.boss"');
    expect(text).not.toContain("<script");
  });

  test("is sent without script: a person is signed in and led on", async () => {
    const answer = await sendForm("username=jo%2Dhn&password=p%C3%A4ssword+123");

    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/\/drive\?signed-in$/);
    const cookie = answer.headers
      .getSetCookie()
      .map((field) => field.replace(/;.*/s, ""))
      .join("; ");
    const me = await world().visitor().get("/api/v1/me", { Cookie: cookie });
    expect(me.json).toMatchObject({ username: "jo-hn", role: "admin" });
    const again = { username: "jo-hn", password: "pässword 123" };
    expect((await world().visitor().post("/api/v1/login", again)).status).toBe(200);
  });

  test.each([
    ["username=john&password=short", 400],
    ["username=a+b&password=seven-purple-owls", 400],
    ["username=john", 400],
    ["username=john&password=seven-purple-owls&role=admin", 400],
    ["username=john&username=jane&password=seven-purple-owls", 400],
    ["username=john&password=password%FF123", 400],
    ["__proto__=john&password=seven-purple-owls", 400],
    [`username=john&password=${"a".repeat(70_000)}`, 413],
  ])("answers %#: %.60s with a page", async (fields, status) => {
    const answer = await sendForm(fields);

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("text/html");
  });

  test.each([
    {
      sent: "username=j%22n&password=seven-purple-owls",
      field: "username",
      fault: "The username must be 3 to 64",
    },
    {
      sent: "username=john&password=short",
      field: "password",
      fault: "The password must have at least 8",
    },
    {
      sent: "username=john&password=password123",
      field: "password",
      fault: "The password is too easy to guess",
    },
    {
      sent: "username=TAKEN&password=seven-purple-owls",
      field: "username",
      fault: "This username is taken",
      status: 409,
    },
  ])("is shown again with the fault at its field: $sent", async (given) => {
    const { sent, field, fault, status = 400 } = given;
    const { username } = await world().visitor().register();
    const fields = sent.replace("TAKEN", username);

    const answer = await sendForm(fields);
    const text = await answer.text();

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(text).toMatch(new RegExp(`<p class="fault" id="${field}-fault">${fault}`));
    const [input = ""] = new RegExp(`<input\\s+id="${field}"[^>]*>`).exec(text) ?? [];
    expect(input).toContain(`aria-invalid="true" aria-describedby="${field}-fault" autofocus`);
    expect(text.match(/class="fault"/g)).toHaveLength(1);
    expect(text).not.toMatch(/seven-purple-owls|password123|value="short"/);
    const typed = new URLSearchParams(fields).get("username")?.replace('"', "&quot;");
    expect(text).toContain(`value="${typed ?? ""}"`);
  });

  test("is no form for programs that are refused", async () => {
    const fields = "username=john&password=short";
    const answer = await sendForm(fields, { Accept: "application/json" });

    expect(await answer.json()).toMatchObject({ code: "invalid-request" });
  });

  test("is refused from a page of another site", async () => {
    const fields = "username=john&password=seven-purple-owls";

    expect((await sendForm(fields, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await sendForm(fields, { Origin: "https://evil.example" })).status).toBe(403);
  });
});
