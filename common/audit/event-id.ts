import { ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";

const OBJECT_ID_BYTES = 12;
const PADDING = Buffer.alloc(4);

/** The id of an event as an {@link Id}: the 12 bytes of its ObjectId, which keeps the order of events of one moment, and 4 zeros. */
export const eventId = (id: ObjectId): Id => Buffer.concat([id.id, PADDING]).toString("base64url");

/** The way back from {@link eventId}. Of any other id the first 12 bytes count. */
export const objectIdOf = (id: Id): ObjectId =>
  new ObjectId(Buffer.from(id, "base64url").subarray(0, OBJECT_ID_BYTES));
