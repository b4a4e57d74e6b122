import type { Db } from "mongodb";
import type { EventDoc } from "../../common/events/event.js";

const WITH_EVENTS = ["entries", "accounts", "links", "linkUses"];

/** How many documents have events that are not in the log. */
export async function countOutboxes(db: Db): Promise<number> {
  const counts = await Promise.all(
    WITH_EVENTS.map((name) => db.collection(name).countDocuments({ "outbox.id": { $gt: "" } })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Where the numbers of an account's events have gaps. */
export async function missingEvents(db: Db): Promise<string[]> {
  const sort = { ownerId: 1, seq: 1 } as const;
  const events = await db.collection<EventDoc>("events").find({}, { sort }).toArray();
  return events.flatMap(({ ownerId, seq }, index) => {
    const before = events[index - 1];
    const isNext = before?.ownerId !== ownerId || before.seq + 1 === seq;
    return isNext ? [] : [`${ownerId} has no event ${seq - 1}`];
  });
}
