import type { LinkDoc, UrlLinkDoc } from "../../common/links/link.js";
import type { LinkUseDoc } from "../../common/links/uses-repository.js";
import { type Id, newId } from "../../common/platform/ids.js";
import type { Json } from "./answer-json.js";
import type { Answer, Client } from "./client.js";
import type { World } from "./world.js";

export const LINKS = "/api/v1/links";

const DAY_MS = 86_400_000;

/** An instant in some days, as the API writes it. */
export const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

/** Asks for a share link for downloads, unless the terms say something else. */
export const share = (client: Client, entryId: Id, terms: object = {}): Promise<Answer> =>
  client.post(LINKS, { entryId, permission: "download", ...terms });

/** The same, where it has to be made. */
export async function makeLink(client: Client, entryId: Id, terms: object = {}): Promise<Json> {
  const { status, json } = await share(client, entryId, terms);
  if (status !== 201) throw new Error(`Not made: ${JSON.stringify(json)}`);
  return json;
}

/** A link of another kind than share links: a URL of a file, for a day. */
export async function expiringUrl(world: World, client: Client, entryId: Id): Promise<UrlLinkDoc> {
  const actor = await world.actorOf(client);
  const granted = await world.services.access.file(actor, entryId, "share");
  const own = { kind: "url", method: "GET", versionId: null, fileName: null } as const;
  const { link } = await world.services.ownLinks.add<UrlLinkDoc>(actor, granted, {
    ...{ label: null, expiresAt: new Date(Date.now() + DAY_MS) },
    ...{ ...own, disposition: "attachment" },
  });
  return link;
}

/** A use of a link, as the door of links writes it. */
export function newUse(
  { _id: linkId, ownerId, entryId }: LinkDoc,
  { startedAt = new Date(), bytes = 0 }: Partial<LinkUseDoc>,
): LinkUseDoc {
  return {
    _id: newId(),
    linkId,
    ownerId,
    kind: "download",
    startedAt,
    lastAt: startedAt,
    client: { addressPrefix: "192.0.2.0/24", userAgent: "curl/8.14.1" },
    entryId,
    name: "plan.pdf",
    etag: null,
    sizeBytes: 100,
    bytes,
    isComplete: false,
    expiresAt: new Date(Date.now() + DAY_MS),
  };
}
