import { type Id, newId } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import type { JobProducer } from "../queue/producer.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookOwner } from "./webhook.js";

/** How long it is believed that nobody, or somebody, gets the events of an account, in milliseconds. */
const BELIEVED_FOR_MS = 2000;

/** Within so many milliseconds the new events of an account are one job. */
const TOGETHER_MS = 100;

/** Of so many accounts it is remembered. */
const MOST_REMEMBERED = 10_000;

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "hasListening">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly log: Logger;
}

/**
 * Has events sent to webhooks as soon as they are in the log. It asks at most once in 2 seconds whether an account has webhooks. Nobody waits for it, and
 * what it misses the sweep finds.
 */
export class WebhookAnnouncer {
  readonly #deps: Deps;
  readonly #waiting = new Map<Id, NodeJS.Timeout>();
  readonly #known = new Map<Id, { readonly at: number; readonly has: Promise<boolean> }>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The log of an account has grown. Does not throw. */
  readonly announce = (ownerId: Id): void => {
    if (this.#waiting.has(ownerId)) return;
    const timer = setTimeout(() => void this.#tell(ownerId), TOGETHER_MS);
    this.#waiting.set(ownerId, timer);
  };

  /** An account, or the installation, has got a webhook. Other processes notice it by and by: what happens until then is looked for once they have. */
  listens(ownerId: WebhookOwner): void {
    if (ownerId === null) this.#known.clear();
    else {
      this.#known.delete(ownerId);
      const delayMs = 2 * BELIEVED_FOR_MS;
      this.#deps.jobs.enqueue(dispatchOf(ownerId), { delayMs });
    }
  }

  /** Tells of what waits. */
  async close(): Promise<void> {
    const ownerIds = [...this.#waiting.keys()];
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    await Promise.all(ownerIds.map((ownerId) => this.#tell(ownerId)));
  }

  async #tell(ownerId: Id): Promise<void> {
    this.#waiting.delete(ownerId);
    try {
      if (await this.#hasListening(ownerId)) this.#deps.jobs.enqueue(dispatchOf(ownerId));
    } catch (error) {
      this.#deps.log.warn({ err: error }, "Webhooks are left to the sweep");
    }
  }

  #hasListening(ownerId: Id): Promise<boolean> {
    const at = performance.now();
    const known = this.#known.get(ownerId);
    if (known !== undefined && at - known.at < BELIEVED_FOR_MS) return known.has;
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    const has = this.#deps.webhooks.hasListening([ownerId, null]);
    this.#known.set(ownerId, { at, has });
    has.catch(() => this.#known.delete(ownerId));
    return has;
  }
}

/** The job that makes deliveries of the new events of an account. */
const dispatchOf = (ownerId: Id) => ({
  name: "webhook.dispatch" as const,
  data: { ownerId, turn: newId() },
});
