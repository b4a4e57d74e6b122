import { countedDownloads, type LinkDoc } from "../../links/link.js";
import type { LinksRepository } from "../../links/repository.js";
import type { LinkUseDoc } from "../../links/uses-repository.js";
import type { ExportPosition } from "../archive.js";
import type { ExportRepository } from "../export-repository.js";
import type { StepInput, StepOutput } from "./steps.js";

const LINKS_PER_PAGE = 500;
const USES_PER_PAGE = 500;

interface Deps {
  readonly links: Pick<LinksRepository, "page">;
  readonly entries: Pick<ExportRepository, "listUses">;
}

/** Tells of an account's links, and of their uses. */
export class LinkSteps {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async links({ archive, position, texts }: StepInput<"links">): Promise<StepOutput> {
    const { ownerId, createdAt: now } = archive;
    const cursor = position.cursor ?? undefined;
    const query = { ownerId, now, limit: LINKS_PER_PAGE, cursor };
    const { items, nextCursor } = await this.#deps.links.page(query);
    for (const link of items) texts.addLine("links", linkLine(link));
    const next: ExportPosition =
      nextCursor === null
        ? { step: "linkUses", after: null }
        : { step: "links", cursor: nextCursor };
    return { members: [], next };
  }

  async uses({ archive, position, texts }: StepInput<"linkUses">): Promise<StepOutput> {
    const uses = await this.#deps.entries.listUses(archive.ownerId, position.after, USES_PER_PAGE);
    for (const use of uses) texts.addLine("linkUses", useLine(use));
    const last = uses.at(-1);
    const next: ExportPosition =
      last === undefined || uses.length < USES_PER_PAGE
        ? { step: "texts" }
        : {
            step: "linkUses",
            after: { linkId: last.linkId, startedAt: last.startedAt, useId: last._id },
          };
    return { members: [], next };
  }
}

/** What a link is: everything but the hash of its password, and what only the server needs. */
function linkLine(link: LinkDoc) {
  const { _id: id, kind, entryId, entryKind, label, actorId, ...times } = link;
  const { isEnabled, createdAt, expiresAt, revokedAt, lastUsedAt } = times;
  return {
    ...{ id, kind, entryId, entryKind, label, actorId },
    ...ownFieldsOf(link),
    ...{ isEnabled, createdAt, expiresAt, revokedAt, lastUsedAt },
  };
}

function ownFieldsOf(link: LinkDoc) {
  if (link.kind === "share") {
    const { permission, passwordHash, maxDownloads, notifiesFirstUse } = link;
    const hasPassword = passwordHash !== null;
    const downloads = countedDownloads(link);
    return { permission, hasPassword, maxDownloads, downloads, notifiesFirstUse };
  }
  if (link.kind === "url") {
    const { method, versionId, fileName, disposition } = link;
    return { method, versionId, fileName, disposition };
  }
  const { maxFileBytes, maxBytes, maxFiles, types, namePattern, usedFiles, usedBytes } = link;
  return { maxFileBytes, maxBytes, maxFiles, types, namePattern, usedFiles, usedBytes };
}

function useLine(use: LinkUseDoc) {
  const { _id: id, linkId, kind, startedAt, lastAt, client, entryId, name } = use;
  const { bytes, sizeBytes, isComplete } = use;
  return {
    ...{ id, linkId, kind, startedAt, lastAt, client, entryId, name },
    ...{ bytes, sizeBytes, isComplete },
  };
}
