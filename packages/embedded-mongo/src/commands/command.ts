import { Double } from "bson";
import { buildDocument, encodeDocument } from "../bson/document.js";
import { type BsonValue, doubleValue } from "../bson/value.js";
import type { CursorRegistry } from "../cursors/cursor-registry.js";
import { Operation } from "../cursors/operation.js";
import type { MemoryBudget } from "../memory-budget.js";
import type { Store } from "../storage/store.js";
import type { BufferPool } from "../wire/buffer-pool.js";
import type { Reply } from "../wire/connection.js";
import type { CommandMessage } from "../wire/messages.js";
import { checkCommonOptions, COMMON_OPTIONS } from "./common-options.js";
import { readDatabaseName } from "./limits.js";
import { type OptionShape, type OptionsOf, readOptions } from "./options.js";

/** What all commands share. */
export interface ServerContext {
  readonly store: Store;
  readonly cursors: CursorRegistry;
  readonly pool: BufferPool;
  readonly memory: MemoryBudget;
  readonly status: ServerStatus;
  readonly now: () => Date;
}

/** What the server tells about itself. */
export interface ServerStatus {
  readonly startedAt: Date;
  readonly processId: number;
  readonly address: () => string;
  readonly connections: () => { current: number; totalCreated: number };
  /** Commands executed, by name. */
  readonly commandCounts: Map<string, number>;
}

/** Where a command comes from. */
export interface ClientContext {
  readonly connectionId: number;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
}

/** One execution of a command. */
export interface CommandContext extends ServerContext {
  readonly client: ClientContext;
  readonly database: string;
  /** The logical session, in hex; `undefined` without `lsid`. */
  readonly session: string | undefined;
  readonly operation: Operation;
  /** `maxTimeMS`, 0 without. */
  readonly maxTimeMs: number;
}

export interface Command {
  readonly name: string;
  readonly execute: (
    server: ServerContext,
    client: ClientContext,
    message: CommandMessage,
  ) => Promise<Reply>;
}

export interface CommandDefinition<S extends OptionShape> {
  readonly name: string;
  /** The fields that it knows besides the {@link COMMON_OPTIONS}; one of them bears its name. */
  readonly options: S;
  readonly run: (context: CommandContext, options: OptionsOf<S>) => Promise<Reply> | Reply;
}

export function defineCommand<S extends OptionShape>(definition: CommandDefinition<S>): Command {
  const { name, run } = definition;
  const shape = { ...COMMON_OPTIONS, ...definition.options };
  return {
    name,
    execute: async (server, client, message) => {
      const options = readOptions<typeof COMMON_OPTIONS & S>(shape, message, name);
      const { database, session, maxTimeMs } = checkCommonOptions(options);
      const context = {
        ...server,
        client,
        database: readDatabaseName(message.database ?? database),
        session,
        operation: new Operation({ signal: client.gone, maxTimeMs }),
        maxTimeMs,
      };
      return run(context, options);
    },
  };
}

/** The namespace of a collection in the command's database. */
export function namespaceOf({ database }: Pick<CommandContext, "database">, name: string): string {
  return `${database}.${name}`;
}

/** A reply of plain values, completed by `ok: 1`. */
export function plainReply(fields: Record<string, unknown> = {}): Reply {
  return { body: encodeDocument({ ...fields, ok: new Double(1) }) };
}

/** A reply with raw values, completed by `ok: 1`. */
export function rawReply(fields: readonly (readonly [string, BsonValue])[]): Reply {
  return { body: buildDocument([...fields, ["ok", doubleValue(1)]]) };
}
