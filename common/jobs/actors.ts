import { accountActor, type AccountActor } from "../access/actor.js";
import { AccountDisabledError } from "../accounts/errors.js";
import type { AccountsRepository } from "../accounts/repository.js";
import type { CredentialDoc } from "../credentials/credential.js";
import type { CredentialsRepository } from "../credentials/repository.js";
import { JobCredentialEndedError } from "./errors.js";
import type { JobDoc, JobMaker } from "./job.js";

interface Deps {
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly credentials: Pick<CredentialsRepository, "findOwn">;
  readonly now: () => Date;
}

/** What a job remembers of who made it. */
export const makerOf = ({ credential: { kind, id }, scopes }: AccountActor): JobMaker => ({
  credential: { kind, id },
  scopes: [...scopes],
});

/** Says who acts in a job: its maker, with what it could do when it made the job, as far as it still can. */
export class JobActors {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * A session that has ended does not end the job: somebody who signs out wants it to go on.
   *
   * @throws AccountDisabledError when the account is disabled, deleted or gone.
   * @throws JobCredentialEndedError when the API key or token was revoked, has expired, or may not reach the same folder any more.
   */
  async of(job: Pick<JobDoc, "actorId" | "maker" | "rootFolderId">): Promise<AccountActor> {
    const { actorId, maker, rootFolderId } = job;
    const account = await this.#deps.accounts.findById(actorId);
    if (account === undefined || account.isDisabled) throw new AccountDisabledError(actorId);
    const current = await this.#findCredential(job);
    const scopes = maker.scopes.filter((scope) => current?.scopes?.includes(scope) ?? true);
    return accountActor(account, { ...maker.credential, methods: [], scopes, rootFolderId });
  }

  /** `null` for a session. @throws JobCredentialEndedError */
  async #findCredential({
    actorId: accountId,
    maker,
    rootFolderId,
  }: Pick<JobDoc, "actorId" | "maker" | "rootFolderId">): Promise<CredentialDoc | null> {
    const { kind, id: _id } = maker.credential;
    if (kind === "session") return null;
    const found = await this.#deps.credentials.findOwn({ _id, accountId }, kind);
    const isValid =
      found !== null &&
      (found.expiresAt === null || found.expiresAt > this.#deps.now()) &&
      found.rootFolderId === rootFolderId;
    if (!isValid) throw new JobCredentialEndedError();
    return found;
  }
}
