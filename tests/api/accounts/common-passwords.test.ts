import { expect, test } from "@jest/globals";
import { Passwords } from "../../../common/accounts/passwords.js";
import { setupToken } from "../../../common/registration/setup-token.js";
import { type Answer, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const COMMON = "Password123";

const refusal = ({ status, json }: Answer) => [status, json.errors];
const refused = (field: string) => {
  const detail = `${field} is too easy to guess: it is one of the most common passwords`;
  return [400, [{ in: "body", pointer: `/${field}`, detail }]];
};

test("A common password is refused by registration, and makes no account", async () => {
  const { username } = somebody();
  const visitor = world().visitor();

  const answer = await visitor.post("/api/v1/register", { username, password: COMMON });

  expect(refusal(answer)).toEqual(refused("password"));
  expect(answer.headers["set-cookie"]).toBeUndefined();
  const again = await visitor.post("/api/v1/register", { ...somebody(), username });
  expect(again.status).toBe(201);
});

test("A common password is refused by the setup link, which works afterwards", async () => {
  const link = `/setup/${setupToken(world().config.sessionSecrets[0] ?? "")}`;
  const visitor = world().visitor();

  const answer = await visitor.post(link, { ...somebody(), password: COMMON });

  expect(refusal(answer)).toEqual(refused("password"));
  expect((await visitor.post(link, somebody())).status).toBe(201);
});

test("A common password and the username are refused by a change, and the old password stays", async () => {
  const person = somebody();
  const client = world().visitor();
  await client.post("/api/v1/register", person);
  const change = (newPassword: string) =>
    client.send("PUT", "/api/v1/me/password", { currentPassword: person.password, newPassword });

  expect(refusal(await change(COMMON))).toEqual(refused("newPassword"));
  expect((await change(person.username.toUpperCase())).status).toBe(400);

  expect((await world().visitor().post("/api/v1/login", person)).status).toBe(200);
});

test("A common password and the username are refused by a link for a new password, which works afterwards", async () => {
  const admin = await world().person("admin");
  const person = somebody();
  const { id } = (await world().visitor().post("/api/v1/register", person)).json;
  const { token } = (await admin.send("POST", `/api/v1/admin/accounts/${id}/password-reset`)).json;
  const reset = (newPassword: string) =>
    world().visitor().post("/api/v1/password-reset", { token, newPassword });

  expect(refusal(await reset(COMMON))).toEqual(refused("newPassword"));
  expect((await reset(person.username)).status).toBe(400);

  expect((await reset("nine-yellow-crows")).status).toBe(204);
});

test("Who has a common password from before signs in with it", async () => {
  const person = await world().member();
  const { id, username } = (await person.get("/api/v1/me")).json;
  const passwords = new Passwords({ memoryKib: 64, iterations: 2, maxConcurrent: 1, waitMs: 0 });
  const passwordHash = await passwords.hash(COMMON);
  await world()
    .mongo.db.collection<{ _id: string }>("accounts")
    .updateOne({ _id: id }, { $set: { passwordHash } });

  const answer = await world().visitor().post("/api/v1/login", { username, password: COMMON });

  expect(answer.status).toBe(200);
});
