import { type AccountActor, isAccount } from "../access/actor.js";
import { InsufficientRoleError } from "../access/errors.js";
import type { Granted } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { Account } from "../accounts/account.js";
import type { Entry, RootFolder } from "../entries/entry.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import { refuseChanges, refuseTerms } from "./changes.js";
import { TooManyLinksError } from "./errors.js";
import { type LinkDoc, type LinkKind, type LinkState, type ShareLinkDoc, stateOf } from "./link.js";
import { makerOf } from "./maker.js";
import type { LinkPolicy } from "./policy.js";
import type { LinkQuery, LinksRepository } from "./repository.js";
import type { CommonTerms, KindTerms, LinkChanges, ShareTerms } from "./terms.js";
import type { LinkUsesRepository } from "./uses-repository.js";

/** The most links of an account that are neither revoked nor expired. */
export const MAX_LINKS = 1000;

interface Deps {
  readonly links: LinksRepository;
  readonly uses: Pick<LinkUsesRepository, "page">;
  /** Ends what is under way by links that were revoked. */
  readonly uploads: { end(links: readonly Pick<LinkDoc, "_id" | "ownerId">[]): Promise<void> };
  readonly access: Pick<Access, "file" | "folder">;
  readonly accounts: { findById(id: Id): Promise<Account | undefined> };
  readonly policy: LinkPolicy;
  /** How long a link is kept that has expired or was revoked. */
  readonly logMs: number;
  readonly now: () => Date;
}

/** A link as its owner sees it, and its maker. */
export interface OwnLink<L extends LinkDoc = LinkDoc> {
  readonly link: L;
  readonly state: LinkState;
  /** Where the actor sees the entry, as `Granted.path`; `null` where it is deleted. */
  readonly path: string | null;
  /** Whose entry it is; `null` where the account is gone. */
  readonly ownerName: string | null;
}

/** What an actor lists. */
type ListQuery = Pick<LinkQuery, "entryId" | "kind" | "state" | "limit" | "cursor">;

/**
 * What owners do with the links to what they own, and managers with those that they have made. A manager knows a link for as long as it is one. A
 * credential that may not leave a folder knows only the links to what it reaches.
 *
 * @throws NotFoundError from every method that takes the id of a link, when the actor has no such link.
 */
export class Links {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a share link.
   *
   * @throws InvalidRequestError when the terms do not fit each other, the entry, or the rules of the actor's role.
   * @throws TooManyLinksError
   */
  async share(
    actor: AccountActor,
    granted: Granted<Entry | RootFolder, "share">,
    { label, expiresAt, ...terms }: ShareTerms,
  ): Promise<OwnLink<ShareLinkDoc>> {
    const own = { kind: "share", ...terms, usedDownloads: 0, openDownloads: [] } as const;
    return this.add<ShareLinkDoc>(actor, granted, { label, expiresAt, ...own });
  }

  /** Makes a link of any kind. It throws as {@link share} does. */
  async add<L extends LinkDoc>(
    actor: AccountActor,
    granted: Granted<Entry | RootFolder, "share">,
    terms: CommonTerms & KindTerms<L>,
  ): Promise<OwnLink<L>> {
    const { links, policy, now } = this.#deps;
    const { entry, path } = granted;
    const createdAt = now();
    const { ownerId } = entry;
    const link = {
      _id: newId(),
      ownerId,
      ...makerOf(actor, ownerId),
      entryId: entry._id,
      entryKind: entry.kind,
      isEnabled: true,
      createdAt,
      revokedAt: null,
      removeAt: this.#endOf(terms.expiresAt),
      lastUsedAt: null,
      revision: 0,
      ...terms,
      // What a kind has is in the terms, which the compiler does not see of a type parameter.
    } as unknown as L;
    refuseTerms({ link, now: createdAt, faults: policy.faultsOf(actor.account.role, link) });
    await links.insert(link);
    // Counted afterwards, so that of several at once none goes beyond the limit.
    if ((await links.countValid(link.ownerId, createdAt, MAX_LINKS + 1)) > MAX_LINKS) {
      await links.remove(link);
      throw new TooManyLinksError(MAX_LINKS);
    }
    const ownerName = await this.#nameOf(actor, ownerId);
    return { link, state: stateOf(link, createdAt), path, ownerName };
  }

