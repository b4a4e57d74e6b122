import type { EventDoc, EventType } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import type { SealedSecret } from "../platform/secret-box.js";

/** The most webhooks of an account, and of the installation. */
export const MAX_WEBHOOKS = 20;

/** What is sent to try a webhook out. It is in no log of events. */
export const TEST_EVENT = "webhook.test";

/**
 * Why Stowage has switched a webhook off:
 *
 * - `gone`: its endpoint has answered 410.
 * - `failing`: a delivery has failed for three days, and no other one succeeded meanwhile.
 */
export const DISABLED_REASONS = ["gone", "failing"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Whose webhook it is: an account's, or `null` for the installation's, which get the events of all accounts. */
export type WebhookOwner = Id | null;

/** A document of `webhooks`. */
export interface WebhookDoc {
  readonly _id: Id;
  readonly ownerId: WebhookOwner;
  /** As the WHATWG URL standard writes it. It may hold a secret: only its owner sees it whole. */
  readonly url: string;
  /** What its owner calls it; `null` for nothing. */
  readonly label: string | null;
  /** Which events are sent; `null`: all. */
  readonly events: readonly EventType[] | null;
  /** Only events of entries in this folder, or below it, are sent; `null`: of all. */
  readonly folderId: Id | null;
  readonly isEnabled: boolean;
  /** `null` unless Stowage has switched it off. */
  readonly disabledReason: DisabledReason | null;
  readonly createdAt: Date;
  /** When its owner changed it last. */
  readonly changedAt: Date;
  readonly start: WebhookStart;
  /** 32 bytes that deliveries are signed with. */
  readonly secret: SealedSecret;
  /** The one before, which signs too, until it ends. */
  readonly previousSecret: { readonly secret: SealedSecret; readonly until: Date } | null;
  /** The last try. */
  readonly lastDelivery: LastDelivery | null;
  readonly lastSuccessAt: Date | null;
  /** How many tries have failed since the last success. */
  readonly failures: number;
  /** Nothing is sent before. */
  readonly restUntil: Date | null;
  /** The worker that sends. */
  readonly lease: { readonly id: Id; readonly until: Date } | null;
  /** What is being sent again. */
  readonly replay: Replay | null;
  /** Set while its owner is to be told that it was switched off. */
  readonly noticeDueAt?: Date;
  /** Set once it was deleted. The worker removes what belongs to it, and then the document. */
  readonly removedAt?: Date;
  /** Raised by every change of its owner: what a compare-and-set compares. */
  readonly revision: number;
}

/** From where on a webhook sends events. It begins anew each time that the webhook is switched on. */
export interface WebhookStart {
  /** Names the cursors of this start. */
  readonly id: Id;
  /** The number of the first event; `null` for those of the installation, which go by the time. */
  readonly seq: number | null;
  readonly at: Date;
}

/** How the last try ended. */
export interface LastDelivery {
  readonly at: Date;
  /** Of the delivery, after the try. */
  readonly state: DeliveryState;
  /** The HTTP status; `null` when there was no answer. */
  readonly status: number | null;
}

/** Events that are sent once more, account by account. */
export interface Replay {
  readonly id: Id;
  /** Where it is: the account, and the number of the next event. `null` before the first account of the installation. */
  readonly ownerId: Id | null;
  readonly nextSeq: number;
  /** For the installation: events from then on. */
  readonly from: Date | null;
  /** No events after this. */
  readonly until: Date;
}

/** A document of `webhookCursors`: how far the log of an account was read for a webhook. */
export interface CursorDoc {
  readonly _id: Id;
  readonly webhookId: Id;
  readonly ownerId: Id;
  /** The number of the next event. */
  readonly nextSeq: number;
}

/** An event as it is kept with its delivery. A test has no account that it happened in where the webhook is the installation's. */
export type SentEvent = Omit<EventDoc, "type" | "ownerId"> & {
  readonly type: EventType | typeof TEST_EVENT;
  readonly ownerId: Id | null;
};

/** One try to deliver an event. */
export interface Attempt {
  readonly at: Date;
  /** The HTTP status; `null` when there was no answer. */
  readonly status: number | null;
  /** A word for what went wrong; `null` for an answer, whatever its status. */
  readonly error: string | null;
  readonly durationMs: number;
  /** The first 1,000 characters of the answer. */
  readonly answer: string;
}

/** A document of `webhookDeliveries`: an event on its way to a webhook. Its id follows from the two, and is the same for all tries. */
export interface DeliveryDoc {
  readonly _id: Id;
  readonly webhookId: Id;
  readonly event: SentEvent;
  /** What the event is about. Deliveries of the same subject are sent in the order of their events. */
  readonly subjectId: Id;
  readonly state: DeliveryState;
  /** The latest ones, oldest first. */
  readonly attempts: readonly Attempt[];
  /** How often it was tried since it became pending. */
  readonly tries: number;
  /** When it was tried first since then; `null`: not yet. */
  readonly firstTriedAt: Date | null;
  /** When it is tried next. Only pending ones have it. */
  readonly dueAt?: Date;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  /** When MongoDB may remove it. Pending ones do not have it. */
  readonly expiresAt?: Date;
}
