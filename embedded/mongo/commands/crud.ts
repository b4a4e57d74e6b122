import { aggregate } from "./aggregate.js";
import { countCommand } from "./count.js";
import { cursorCommands } from "./cursor-commands.js";
import { deleteCommand } from "./delete.js";
import { distinct } from "./distinct.js";
import { find } from "./find.js";
import { insert } from "./insert.js";
import { updateCommand } from "./update.js";

/** The commands that read and write documents. */
export const crudCommands = [
  find,
  ...cursorCommands,
  countCommand,
  distinct,
  aggregate,
  insert,
  updateCommand,
  deleteCommand,
];
