import { handshakeCommands } from "./handshake.js";
import type { Command } from "./command.js";
import { crudCommands } from "./crud.js";

/** Every command that this server knows, by name. */
export function commandsByName(): ReadonlyMap<string, Command> {
  const all = [...handshakeCommands, ...crudCommands];
  return new Map(all.map((command) => [command.name, command]));
}
