import type { CredentialDoc } from "../../../../common/credentials/credential.js";
import { newId } from "../../../../common/platform/ids.js";
import type { Json } from "../../../support/answer-json.js";
import type { Client } from "../../../support/client.js";
import { TusClient } from "../../../support/tus-client.js";
import type { World } from "../../../support/world.js";

export const MEMBER = [
  "files:read",
  "files:write",
  "files:delete",
  "links:write",
  "account:read",
  "account:write",
];
const VIEWER = ["files:read", "account:read", "account:write"];
const ADMIN = [...MEMBER, "admin"];

/** Somebody who makes a request. */
export interface Caller {
  readonly title: string;
  readonly headers: Record<string, string>;
  /** The security scheme of its credential; `undefined`: it has no valid one. */
  readonly scheme?: string;
  readonly scopes: readonly string[];
  /** Whether it may go to what the owner keeps in the root folder. */
  readonly reachesOwned: boolean;
  /** Whether it may not leave a folder. */
  readonly isLimited?: true;
}

/** The owner of what is asked for, and everybody who asks. */
export interface Cast {
  readonly owner: Client;
  readonly callers: readonly Caller[];
}

const cookieOf = ({ cookie }: Client) => ({ Cookie: cookie });
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const basic = (key: string) => ({ Authorization: `Basic ${btoa(`:${key}`)}` });

/**
 * Everybody who may ask for an operation, and those who may not. The owner comes last: signing out ends its session.
 *
 * @param scope - What the operation needs; one key has everything else.
 */
export async function castFor(world: World, scope: string): Promise<Cast> {
  const [owner, other, viewer, admin] = [
    await world.member(),
    await world.member(),
    await world.person("viewer"),
    await world.person("admin"),
  ];
  const session = { scheme: "session", reachesOwned: false };
  const callers = [
    { title: "nobody", headers: {}, scopes: [], reachesOwned: false },
    ...(await invalid(world, owner)),
    ...(await keyHolders(owner, scope)),
    { title: "another account", headers: cookieOf(other), scopes: MEMBER, ...session },
    { title: "a viewer", headers: cookieOf(viewer), scopes: VIEWER, ...session },
    { title: "an admin", headers: cookieOf(admin), scopes: ADMIN, ...session },
    {
      ...session,
      title: "the owner",
      headers: cookieOf(owner),
      scopes: MEMBER,
      reachesOwned: true,
    },
  ];
  return { owner, callers };
}

/** Credentials that were valid once. */
async function invalid(world: World, owner: Client): Promise<Caller[]> {
  const [expired, revoked] = [await owner.makeKey(MEMBER), await owner.makeKey(MEMBER)];
  await world.mongo.db
    .collection<CredentialDoc>("credentials")
    .updateOne({ _id: expired.id }, { $set: { details: { expiresAt: new Date(0) } } });
  await owner.delete(`/api/v1/api-keys/${revoked.id}`);
  const disabled = await world.member();
  const { key } = await disabled.makeKey(MEMBER);
  await world.disable(disabled);
  const nothing = { scopes: [], reachesOwned: false };
  return [
    { title: "an expired key", headers: bearer(expired.key), ...nothing },
    { title: "a revoked key", headers: bearer(revoked.key), ...nothing },
    { title: "a disabled account", headers: cookieOf(disabled), ...nothing },
    { title: "a key of a disabled account", headers: bearer(key), ...nothing },
  ];
}

async function keyHolders(owner: Client, scope: string): Promise<Caller[]> {
  const scopes = MEMBER.filter((one) => one !== scope);
  const rootFolderId = (await owner.makeFolder(newId())).id;
  const [all, narrow] = [await owner.makeKey(MEMBER), await owner.makeKey(scopes)];
  const limited = await owner.makeKey(MEMBER, { rootFolderId });
  const within = { reachesOwned: false, isLimited: true } as const;
  const key = { scheme: "apiKey", scopes: MEMBER, reachesOwned: true };
  return [
    { ...key, title: "a key with all other scopes", headers: bearer(narrow.key), scopes },
    { ...key, title: "a key of a folder", headers: bearer(limited.key), ...within },
    { ...key, title: "a key", headers: bearer(all.key) },
    { ...key, title: "a key as a password", headers: basic(all.key), scheme: "basic" },
  ];
}

const OWNED: readonly (readonly [RegExp, (owner: Client) => Promise<string>])[] = [
  [/^\/api\/v1\/files\//, async (owner) => (await owner.store(newId(), "content")).id],
  [/^\/api\/v1\/by-path\//, async (owner) => (await owner.store(newId(), "content")).name],
  [/^\/api\/v1\/folders\//, async (owner) => (await owner.makeFolder(newId())).id],
  [/^\/api\/v1\/api-keys\//, async (owner) => (await owner.makeKey(MEMBER)).id],
  [/^\/api\/v1\/links\/\{id\}/, async (owner) => (await makeLink(owner)).id],
  [
    /^\/api\/v1\/uploads\//,
    async ({ url, cookie }) => {
      const tus = new TusClient({ url, cookie });
      return (await tus.begin({ "Upload-Length": "2" }, Buffer.from("a"))).replace(/.*\//, "");
    },
  ],
];

async function makeLink(owner: Client): Promise<Json> {
  const { id: entryId } = await owner.store(newId(), "content");
  return (await owner.post("/api/v1/links", { entryId, permission: "view" })).json;
}

/** What makes what it names: everybody may do that in a namespace of their own. */
const isMaking = (method: string, path: string) =>
  method === "PUT" && path.startsWith("/api/v1/by-path/");

/** Whether the path names something of an account that a test can make. */
export const isOwned = (method: string, path: string) =>
  !isMaking(method, path) && OWNED.some(([pattern]) => pattern.test(path));

/** A path with something of the owner in it, which is made for this; or with what does not exist. */
export async function pathFor(method: string, path: string, owner: Client): Promise<string> {
  const [, make] = OWNED.find(([pattern]) => isOwned(method, path) && pattern.test(path)) ?? [];
  const id = make === undefined ? newId() : await make(owner);
  return path.replace(/\{(?:id|path)\}/, id).replace(/\{\w+\}/g, "x");
}

/** Ends the upload of a path, if it names one that is there still. */
export async function clearUp(path: string, { url, cookie }: Client): Promise<void> {
  if (path.startsWith("/api/v1/uploads/")) await new TusClient({ url, cookie }).terminate(path);
}
