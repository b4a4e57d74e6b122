import { AsyncLocalStorage } from "node:async_hooks";
import type { Id } from "../platform/ids.js";
import type { Cause, Outbox } from "./event.js";

/** A request, a job or a scheduled run, during which things change. */
export interface Work {
  /** Asked at each event: who acts may be known only after the work has begun. */
  readonly cause: () => Cause;
  /** The database's time. */
  readonly now: () => Date;
  /** Told of each account that is about to get an event, as often as it gets one, and where the event is written. */
  readonly wrote: (ownerId: Id, outbox: Outbox) => void;
}

/** Stowage does it by itself. */
export const BY_ITSELF: Cause = { actor: null, door: "worker", requestId: null };

const running = new AsyncLocalStorage<Work>();

/** Does something, and all that it starts, as a part of some work. */
export const withCause = <T>(work: Work, run: () => T): T => running.run(work, run);

/** {@link withCause} for somebody on whose behalf the work that is running acts from now on. */
export function withActor<T>(cause: Partial<Cause>, run: () => T): T {
  const outer = running.getStore();
  const inner: Work = {
    now: outer?.now ?? (() => new Date()),
    wrote: (ownerId, outbox) => outer?.wrote(ownerId, outbox),
    cause: () => ({ ...(outer?.cause() ?? BY_ITSELF), ...cause }),
  };
  return running.run(inner, run);
}

/** Why what is written now is written. */
export const currentCause = (): Cause => running.getStore()?.cause() ?? BY_ITSELF;

/** Notes that an account is about to get an event. @returns When. */
export function noteEvent(ownerId: Id, outbox: Outbox): Date {
  const work = running.getStore();
  work?.wrote(ownerId, outbox);
  return work?.now() ?? new Date();
}
