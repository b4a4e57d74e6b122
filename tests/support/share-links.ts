import { hash } from "argon2";
import type { LinkDoc, ShareLinkDoc } from "../../common/links/link.js";
import type { LinkUseDoc } from "../../common/links/uses-repository.js";
import { newId } from "../../common/platform/ids.js";
import type { Client } from "./client.js";
import type { World } from "./world.js";

/** A share link that a test has made, and where it leads in. */
export interface ShareLink {
  readonly id: string;
  readonly ownerId: string;
  readonly token: string;
  /** The path of its page. */
  readonly path: string;
}

/** A file or folder, and whose it is. */
interface Shared {
  readonly owner: Client;
  readonly id: string;
  readonly kind: string;
}

export type Terms = Partial<Omit<ShareLinkDoc, "_id" | "kind" | "passwordHash">> & {
  readonly password?: string;
};

/** Makes a share link of an account to a file or folder. It allows downloads unless the terms say otherwise. */
export async function shareLink(
  { services }: World,
  { owner, ...entry }: Shared,
  { password, ...terms }: Terms = {},
): Promise<ShareLink> {
  const ownerId = (await owner.get("/api/v1/me")).json.id;
  const id = newId();
  await services.links.insert({
    _id: id,
    kind: "share",
    ownerId,
    actorId: ownerId,
    entryId: entry.id,
    entryKind: entry.kind === "folder" ? "folder" : "file",
    label: null,
    isEnabled: true,
    createdAt: new Date(),
    expiresAt: null,
    revokedAt: null,
    removeAt: null,
    lastUsedAt: null,
    revision: 0,
    permission: "download",
    passwordHash: password === undefined ? null : await passwordHash(password),
    maxDownloads: null,
    usedDownloads: 0,
    openDownloads: [],
    notifiesFirstUse: false,
    ...terms,
  });
  const token = services.linkTokens.make(id);
  return { id, ownerId, token, path: `/s/${token}` };
}

/** As cheap as the passwords of a world. */
export const passwordHash = (password: string, memoryCost = 64) =>
  hash(password, { memoryCost, timeCost: 2, parallelism: 1 });

const linksOf = ({ mongo }: World) => mongo.db.collection<ShareLinkDoc>("links");

/** Changes a link of any kind, as its owner would. */
export async function changeLink(
  { mongo }: World,
  { id }: Pick<ShareLink, "id">,
  changes: Partial<LinkDoc>,
): Promise<void> {
  await mongo.db.collection<LinkDoc>("links").updateOne({ _id: id }, { $set: changes });
}

/** How the downloads of a link stand: counted and under way, and under way. */
export async function downloadsOf(world: World, { id }: ShareLink) {
  const link = await linksOf(world).findOne({ _id: id });
  return { used: link?.usedDownloads, open: link?.openDownloads.length };
}

/** The log of a link, the latest first. */
export const usesOf = ({ mongo }: World, { id }: ShareLink): Promise<LinkUseDoc[]> =>
  mongo.db
    .collection<LinkUseDoc>("linkUses")
    .find({ linkId: id })
    .sort({ startedAt: -1 })
    .toArray();
