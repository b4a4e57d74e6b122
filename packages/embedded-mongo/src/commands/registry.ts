import { aggregate } from "./aggregate.js";
import { bulkWrite } from "./bulk-write.js";
import { collMod } from "./coll-mod.js";
import { collectionCommands } from "./collections.js";
import type { Command } from "./command.js";
import { countCommand } from "./count.js";
import { cursorCommands } from "./cursor-commands.js";
import { databaseCommands } from "./databases.js";
import { deleteCommand } from "./delete.js";
import { diagnosticCommands } from "./diagnostics.js";
import { distinct } from "./distinct.js";
import { explain } from "./explain.js";
import { find } from "./find.js";
import { findAndModify } from "./find-and-modify.js";
import { handshakeCommands } from "./handshake.js";
import { indexCommands } from "./indexes.js";
import { insert } from "./insert.js";
import { sessionCommands } from "./sessions.js";
import { statsCommands } from "./stats.js";
import { updateCommand } from "./update.js";

/** Every command that this server knows, by name; whatever is not here is refused (59). */
export function commandsByName(): ReadonlyMap<string, Command> {
  const documents = [find, countCommand, distinct, aggregate, explain, ...cursorCommands];
  const writes = [insert, updateCommand, deleteCommand, bulkWrite, findAndModify];
  const schema = [...collectionCommands, collMod, ...indexCommands, ...databaseCommands];
  const server = [
    ...handshakeCommands,
    ...sessionCommands,
    ...diagnosticCommands,
    ...statsCommands,
  ];
  const all = [...documents, ...writes, ...schema, ...server];
  return new Map(all.map((command) => [command.name, command]));
}
