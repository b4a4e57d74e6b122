import type { Account } from "../accounts/account.js";
import type { AccountChange } from "../accounts/admin-repository.js";
import type { AccountAdministration } from "../accounts/administration.js";
import type { Role } from "../accounts/role.js";
import type { Accounts } from "../accounts/service.js";
import { operatorEvent } from "../audit/event.js";
import type { AuditLog } from "../audit/log.js";
import type { CredentialsRepository } from "../credentials/repository.js";
import type { Enrolment } from "../factors/enrolment.js";
import { NotFoundError } from "../platform/errors.js";
import { formatBytes } from "../platform/progress.js";

const PAGE_ITEMS = 1000;

interface Deps {
  readonly accounts: Pick<Accounts, "register" | "changePassword">;
  readonly accountAdministration: AccountAdministration;
  readonly enrolment: Pick<Enrolment, "removeAll">;
  readonly credentials: Pick<CredentialsRepository, "removeAll">;
  readonly audit: Pick<AuditLog, "record">;
  /** Asks for a new password, and checks its form. */
  readonly askPassword: () => Promise<string>;
  readonly say: (text: string) => void;
}

/** What the operator does with accounts, without being one. Each is written into the audit log. */
export class AccountCommands {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws UsernameTakenError */
  async create(username: string, terms: { role?: Role; limitBytes?: number | null }) {
    const { accounts, audit, askPassword, say } = this.#deps;
    const password = await askPassword();
    const { id, role } = await accounts.register({ username, password }, terms);
    await audit.record(operatorEvent("account.create", id, { role: [null, role] }));
    say(`${username} can sign in now, as ${role}`);
  }

  /** @throws LastAdminError @throws {@link NotFoundError} */
  async change(username: string, change: AccountChange): Promise<void> {
    const { accountAdministration, audit, say } = this.#deps;
    const { id } = await this.#find(username);
    const { role, isDisabled } = await accountAdministration.change(id, change);
    const changes = {
      ...(change.role !== undefined && { role: [role, change.role] as const }),
      ...(change.isDisabled !== undefined && {
        isDisabled: [isDisabled, change.isDisabled] as const,
      }),
    };
    const isChanged = Object.values(changes).some(([from, to]) => from !== to);
    if (isChanged) await audit.record(operatorEvent("account.change", id, changes));
    say(`Done, for ${username}`);
  }

  /** Ends all sessions and tokens; API keys stay. @throws {@link NotFoundError} */
  async setPassword(username: string): Promise<void> {
    const { accounts, credentials, audit, askPassword, say } = this.#deps;
    const account = await this.#find(username);
    const before = await accounts.changePassword(account, await askPassword());
    await credentials.removeAll(account.id, { kinds: ["session", "token"], before });
    await audit.record(operatorEvent("password.change", account.id));
    say(`${username} has a new password, and is signed out everywhere. API keys stay.`);
  }

  /** For one who has lost it: the password alone signs in again. @throws {@link NotFoundError} */
  async removeSecondFactor(username: string): Promise<void> {
    const { enrolment, audit, say } = this.#deps;
    const { id } = await this.#find(username);
    await enrolment.removeAll(id);
    await audit.record(operatorEvent("second-factor.delete", id));
    say(`${username} signs in with the password alone now`);
  }

  /** A line for each account whose username begins so. */
  async list(username: string): Promise<void> {
    const { accountAdministration, say } = this.#deps;
    let cursor: string | undefined;
    do {
      const page = await accountAdministration.list({ limit: PAGE_ITEMS, username, cursor });
      for (const account of page.items) say(lineOf(account));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  async #find(username: string): Promise<Account> {
    const account = await this.#deps.accountAdministration.findByUsername(username);
    if (account === undefined) throw new NotFoundError("account");
    return account;
  }
}

function lineOf({ username, role, isDisabled, createdAt, usage }: Account): string {
  const { bytes, files, limitBytes } = usage;
  const limit = limitBytes === null ? "no limit" : formatBytes(limitBytes);
  return [
    username,
    isDisabled ? `${role}, disabled` : role,
    `${formatBytes(bytes)} of ${limit}`,
    `${files} files`,
    createdAt.toISOString().slice(0, 10),
  ].join("\t");
}
