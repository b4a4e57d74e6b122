import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import { WebhookDisabledError } from "./errors.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookDoc, WebhookOwner } from "./webhook.js";

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "find" | "change">;
  readonly deliveries: Pick<DeliveriesRepository, "countPending">;
}

/** A webhook as its owner sees it. */
export type Webhook = WebhookDoc & {
  /** How many events wait to be sent. */
  readonly pending: number;
};

/** The changes of a webhook as it was read; called again when somebody else was faster. */
type ChangesOf = (webhook: WebhookDoc) => Partial<WebhookDoc> | Promise<Partial<WebhookDoc>>;

/** Finds the webhooks of an owner. */
export class OwnWebhooks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError when the owner has no such webhook. */
  async find(owner: WebhookOwner, id: Id): Promise<WebhookDoc> {
    const found = await this.#deps.webhooks.find(owner, id);
    if (found === null) throw new NotFoundError("webhook");
    return found;
  }

  /** {@link find}. @throws WebhookDisabledError */
  async findEnabled(owner: WebhookOwner, id: Id): Promise<WebhookDoc> {
    const found = await this.find(owner, id);
    if (!found.isEnabled) throw new WebhookDisabledError();
    return found;
  }

  /** Changes one by compare-and-set. @returns it before and after. @throws NotFoundError when the owner has no such webhook. */
  async update(
    owner: WebhookOwner,
    id: Id,
    changesOf: ChangesOf,
  ): Promise<{ readonly before: WebhookDoc; readonly after: Webhook }> {
    for (;;) {
      const before = await this.find(owner, id);
      const after = await this.#deps.webhooks.change(before, await changesOf(before));
      if (after !== null) return { before, after: await this.show(after) };
    }
  }

  async show(webhook: WebhookDoc): Promise<Webhook> {
    return { ...webhook, pending: await this.#deps.deliveries.countPending(webhook._id) };
  }
}
