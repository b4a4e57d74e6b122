import { describe, expect, test } from "@jest/globals";
import { allow, anyone } from "../../../api/http/allow.js";
import type { Credential } from "../../../api/http/door.js";
import { createRouter, Routes } from "../../../api/http/route.js";
import { accountActor, type AccountActor } from "../../../common/access/actor.js";
import type { Scope } from "../../../common/accounts/role.js";
import { newId } from "../../../common/platform/ids.js";
import { useApps } from "./test-app.js";

const serveApp = useApps();

const ownerId = newId();

function actorWith(...scopes: readonly Scope[]): AccountActor {
  const account = {
    id: ownerId,
    username: "somebody",
    role: "admin" as const,
    isDisabled: false,
    email: null,
    isEmailVerified: false,
    pendingEmail: null,
    deletion: null,
    createdAt: new Date(),
    sessionsValidFrom: new Date(),
    rootFolderId: newId(),
    trashEmptiedAt: null,
    versionRules: null,
    usage: { bytes: 0, reservedBytes: 0, files: 0, limitBytes: null },
  };
  return {
    ...accountActor(account, { kind: "session", id: "test", methods: [] }),
    scopes: new Set(scopes),
  };
}

const none: Credential = {
  kind: "session",
  challenge: "None",
  read: () => Promise.resolve(undefined),
};
const provesActor = (...scopes: readonly Scope[]): Credential => ({
  kind: "session",
  challenge: 'Test realm="a"',
  read: () => Promise.resolve({ actor: actorWith(...scopes) }),
});

function serve(credentials: readonly Credential[], handler = () => Promise.resolve()) {
  const routes = new Routes().get("/files", allow("files:read"), async (ctx) => {
    await handler();
    ctx.body = { actorId: ctx.state.actor.id, scopes: [...ctx.state.actor.scopes] };
  });
  const router = createRouter([{ prefixes: [""], routes }]);
  return serveApp((outer) => outer.use(router.routes()), { credentials });
}

describe("allow(scope)", () => {
  test("gives the handler the actor of the first valid credential", async () => {
    const first = provesActor("files:read");
    const { url } = await serve([none, first, provesActor("files:read", "admin")]);

    const answer = await fetch(`${url}/files`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ actorId: ownerId, scopes: ["files:read"] });
  });

  test.each([
    ["that accepts none", [], null],
    ["whose credentials the request does not have", [none, none], "None"],
  ])("answers 401 unauthenticated at a door %s", async (_title, credentials, challenges) => {
    const { url } = await serve(credentials);

    const answer = await fetch(`${url}/files`);

    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "unauthenticated" });
    expect(answer.headers.get("www-authenticate")).toBe(challenges);
  });

  test("answers 403 insufficient-scope to a credential without the scope, and logs its actor", async () => {
    const { url, requestLine } = await serve([provesActor("files:write", "admin")]);

    const answer = await fetch(`${url}/files`);

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: "insufficient-scope",
      scope: "files:read",
      detail: expect.stringContaining("files:read"),
    });
    expect(await requestLine()).toMatchObject({
      status: 403,
      problemCode: "insufficient-scope",
      actorId: ownerId,
    });
  });

  test.each([
    ["after the handler has succeeded", { fails: false, status: 200, times: 1 }],
    ["not after it has failed", { fails: true, status: 500, times: 0 }],
  ])("renews the credential %s", async (_title, { fails, status, times }) => {
    const handler = () => (fails ? Promise.reject(new Error("broken")) : Promise.resolve());
    let renewals = 0;
    const renewable: Credential = {
      kind: "session",
      challenge: "Test",
      read: () =>
        Promise.resolve({
          actor: actorWith("files:read"),
          renew: () => {
            renewals += 1;
            return Promise.resolve();
          },
        }),
    };
    const { url } = await serve([renewable], handler);

    const answer = await fetch(`${url}/files`);

    expect([answer.status, renewals]).toEqual([status, times]);
  });
});

describe("A route", () => {
  test("that does not say who may use it cannot be made", () => {
    expect(() =>
      new Routes().get(
        "/x",
        (_ctx, next) => next().then(() => undefined),
        () => undefined,
      ),
    ).toThrow("GET /x does not say who may use it");
  });

  test("for anyone needs no credential", async () => {
    const routes = new Routes().get("/x", anyone, (ctx) => {
      ctx.body = {};
    });
    const router = createRouter([{ prefixes: ["", "/v1"], routes }]);
    const { url } = await serveApp((outer) => outer.use(router.routes()));

    const answers = await Promise.all([fetch(`${url}/x`), fetch(`${url}/v1/x`)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});
