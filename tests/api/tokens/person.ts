import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { type Answer, type Client, somebody } from "../../support/client.js";
import type { Json } from "../../support/answer-json.js";
import type { World } from "../../support/world.js";

/** Somebody with an account, who is signed in and asks for tokens. */
export class Person {
  readonly credentials = somebody();
  /** With a cookie. */
  readonly browser: Client;
  readonly #world: World;

  private constructor(world: World) {
    this.#world = world;
    this.browser = world.visitor();
  }

  static async register(world: World): Promise<Person> {
    const person = new Person(world);
    await person.browser.post("/api/v1/register", person.credentials);
    return person;
  }

  /** Signs in for tokens, without a cookie. */
  async tokens(fields: object = {}): Promise<Json> {
    const body = { ...this.credentials, ...fields };
    const { status, json } = await this.#world.visitor().post("/api/v1/tokens", body);
    if (status !== 200) throw new Error(`No tokens: ${JSON.stringify(json)}`);
    return json;
  }
}

/** The header fields of a request with an access token. */
export const bearer = (accessToken: string) => ({ Authorization: `Bearer ${accessToken}` });

/** Exchanges a refresh token at a web process. */
export function refresh(client: Client, refreshToken: string): Promise<Answer> {
  return client.post("/api/v1/tokens/refresh", { refreshToken });
}

/** Lets time pass for all token families of a world. */
export async function ageTokens(world: World, ms: number): Promise<void> {
  const families = world.mongo.db.collection<CredentialDoc>("credentials");
  const earlier = (at: Date | null) => (at === null ? null : new Date(at.getTime() - ms));
  for (const family of await families.find({ kind: "token" }).toArray()) {
    const { uses = [] } = (family.details ?? {}) as { uses?: { hash: string; at: Date }[] };
    const $set = {
      createdAt: new Date(family.createdAt.getTime() - ms),
      expiresAt: earlier(family.expiresAt),
      lastUsedAt: earlier(family.lastUsedAt),
      details: { uses: uses.map(({ hash, at }) => ({ hash, at: new Date(at.getTime() - ms) })) },
    };
    await families.updateOne({ _id: family._id }, { $set });
  }
  // An account is as old as what it signed in for.
  const $set = { sessionsValidFrom: new Date(0) };
  await world.mongo.db.collection("accounts").updateMany({}, { $set });
}