  /**
   * The latest first. A page may have fewer items than its limit where the actor has made links that it may not see any more, or where the credential may
   * not leave a folder.
   *
   * @throws InvalidCursorError
   */
  async list(actor: AccountActor, query: ListQuery) {
    const { links, now } = this.#deps;
    const { ownerId, rootFolderId } = actor.home;
    const at = now();
    const root = actor.rootFolderId ?? rootFolderId;
    const entryId = query.entryId === "root" ? root : query.entryId;
    const managerId = actor.rootFolderId === null ? actor.id : undefined;
    const whose = { ownerId, managerId };
    const { items, nextCursor } = await links.page({ ...query, ...whose, entryId, now: at });
    const shown = await Promise.all(items.map((link) => this.#show(actor, link, at)));
    return { items: shown.filter((link) => isVisible(actor, link)), nextCursor };
  }

  /** A link of any kind and in any state. */
  async find(actor: AccountActor, id: Id): Promise<OwnLink> {
    const { links, now } = this.#deps;
    const link = await links.findOf(actor.id, id);
    const shown = link === null ? undefined : await this.#show(actor, link, now());
    if (shown === undefined || !isVisible(actor, shown)) throw new NotFoundError("link");
    return shown;
  }

  /**
   * Changes a link that is not revoked, from the next request by it on. One that has expired is valid again when its expiry is moved.
   *
   * @returns The link before and after.
   * @throws InvalidRequestError as {@link share} does, about what changes; and where links of its kind do not have it.
   * @throws TooManyLinksError when a link would be valid again.
   */
  async change(actor: AccountActor, id: Id, changes: LinkChanges) {
    const { links, policy, now } = this.#deps;
    for (;;) {
      const shown = await this.#findValid(actor, id);
      const { link: before } = shown;
      const at = now();
      const wanted = { ...before, ...changes };
      refuseChanges({
        ...{ before, changes, now: at },
        faults: policy.faultsOf(actor.account.role, wanted),
      });
      await this.#refuseReturn(before, wanted, at);
      const after = await links.change(before, {
        ...changes,
        ...("expiresAt" in changes && { removeAt: this.#endOf(wanted.expiresAt) }),
      });
      if (after !== null) {
        return { before, after: { ...shown, link: after, state: stateOf(after, at) } };
      }
      // Somebody else has changed it meanwhile.
    }
  }

  /** From the next request on nobody comes in by it, and its resumable uploads end. It stays in the list for `LINK_LOG_DAYS`. */
  async revoke(actor: AccountActor, id: Id): Promise<void> {
    const { links, uploads, now } = this.#deps;
    for (;;) {
      const { link } = await this.#findValid(actor, id);
      const revokedAt = now();
      const removeAt = this.#endOf(revokedAt);
      const revoked = await links.change(link, { revokedAt, removeAt });
      if (revoked !== null) return uploads.end([revoked]);
    }
  }

  /** {@link revoke} for all links of a kind, to what the account owns and what it has made itself. @throws NotFoundError for a credential that may not leave a folder. @returns How many there were. */
  async revokeAll({ id, rootFolderId }: AccountActor, kind: LinkKind): Promise<number> {
    if (rootFolderId !== null) throw new NotFoundError("list of links");
    const { links, uploads, now, logMs: keepMs } = this.#deps;
    const at = now();
    let count = 0;
    for (const whose of [{ ownerId: id, kind } as const, { managerId: id, kind } as const]) {
      count += await links.revokeAll(whose, { now: at, keepMs });
      // Of the other kinds there are at most MAX_LINKS, and URLs take no resumable uploads.
      if (kind !== "url") await uploads.end(await links.listRevokedAt(whose, at));
    }
    return count;
  }

  /** The uses of a link, the latest first. @throws InvalidCursorError */
  async log(actor: AccountActor, id: Id, query: Pick<LinkQuery, "limit" | "cursor">) {
    const { link } = await this.find(actor, id);
    return this.#deps.uses.page({ ownerId: link.ownerId, linkId: link._id }, query);
  }

  async #findValid(actor: AccountActor, id: Id): Promise<OwnLink> {
    const found = await this.find(actor, id);
    if (found.link.revokedAt !== null) throw new NotFoundError("link, or it was revoked");
    return found;
  }

  /** A link that had expired counts again. */
  async #refuseReturn(before: LinkDoc, wanted: Pick<LinkDoc, "expiresAt">, now: Date) {
    const isReturning = isExpired(before, now) && !isExpired(wanted, now);
    if (!isReturning) return;
    const valid = await this.#deps.links.countValid(before.ownerId, now, MAX_LINKS);
    if (valid >= MAX_LINKS) throw new TooManyLinksError(MAX_LINKS);
  }

  async #show(actor: AccountActor, link: LinkDoc, now: Date): Promise<OwnLink> {
    const [path, ownerName] = await Promise.all([
      this.#pathOf(actor, link),
      this.#nameOf(actor, link.ownerId),
    ]);
    return { link, state: stateOf(link, now), path, ownerName };
  }

  async #nameOf({ account }: AccountActor, ownerId: Id): Promise<string | null> {
    if (isAccount(account, ownerId)) return account.username;
    return (await this.#deps.accounts.findById(ownerId))?.username ?? null;
  }

  async #pathOf(actor: AccountActor, { entryId, entryKind }: LinkDoc): Promise<string | null> {
    try {
      return (await this.#deps.access[entryKind](actor, entryId, "share")).path;
    } catch (error) {
      const isOut = error instanceof NotFoundError || error instanceof InsufficientRoleError;
      if (isOut) return null;
      throw error;
    }
  }

  /** When a link goes that is not valid any more from an instant on. */
  #endOf(invalidFrom: Date | null): Date | null {
    return invalidFrom && new Date(invalidFrom.getTime() + this.#deps.logMs);
  }
}

const isVisible = ({ account, rootFolderId }: AccountActor, { link, path }: OwnLink) =>
  path !== null || (rootFolderId === null && isAccount(account, link.ownerId));

const isExpired = ({ expiresAt }: Pick<LinkDoc, "expiresAt">, now: Date) =>
  expiresAt !== null && expiresAt <= now;
