import type { EventDoc } from "./event.js";

/** An event as readers of the log, and webhooks, see it. What does not apply to its type is missing. */
export function presentChange(event: EventDoc) {
  const { _id: id, seq, type, at, actor, door, requestId } = event;
  const { entry, from, link, upload, use, quota, changes } = event;
  return {
    seq,
    id,
    type,
    at: at.toISOString(),
    actor,
    door,
    requestId,
    ...(entry && { entry }),
    ...(from && { from }),
    ...(link && { link }),
    ...(upload && { upload }),
    ...(use && { use }),
    ...(quota && { quota }),
    ...(changes && { changes }),
  };
}
