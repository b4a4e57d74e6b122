import { type Db, MongoClient } from "mongodb";
import type { World } from "./world.js";

/** A command as it was sent. */
export type Command = Readonly<Record<string, unknown>>;

/** The world's database by a client of its own, whose commands of one name (`find`) are kept. Ends with `close`. */
export function watchCommands({ config, mongo }: World, name: string) {
  const client = new MongoClient(config.mongodbUrl, { monitorCommands: true });
  const commands: Command[] = [];
  client.on("commandStarted", ({ commandName, command }) => {
    if (commandName === name) commands.push(command);
  });
  const db: Db = client.db(mongo.db.databaseName);
  return { db, commands, close: () => client.close() };
}
