import { expect, test } from "@jest/globals";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { useWorld } from "../../support/use-world.js";
import { bearer, Person } from "./person.js";

const SECRETS = ["first-secret-of-the-tests-0123456789", "second-secret-of-the-tests-0123456789"];
const world = useWorld({ tokenSecrets: SECRETS, publicUrl: new URL("https://files.example") });

test("GET /.well-known/jwks.json has what others verify access tokens with, and caches may keep it", async () => {
  const person = await Person.register(world());
  const { accessToken } = await person.tokens();

  const { status, json, headers } = await world().visitor().get("/.well-known/jwks.json");
  const { payload, protectedHeader } = await jwtVerify(
    accessToken,
    createRemoteJWKSet(new URL(`${world().url}/.well-known/jwks.json`)),
    { issuer: "https://files.example", audience: "stowage", typ: "at+jwt" },
  );

  expect(status).toBe(200);
  expect(headers["cache-control"]).toBe("public, max-age=300");
  expect((json as unknown as { keys: object[] }).keys).toHaveLength(2);
  expect(JSON.stringify(json)).not.toMatch(/"d":/);
  const me = await world().visitor().get("/api/v1/me", bearer(accessToken));
  expect(payload.sub).toBe(me.json.id);
  expect(protectedHeader.alg).toBe("EdDSA");
});

test("The keys are the same on every web process, and others than those of the session secrets", async () => {
  const kids = async (url: string) => {
    const answer = await fetch(`${url}/.well-known/jwks.json`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  const same = await world().addWeb();
  const turned = await world().addWeb({ tokenSecrets: SECRETS.toReversed() });
  const unset = await world().addWeb({ tokenSecrets: undefined });

  const own = await kids(world().url);

  expect(await kids(same)).toEqual(own);
  expect(await kids(turned)).toEqual(own.toReversed());
  expect(await kids(unset)).not.toEqual(own);
  expect(await kids(unset)).toHaveLength(1);
});
