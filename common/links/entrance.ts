import { isAccount, type LinkActor, linkActor, type LinkTerms } from "../access/actor.js";
import type { Account } from "../accounts/account.js";
import type { SharedEntries } from "../shares/given-entries.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { type LinkDoc, type LinkKind, scopesOf, stateOf } from "./link.js";
import type { LinksRepository } from "./repository.js";
import type { LinkTokens } from "./tokens.js";

interface Deps {
  readonly links: Pick<LinksRepository, "findById">;
  readonly tokens: LinkTokens;
  readonly accounts: { findActive(id: Id): Promise<Account | undefined> };
  /** By what somebody else than the owner may make links. */
  readonly sharedEntries: Pick<SharedEntries, "find">;
  readonly now: () => Date;
}

/** Whoever has a link, and the link. */
export interface Entered<L extends LinkDoc = LinkDoc> {
  readonly link: L;
  readonly actor: LinkActor;
}

/**
 * Lets in whoever has the token of a link. Every request asks: so a link that was revoked, has expired or was switched off lets nobody in on any web
 * process from the next request on, and neither does one whose owner or maker is disabled or gone.
 */
export class LinkEntrance {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Links that are used up are let in: what was begun by them goes on.
   *
   * @throws {@link NotFoundError} The same for a token that never existed and for a link that is not valid any more.
   */
  async enter<K extends LinkKind>(
    token: string,
    kind: K,
  ): Promise<Entered<Extract<LinkDoc, { kind: K }>>> {
    const { links, tokens, now } = this.#deps;
    const id = tokens.read(token);
    const link = id === undefined ? null : await links.findById(id);
    if (link === null || !isOfKind(link, kind)) throw noLink();
    const state = stateOf(link, now());
    if (state !== "active" && state !== "used-up") throw noLink();
    const owner = await this.#findOwner(link);
    return { link, actor: linkActor(owner, termsOf(link)) };
  }

  /**
   * Asks whether a running download by a link may continue. It may when the link has expired or is used up meanwhile, because it began in time.
   *
   * @throws {@link NotFoundError} when the link was revoked or switched off, and as {@link enter} for its owner and its maker.
   */
  async stay({ _id }: Pick<LinkDoc, "_id">): Promise<LinkActor> {
    const link = await this.#deps.links.findById(_id);
    if (link?.revokedAt !== null || !link.isEnabled) throw noLink();
    return linkActor(await this.#findOwner(link), termsOf(link));
  }

  async #findOwner({ ownerId, actorId, entryId }: LinkDoc): Promise<Account> {
    const { accounts, sharedEntries } = this.#deps;
    const [owner, maker] = await Promise.all([
      accounts.findActive(ownerId),
      accounts.findActive(actorId),
    ]);
    if (owner === undefined || maker === undefined) throw noLink();
    if (isAccount(maker, ownerId)) return owner;
    const shared = await sharedEntries.find(actorId, entryId);
    if (shared?.role !== "manager") throw noLink();
    return owner;
  }
}

/** A grant replaces what it has made itself; nothing else does. */
function termsOf(link: LinkDoc): LinkTerms {
  const { _id, entryId } = link;
  const terms = { _id, entryId, scopes: scopesOf(link) };
  if (link.kind !== "grant") return terms;
  const { maxFileBytes, maxBytes, maxFiles, types, namePattern } = link;
  const limits = { maxFileBytes, maxBytes, maxFiles, types, namePattern };
  return { ...terms, uploading: { onConflict: "own", limits } };
}

const isOfKind = <K extends LinkKind>(
  link: LinkDoc,
  kind: K,
): link is Extract<LinkDoc, { kind: K }> => link.kind === kind;

/** A link that is not valid, whatever the reason: these are never told apart. */
export const noLink = () => new NotFoundError("link, or it is not valid any more");
