import type { AccountActor, LinkActor } from "../access/actor.js";
import type { Granted } from "../access/grants.js";
import type { FileEntry } from "../entries/entry.js";
import { InvalidRequestError } from "../platform/errors.js";
import { newId } from "../platform/ids.js";
import { type Entered, type LinkEntrance, noLink } from "./entrance.js";
import type { UrlLinkDoc } from "./link.js";
import { makerOf } from "./maker.js";
import type { LinkPolicy } from "./policy.js";
import type { LinksRepository } from "./repository.js";
import type { UrlTokens } from "./url-tokens.js";

/** The longest time for which a URL is valid, in seconds: 7 days. */
export const MOST_URL_SECONDS = 7 * 24 * 60 * 60;

/** What a URL is for. */
export interface UrlTerms extends Pick<
  UrlLinkDoc,
  "method" | "versionId" | "fileName" | "disposition"
> {
  /** 1 to {@link MOST_URL_SECONDS}. */
  readonly expiresInSeconds: number;
}

/** A URL always expires. */
export type ExpiringUrl = UrlLinkDoc & { readonly expiresAt: Date };

interface Deps {
  readonly links: Pick<LinksRepository, "insert" | "revokeAll">;
  readonly entrance: Pick<LinkEntrance, "enter" | "stay">;
  readonly tokens: UrlTokens;
  readonly now: () => Date;
  readonly policy: Pick<LinkPolicy, "faultsOf">;
  /** How long a link stays in lists after it has expired, in milliseconds. */
  readonly logMs: number;
}

/** Expiring URLs: each is for one file and one method, for a while. */
export class ExpiringUrls {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws InvalidRequestError when links of the actor's role do not last so long. */
  async make(
    actor: AccountActor,
    { entry }: Granted<FileEntry, "share">,
    { expiresInSeconds, ...terms }: UrlTerms,
  ): Promise<ExpiringUrl> {
    const { links, policy, now, logMs } = this.#deps;
    const createdAt = now();
    const expiresAt = new Date(createdAt.getTime() + expiresInSeconds * 1000);
    const faults = policy.faultsOf(actor.account.role, { createdAt, expiresAt });
    if (faults.length > 0) {
      throw new InvalidRequestError(faults.map((fault) => ({ ...fault, pointer: "/expiresIn" })));
    }
    const link: ExpiringUrl = {
      ...terms,
      _id: newId(),
      kind: "url",
      ownerId: entry.ownerId,
      ...makerOf(actor, entry.ownerId),
      entryId: entry._id,
      entryKind: "file",
      label: null,
      isEnabled: true,
      createdAt,
      expiresAt,
      revokedAt: null,
      lastUsedAt: null,
      revision: 0,
      removeAt: new Date(expiresAt.getTime() + logMs),
    };
    await links.insert(link);
    return link;
  }

  /** @throws NotFoundError The same for every token that opens nothing, whatever the reason. */
  async enter(token: string): Promise<Entered<UrlLinkDoc>> {
    const { entrance, tokens } = this.#deps;
    const entered = await entrance.enter(tokens.linkTokenOf(token), "url");
    if (!tokens.isSealed(entered.link, token)) throw noLink();
    return entered;
  }

  /** Asks whether a running download by a URL may continue. It may when the URL has expired meanwhile. @throws NotFoundError */
  stay(link: UrlLinkDoc): Promise<LinkActor> {
    return this.#deps.entrance.stay(link);
  }

  /** Revokes all URLs of a file. @returns How many there were. */
  async revokeOfFile({ entry }: Granted<FileEntry, "share">): Promise<number> {
    const { links, now, logMs } = this.#deps;
    const { ownerId, _id: entryId } = entry;
    return links.revokeAll({ ownerId, entryId, kind: "url" }, { now: now(), keepMs: logMs });
  }
}
