import type { AccountMails } from "../accounts/account-mails.js";
import type { Logger } from "../platform/log.js";
import type { LinkDoc } from "./link.js";
import type { LinksRepository } from "./repository.js";

/** A use is written when the one that was written last is so old. */
const USE_INTERVAL_MS = 60_000;

interface Deps {
  readonly links: Pick<LinksRepository, "use">;
  readonly accountMails: Pick<AccountMails, "send">;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Notes when links are used, and tells their owners of the first use. */
export class LinkActivity {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * A link is used: its `lastUsedAt` is written, once a minute at most. At the first use of a share link that asks for it, its owner is sent a
   * mail. May be called any number of times, also at once. Does not throw: a use is not refused because it cannot be noted.
   *
   * @param link - As it was read for the request.
   */
  async began(link: LinkDoc): Promise<void> {
    try {
      await this.#note(link);
    } catch (error) {
      this.#deps.log.warn({ err: error, link: link._id }, "The use of a link was not noted");
    }
  }

  async #note({ _id, ownerId, lastUsedAt }: LinkDoc): Promise<void> {
    const { links, now } = this.#deps;
    const at = now();
    const $set = { lastUsedAt: at };
    if (lastUsedAt === null) {
      // Only one of many requests at once finds `null`. If the process dies before it writes the mail, no mail is sent: better than two mails.
      const first = await links.use({ _id, ownerId, lastUsedAt }, { $set });
      if (first?.kind === "share" && first.notifiesFirstUse) {
        await this.#deps.accountMails.send(first.actorId, { kind: "link.use", linkId: _id });
      }
      return;
    }
    const due = new Date(at.getTime() - USE_INTERVAL_MS);
    if (lastUsedAt <= due) await links.use({ _id, ownerId, lastUsedAt: { $lte: due } }, { $set });
  }
}
