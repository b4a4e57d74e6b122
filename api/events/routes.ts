import { Readable } from "node:stream";
import type Koa from "koa";
import { eventOwner } from "../../common/access/actor.js";
import type { Changes } from "../../common/events/changes.js";
import { presentChange } from "../../common/events/present.js";
import type { EventStream } from "../../common/events/stream.js";
import type { EventStreams } from "../../common/events/streams.js";
import type { TypePatterns } from "../../common/events/type-filter.js";
import { admitAgain, allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { whenClosed } from "../http/when-closed.js";
import { followEvents, listChanges } from "./schema.js";
import { serverSentEvents } from "./server-sent.js";

interface Deps {
  readonly changeLog: Changes;
  readonly eventStreams: EventStreams;
}

/** Reading what has happened in an account, and what happens. */
export function eventRoutes({ changeLog, eventStreams }: Deps): Routes {
  return new Routes()
    .get("/changes", allow("files:read", { cost: "search" }), expects(listChanges), async (ctx) => {
      const { actor, request } = ctx.state;
      const ownerId = eventOwner(actor);
      const { since, limit } = request.query;
      if (since === undefined) {
        ctx.body = { items: [], nextSince: await changeLog.now(ownerId), hasMore: false };
        return;
      }
      const page = await changeLog.read(ownerId, { since, limit });
      ctx.body = { ...page, items: page.items.map(presentChange) };
    })
    .get("/events", allow("files:read"), expects(followEvents), async (ctx) => {
      const { actor, request } = ctx.state;
      const { headers, query } = request;
      const stream = await eventStreams.open({
        ownerId: eventOwner(actor),
        since: headers["last-event-id"] ?? query.since,
        requireAllowed: async () => eventOwner(await admitAgain(ctx, "files:read")),
      });
      sendEvents(ctx, stream, query.types?.split(","));
    });
}

/** Sends events as the client takes them, until the stream or the connection ends. */
function sendEvents(ctx: Koa.Context, stream: EventStream, types?: TypePatterns): void {
  const { socket } = ctx.req;
  const end = () => {
    stream.end();
  };
  // A client that closes its side may wait for an answer, but for no stream.
  socket.once("end", end);
  whenClosed(ctx.res, () => {
    socket.off("end", end);
    end();
  });
  ctx.set(STREAM_HEADERS);
  ctx.status = 200;
  if (ctx.method === "HEAD") return;
  const events = serverSentEvents({ seq: stream.seq, parts: stream.parts() }, types);
  const body = Readable.from(events, { objectMode: false, highWaterMark: 0 });
  // Koa only logs an error that comes after the header, and leaves the connection waiting for the rest.
  body.once("error", () => ctx.res.destroy());
  ctx.body = body;
}

const STREAM_HEADERS = {
  "Content-Type": "text/event-stream",
  // A proxy that compresses or buffers would delay events.
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};
