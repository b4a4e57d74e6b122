import type { Changes } from "../events/changes.js";
import type { EventType } from "../events/event.js";
import type { Page } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { sendingOf } from "./dispatch.js";
import { TooManyWebhooksError, UrlNotAllowedError } from "./errors.js";
import type { OwnWebhooks, Webhook } from "./own-webhooks.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookSecrets } from "./secrets.js";
import { secretText } from "./signature.js";
import { namesPrivateAddress } from "./url.js";
import { MAX_WEBHOOKS, type WebhookDoc, type WebhookOwner } from "./webhook.js";

interface Deps {
  readonly webhooks: WebhooksRepository;
  readonly own: OwnWebhooks;
  readonly secrets: WebhookSecrets;
  readonly changeLog: Pick<Changes, "now">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  /** Told when an account, or the installation, may have its first webhook. */
  readonly onListening: (ownerId: WebhookOwner) => void;
  /** `WEBHOOK_ALLOW_PRIVATE` */
  readonly webhookAllowPrivate: boolean;
  readonly now: () => Date;
}

/** What an owner says of a webhook. */
export interface WebhookTerms {
  /** As `parseWebhookUrl` has read it. */
  readonly url: URL;
  readonly label: string | null;
  readonly events: readonly EventType[] | null;
  /** A folder of the owner, which access has given out. Always `null` for the installation. */
  readonly folderId: Id | null;
}

/** What an owner changes; what is missing stays. */
export interface WebhookChanges {
  readonly url?: URL | undefined;
  readonly label?: string | null | undefined;
  readonly events?: readonly EventType[] | null | undefined;
  readonly folderId?: Id | null | undefined;
  readonly isEnabled?: boolean | undefined;
}

/** A webhook, and its secret, which nobody sees again. */
export interface WithSecret {
  readonly webhook: Webhook;
  /** As Standard Webhooks writes it. */
  readonly secret: string;
}

interface ListQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * The webhooks of an owner: an account, as access has given it out, or `null`, the installation.
 *
 * @throws NotFoundError from every method that takes the id of a webhook, when the owner has no such webhook.
 */
export class Webhooks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The latest first. @throws InvalidCursorError */
  async list(owner: WebhookOwner, query: ListQuery): Promise<Page<Webhook>> {
    const { webhooks, own } = this.#deps;
    const { items, nextCursor } = await webhooks.page(owner, query);
    return { items: await Promise.all(items.map((each) => own.show(each))), nextCursor };
  }

  async find(owner: WebhookOwner, id: Id): Promise<Webhook> {
    const { own } = this.#deps;
    return own.show(await own.find(owner, id));
  }

  /**
   * Makes a webhook. It gets what happens from then on.
   *
   * @throws UrlNotAllowedError
   * @throws TooManyWebhooksError
   */
  async create(owner: WebhookOwner, { url, ...terms }: WebhookTerms): Promise<WithSecret> {
    const { webhooks, own, secrets, onListening, now } = this.#deps;
    this.#refusePrivate(url);
    const _id = newId();
    const { secret, sealed } = secrets.create(_id);
    const createdAt = now();
    const webhook: WebhookDoc = {
      ...{ _id, ownerId: owner, url: url.href, ...terms, createdAt, changedAt: createdAt },
      ...{ isEnabled: true, disabledReason: null, start: await this.#startOf(owner) },
      ...{ secret: sealed, previousSecret: null, ...UNTRIED, lastDelivery: null },
      ...{ lease: null, replay: null, revision: 0 },
    };
    await webhooks.insert(webhook);
    // Counted afterwards, so that of several at once none goes beyond the limit.
    if ((await webhooks.count(owner)) > MAX_WEBHOOKS) {
      await webhooks.markRemoved(owner, _id, now());
      throw new TooManyWebhooksError();
    }
    onListening(owner);
    return { webhook: await own.show(webhook), secret: secretText(secret) };
  }

  /**
   * Changes a webhook. Switched on, it gets what happens from then on, and before that what was pending when it was switched off.
   *
   * @returns The webhook before and after.
   * @throws UrlNotAllowedError
   */
  async change(owner: WebhookOwner, id: Id, changes: WebhookChanges) {
    const { own, jobs, onListening, now } = this.#deps;
    const { url, isEnabled } = changes;
    if (url !== undefined) this.#refusePrivate(url);
    const fields = given({ ...changes, url: url?.href });
    const result = await own.update(owner, id, async (webhook) => ({
      ...fields,
      changedAt: now(),
      ...(isEnabled !== undefined && { disabledReason: null }),
      ...(isEnabled === true && UNTRIED),
      ...(isEnabled === true && !webhook.isEnabled && { start: await this.#startOf(owner) }),
    }));
    if (isEnabled === true) {
      onListening(owner);
      jobs.enqueue(sendingOf(result.after));
    }
    return result;
  }

  /** Nothing more is sent, except what is on its way. Its log goes with it. */
  async remove(owner: WebhookOwner, id: Id): Promise<void> {
    const { webhooks, now } = this.#deps;
    if (!(await webhooks.markRemoved(owner, id, now()))) throw new NotFoundError("webhook");
  }

  /** Makes a new secret. The one before signs too for 24 hours. */
  async rotateSecret(owner: WebhookOwner, id: Id): Promise<WithSecret> {
    const { own, secrets, now } = this.#deps;
    const { secret, sealed } = secrets.create(id);
    const { after } = await own.update(owner, id, (webhook) => ({
      secret: sealed,
      previousSecret: secrets.replaced(webhook, now()),
      changedAt: now(),
    }));
    return { webhook: after, secret: secretText(secret) };
  }

  /** That of an account begins with the next event: what has happened before is in its log then. */
  async #startOf(owner: WebhookOwner): Promise<WebhookDoc["start"]> {
    const { changeLog, now } = this.#deps;
    const at = now();
    return { id: newId(), at, seq: owner === null ? null : (await changeLog.now(owner)) + 1 };
  }

  #refusePrivate(url: URL): void {
    const isAllowed = this.#deps.webhookAllowPrivate || !namesPrivateAddress(url);
    if (!isAllowed) throw new UrlNotAllowedError();
  }
}

const UNTRIED = { lastSuccessAt: null, failures: 0, restUntil: null } as const;

/** The fields that are not `undefined`. */
const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
