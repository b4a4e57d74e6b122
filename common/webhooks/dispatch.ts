import type { EntriesRepository } from "../entries/repository.js";
import type { EventDoc } from "../events/event.js";
import type { EventLogRepository } from "../events/log-repository.js";
import { derivedId, type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { WebhookCursorsRepository } from "./cursors-repository.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import { FolderFilter } from "./folder-filter.js";
import type { WebhooksRepository } from "./repository.js";
import type { SentEvent, WebhookDoc } from "./webhook.js";

const EVENTS_PER_READ = 100;

/**
 * An event of another process may have a time that is a second before the start of a webhook, although it happened afterwards: so far may clocks
 * differ.
 */
const CLOCKS_DIFFER_MS = 1000;

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "listListening">;
  readonly cursors: WebhookCursorsRepository;
  readonly deliveries: Pick<DeliveriesRepository, "insert">;
  readonly events: Pick<EventLogRepository, "list" | "lastSeqBefore">;
  readonly entries: Pick<EntriesRepository, "find">;
  readonly accounts: { findById(id: Id): Promise<{ readonly rootFolderId: Id } | undefined> };
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/**
 * Makes a delivery of each event that a webhook gets. For each webhook and account a cursor says how far the log was read. A delivery is written before
 * its cursor moves on, under an id that follows from webhook and event. So a crash loses none, and repeating it makes no second one.
 */
export class WebhookDispatch {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** For all webhooks that get the events of an account. May run many times at once. */
  async run(ownerId: Id, signal: AbortSignal): Promise<void> {
    const filter = new FolderFilter(this.#deps, ownerId);
    for (const webhook of await this.#deps.webhooks.listListening(ownerId)) {
      await this.#catchUp({ webhook, ownerId, filter }, signal);
    }
  }

  /** Has some events sent once more. @returns how many deliveries there are. */
  async repeat(webhook: WebhookDoc, events: readonly EventDoc[]): Promise<number> {
    const [first] = events;
    if (first === undefined) return 0;
    const filter = new FolderFilter(this.#deps, first.ownerId);
    return this.#insert({ webhook, filter, ownerId: first.ownerId }, events, true);
  }

  async #catchUp(about: About, signal: AbortSignal): Promise<void> {
    const { cursors, events, jobs } = this.#deps;
    const { webhook, ownerId } = about;
    let nextSeq = (await cursors.find(webhook, ownerId)) ?? (await this.#firstSeq(about));
    let count = 0;
    for (;;) {
      signal.throwIfAborted();
      const found = await events.list(ownerId, nextSeq - 1, EVENTS_PER_READ);
      const last = found.at(-1);
      if (last === undefined) break;
      count += await this.#insert(about, found, false);
      nextSeq = last.seq + 1;
      await cursors.advance(webhook, ownerId, nextSeq);
      if (found.length < EVENTS_PER_READ) break;
    }
    if (count > 0) jobs.enqueue(sendingOf(webhook));
  }

  async #firstSeq({ webhook, ownerId }: About): Promise<number> {
    const { seq, at } = webhook.start;
    if (seq !== null) return seq;
    const since = new Date(at.getTime() - CLOCKS_DIFFER_MS);
    return (await this.#deps.events.lastSeqBefore(ownerId, since)) + 1;
  }

  async #insert(
    { webhook, filter }: About,
    events: readonly EventDoc[],
    isAgain: boolean,
  ): Promise<number> {
    const wanted: EventDoc[] = [];
    for (const event of events) if (await isWanted(webhook, event, filter)) wanted.push(event);
    const deliveries = wanted.map((event) => deliveryOf(webhook, event));
    await this.#deps.deliveries.insert(deliveries, { now: this.#deps.now(), isAgain });
    return deliveries.length;
  }
}

interface About {
  readonly webhook: WebhookDoc;
  /** The account whose events they are. */
  readonly ownerId: Id;
  readonly filter: FolderFilter;
}

async function isWanted(webhook: WebhookDoc, event: EventDoc, filter: FolderFilter) {
  const { events, folderId } = webhook;
  if (events !== null && !events.includes(event.type)) return false;
  return folderId === null || filter.includes(folderId, event);
}

/** A delivery as it is written first. */
export const deliveryOf = ({ _id: webhookId }: Pick<WebhookDoc, "_id">, event: SentEvent) => ({
  _id: derivedId(webhookId, event._id),
  webhookId,
  event,
  subjectId: event.entry?.id ?? event.link?.id ?? event.ownerId ?? event._id,
});

/** The job that sends what is due. */
export const sendingOf = ({ _id: webhookId }: Pick<WebhookDoc, "_id">, turn: string = newId()) => ({
  name: "webhook.deliver" as const,
  data: { webhookId, turn },
});
