import type Koa from "koa";
import { eventActor } from "../../common/access/actor.js";
import type { Cause, EventActor, EventDoor } from "../../common/events/event.js";
import type { Work } from "../../common/events/cause.js";
import { type EventWork, WrittenOutboxes } from "../../common/events/event-work.js";
import type { EventRelay } from "../../common/events/relay.js";
import type { Context, RequestState } from "./door.js";
import { API_PREFIXES } from "./route.js";
import { whenClosed } from "./when-closed.js";

/** What a request still writes after its answer is written within this time, or its events are left to the sweep. */
const LATE_MS = 500;

interface Options {
  readonly eventRelay: Pick<EventRelay, "soon">;
  readonly eventWork: Pick<EventWork, "caused">;
}

/** Says of each event who has caused it, and relays the events of a request once it is answered. */
export function causesEvents({ eventRelay, eventWork }: Options): Koa.Middleware<RequestState> {
  const relayLate: Work["wrote"] = (ownerId, outbox) => {
    setTimeout(() => void eventRelay.soon(ownerId, [outbox]), LATE_MS).unref();
  };
  return async (ctx, next) => {
    const written = new WrittenOutboxes();
    let isOver = false;
    const wrote: Work["wrote"] = (ownerId, outbox) => {
      if (isOver) relayLate(ownerId, outbox);
      else written.addOwner(ownerId).add(outbox);
    };
    try {
      await eventWork.caused({ cause: () => causeOf(ctx), wrote }, next);
    } finally {
      whenClosed(ctx.res, () => {
        isOver = true;
        for (const [ownerId, outboxes] of written.all) void eventRelay.soon(ownerId, outboxes);
      });
    }
  };
}

function causeOf(ctx: Context): Cause {
  const actor = actorOf(ctx);
  const door = actor?.kind === "link" ? "link" : doorOf(ctx);
  return { actor, door, requestId: ctx.state.requestId };
}

/** A request by a share link has no actor in its state, but its link. */
function actorOf({ state: { actor, linkId } }: Context): EventActor | null {
  if (actor !== undefined) return eventActor(actor);
  return linkId === undefined
    ? null
    : { id: linkId, kind: "link", credential: { kind: "link", id: linkId } };
}

/** The first that matches counts. */
const DOORS: readonly (readonly [EventDoor, RegExp])[] = [
  ["tus", /^\w+ \/uploads(?:\/|$)/],
  ["form", /^POST \/(?:upload|files)$/],
  ["put", /^PUT \/files$/],
  ["by-path", /^\w+ \/by-path(?:\/|$)/],
  ["batch", /^POST \/batch$/],
  ["admin", /^\w+ \/admin\//],
];

function doorOf(ctx: Context): EventDoor {
  const prefix = API_PREFIXES.find((each) => ctx.path.startsWith(`${each}/`)) ?? "";
  const request = `${ctx.method} ${ctx.path.slice(prefix.length)}`;
  return DOORS.find(([, pattern]) => pattern.test(request))?.[0] ?? "api";
}
