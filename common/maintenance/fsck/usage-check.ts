import type { QuotaRepository } from "../../quota/repository.js";
import type { UsageDrift } from "../usage-drift.js";
import type { Check, Finding } from "./finding.js";

interface Deps {
  readonly accounts: Pick<QuotaRepository, "find" | "list" | "countAll">;
  readonly drift: UsageDrift;
}

/** What every account is said to store is the sum of what it stores. */
export class UsageCheck implements Check {
  readonly name = "usage";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  count(): Promise<number> {
    return this.#deps.accounts.countAll();
  }

  async keysAfter(after: string | null, limit: number): Promise<string[]> {
    return (await this.#deps.accounts.list(after ?? "", limit)).map(({ _id }) => _id);
  }

  async inspect(key: string): Promise<Finding[]> {
    const { accounts, drift } = this.#deps;
    const account = await accounts.find(key);
    const found = account && (await drift.of(account));
    if (!found) return [];
    const text = `it says ${signed(found.bytes)} bytes, ${signed(found.files)} files and ${signed(found.allocatedBytes)} reserved and stored bytes too many`;
    return [{ kind: "wrong-usage", id: key, ownerId: key, text }];
  }

  async repair(key: string): Promise<string | undefined> {
    const { accounts, drift } = this.#deps;
    const account = await accounts.find(key);
    const found = account && (await drift.of(account));
    if (!found || !(await drift.correct(account, found))) return undefined;
    return "usage was corrected";
  }
}

const signed = (count: number) => count.toLocaleString("en");
