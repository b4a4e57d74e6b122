import type { AccountAdministration } from "./administration.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { Account, Deletion } from "./account.js";
import type { DeletionRepository } from "./deletion-repository.js";
import { UnauthenticatedError } from "./errors.js";
import type { Accounts } from "./service.js";

interface Deps {
  readonly accounts: Pick<Accounts, "find">;
  readonly administration: Pick<AccountAdministration, "end">;
  readonly deletions: DeletionRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  /** How long an account can be restored, in milliseconds; with 0 it cannot. */
  readonly graceMs: number;
  readonly now: () => Date;
}

/**
 * Deletes accounts. From the request on, nothing may be done as the account: none of its credentials is valid. When the time of grace is
 * over, the worker removes all that there is of it (`common/maintenance/account-purge.ts`). Until then it can be restored.
 */
export class AccountDeletions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What a person asks for, who has proven once more who it is.
   *
   * @throws {@link UnauthenticatedError} when another request was faster.
   * @throws LastAdminError when nobody would be left who can manage the server.
   */
  async requestByOwner(account: Account): Promise<Deletion> {
    const deletion = await this.#schedule(account, "owner");
    if (deletion === undefined) throw new UnauthenticatedError("The account was deleted meanwhile");
    return deletion;
  }

  /**
   * What an admin asks for. Its owner can not restore the account then. Repeating it changes nothing.
   *
   * @throws {@link NotFoundError} when there is no such account, or its data are being removed.
   * @throws LastAdminError when nobody would be left who can manage the server.
   */
  async requestByAdmin(accountId: Id): Promise<Deletion> {
    const account = await this.#deps.accounts.find(accountId);
    const deletion =
      (await this.#schedule(account, "admin")) ?? (await this.#deps.deletions.takeOver(accountId));
    if (deletion === undefined) throw new NotFoundError("account");
    return deletion;
  }

  /**
   * Takes a deletion back. What the account was signed in with stays ended; its API keys count again.
   *
   * @throws {@link NotFoundError} when the account is not to be deleted, its data are being removed, or an admin has deleted it and its owner asks.
   */
  async restore(accountId: Id, by: Deletion["by"]): Promise<Account> {
    const { deletion } = await this.#deps.accounts.find(accountId);
    const mayRestore = deletion?.by === "owner" || by === "admin";
    const isRestored =
      deletion !== null && mayRestore && (await this.#deps.deletions.restore(accountId, deletion));
    if (!isRestored) throw new NotFoundError("deletion");
    return this.#deps.accounts.find(accountId);
  }

  async #schedule(
    { id, isDisabled: wasDisabled, sessionsValidFrom }: Account,
    by: Deletion["by"],
  ): Promise<Deletion | undefined> {
    const { administration, jobs, graceMs, now } = this.#deps;
    const requestedAt = now();
    const purgeAt = new Date(requestedAt.getTime() + graceMs);
    const emptiedAt = null;
    const deletion: Deletion = {
      id: newId(),
      state: "scheduled",
      by,
      wasDisabled,
      requestedAt,
      purgeAt,
      emptiedAt,
    };
    // After a restoration, nothing counts that somebody has signed in for before.
    const validFrom = new Date(Math.max(requestedAt.getTime(), sessionsValidFrom.getTime()) + 1);
    const end = { isDisabled: true as const, deletion, sessionsValidFrom: validFrom };
    if (!(await administration.end(id, end))) return undefined;
    if (graceMs === 0) jobs.enqueue({ name: "account.purge", data: { deletionId: deletion.id } });
    return deletion;
  }
}
