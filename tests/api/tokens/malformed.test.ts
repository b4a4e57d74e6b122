import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Answer } from "../../support/client.js";
import { SeededRandom } from "../../support/random.js";
import { useWorld } from "../../support/use-world.js";
import { TokenForge } from "../security/malformed/access-tokens.js";
import { bearer, Person } from "./person.js";

const world = useWorld();

let person: Person;
let accessToken: string;
let forge: TokenForge;
/** A server that nobody should ask for a key. */
let keyServer: Server;
let keysAsked = 0;

const foreign = generateKeyPairSync("ed25519");

beforeAll(async () => {
  person = await Person.register(world());
  ({ accessToken } = await person.tokens());
  forge = new TokenForge(accessToken, world().config.sessionSecrets);
  keyServer = createServer((_req, res) => {
    keysAsked += 1;
    res.end(JSON.stringify({ keys: [foreign.publicKey.export({ format: "jwk" })] }));
  });
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await new Promise((resolve) => keyServer.close(resolve));
});

const keyUrl = () => `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`;

const ask = (headers: Record<string, string>): Promise<Answer> =>
  world().visitor().get("/api/v1/me", headers);

// The other malformed tokens are in security/malformed, where they are sent to every door.
describe("401 invalid-token is the answer to an access token", () => {
  test.each(["jku", "x5u"])("with a %s, which nobody asks for keys", async (name) => {
    const header = { kid: "k", [name]: keyUrl() };
    const token = await forge.signed({ key: foreign.privateKey, header });

    const answer = await ask(bearer(token));

    expect([answer.status, answer.json.code]).toEqual([401, "invalid-token"]);
    expect(keysAsked).toBe(0);
  });

  test("whose family is a session", async () => {
    const [session] = (await person.browser.get("/api/v1/sessions")).json.items;
    const token = await forge.signed({ payload: { client_id: session?.id } });

    expect((await ask(bearer(token))).json.code).toBe("invalid-token");
  });

  test("that was changed in any place", async () => {
    const random = new SeededRandom(20);
    const alphabet = Array.from(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.",
    );
    const statuses = new Set<number>();
    for (let count = 0; count < 200; count += 1) {
      // The last character has bits that mean nothing.
      const at = random.below(accessToken.length - 1);
      const put = random.pick(alphabet);
      if (accessToken[at] === put) continue;
      const token = accessToken.slice(0, at) + put + accessToken.slice(at + 1);
      statuses.add((await ask(bearer(token))).status);
    }

    expect([...statuses]).toEqual([401]);
  });
});

describe("an access token elsewhere", () => {
  test.each(["access_token", "token", "accessToken"])(
    "in the query as %s is not seen",
    async (name) => {
      const answer = await world().visitor().get(`/api/v1/me?${name}=${accessToken}`);

      expect([answer.status, answer.json.code]).toEqual([401, "unauthenticated"]);
    },
  );
});
