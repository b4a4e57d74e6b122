import { decodeDocument, type RawDocument } from "../bson/document.js";
import type { Batches } from "../cursors/batches.js";
import type { Cursor } from "../cursors/cursor-registry.js";
import { CommandError } from "../errors.js";
import type { Reply } from "../wire/connection.js";
import { type BatchName, CursorReply } from "../wire/cursor-reply.js";
import { type CommandContext, defineCommand, namespaceOf, plainReply } from "./command.js";
import { BATCH_BYTES, DEFAULT_BATCH_DOCUMENTS } from "./limits.js";
import { count, long, required, text, unsupported, values } from "./option-readers.js";
import { Long } from "bson";

export interface NewCursor {
  readonly namespace: string;
  readonly batches: Batches;
  /** Documents of the first batch; `undefined` is the default, 0 opens the cursor only. */
  readonly batchSize: number | undefined;
  /** The first batch is all that is wanted. */
  readonly isSingleBatch?: boolean | undefined;
  readonly isKeptWhenIdle?: boolean | undefined;
  /** Raw elements that the first reply has beside the cursor. */
  readonly elements?: readonly Buffer[] | undefined;
}

/** Answers with the first batch, and keeps a cursor if there may be more. */
export async function openCursor(context: CommandContext, opening: NewCursor): Promise<Reply> {
  const { namespace, batches, batchSize = DEFAULT_BATCH_DOCUMENTS, elements } = opening;
  const reply = newReply(context, "firstBatch", batchSize);
  try {
    const isComplete = await batches.fill(reply, context.operation);
    if (isComplete || opening.isSingleBatch === true) {
      await batches.close();
      return reply.finish({ id: 0n, namespace }, elements);
    }
    const isKeptWhenIdle = opening.isKeptWhenIdle ?? false;
    const { session } = context;
    const cursor = context.cursors.add({ namespace, session, batches, isKeptWhenIdle });
    return reply.finish(cursor, elements);
  } catch (error) {
    reply.discard();
    await batches.close();
    throw error;
  }
}

function newReply({ pool }: CommandContext, name: BatchName, documents?: number): CursorReply {
  return new CursorReply(pool, name, { documents, bytes: BATCH_BYTES });
}

const getMore = defineCommand({
  name: "getMore",
  options: {
    getMore: required(long),
    collection: required(text),
    batchSize: count,
    term: unsupported("there is no replication"),
    lastKnownCommittedOpTime: unsupported("there is no replication"),
  },
  run: async (context, { getMore: id, collection, batchSize }) => {
    if (context.maxTimeMs > 0)
      throw new CommandError(
        "BadValue",
        "cannot set maxTimeMS on getMore command for a non-awaitData cursor",
      );
    const namespace = namespaceOf(context, collection);
    const cursor = context.cursors.take(id, { namespace, session: context.session });
    const reply = newReply(context, "nextBatch", batchSize === 0 ? undefined : batchSize);
    try {
      return await fillNext(context, cursor, reply);
    } catch (error) {
      reply.discard();
      context.cursors.close(cursor);
      throw error;
    }
  },
});

async function fillNext(
  { cursors, operation }: CommandContext,
  cursor: Cursor,
  reply: CursorReply,
): Promise<Reply> {
  const { namespace } = cursor;
  const isComplete = await cursor.batches.fill(reply, operation);
  if (isComplete) cursors.close(cursor);
  else cursors.giveBack(cursor);
  return reply.finish({ id: isComplete || !cursors.isOpen(cursor) ? 0n : cursor.id, namespace });
}

const killCursors = defineCommand({
  name: "killCursors",
  // Not a collection in each case: the cursors of a database are named like $cmd.listCollections.
  options: { killCursors: required(text), cursors: required(values) },
  run: (context, options) => {
    const namespace = namespaceOf(context, options.killCursors);
    const killed: Long[] = [];
    const notFound: Long[] = [];
    for (const value of options.cursors) {
      const id = long.read(value, "killCursors.cursors");
      const list = context.cursors.kill(id, namespace) ? killed : notFound;
      list.push(Long.fromBigInt(id));
    }
    return plainReply({
      cursorsKilled: killed,
      cursorsNotFound: notFound,
      cursorsAlive: [],
      cursorsUnknown: [],
    });
  },
});

export const cursorCommands = [getMore, killCursors];

/**
 * The `batchSize` of a `cursor: { … }` option.
 * @throws CommandError FailedToParse (9) or BadValue (2)
 */
export function readBatchSize(cursor: RawDocument | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const { batchSize, ...others } = decodeDocument(cursor);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new CommandError("FailedToParse", `BSON field 'cursor.${other}' is unknown`);
  if (batchSize === undefined) return undefined;
  const count = Number(batchSize);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new CommandError("BadValue", "cursor.batchSize must be a whole number of at least 0");
}
