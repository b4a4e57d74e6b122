import { Double } from "bson";
import { encodeDocument, readElements } from "../bson/document.js";
import { CommandError } from "../errors.js";
import type { Reply } from "../wire/connection.js";
import type { CommandMessage } from "../wire/messages.js";
import type { ClientContext, Command, ServerContext } from "./command.js";
import { writeErrorFields } from "./write-error.js";

/** Commands that may come as an OP_QUERY, which is how drivers say hello to a server that they do not know. */
const LEGACY_COMMANDS = ["hello", "isMaster", "ismaster"];
const UNSUPPORTED_OP_QUERY = 352;

export interface DispatchOptions {
  readonly server: ServerContext;
  readonly commands: ReadonlyMap<string, Command>;
  /** Something failed that is no refusal: a fault of this server. */
  readonly onFault: (error: unknown, command: string) => void;
}

/** Executes one message; whatever goes wrong becomes a reply with `ok: 0`. */
export async function dispatch(
  { server, commands, onFault }: DispatchOptions,
  client: ClientContext,
  message: CommandMessage,
): Promise<Reply> {
  const [first] = readElements(message.body);
  const name = first?.name ?? "";
  try {
    if (message.refusal !== undefined) throw message.refusal;
    const command = commands.get(name);
    if (command === undefined)
      throw new CommandError("CommandNotFound", `no such command: '${name}'`);
    if (message.isLegacy && !LEGACY_COMMANDS.includes(name))
      throw new CommandError(UNSUPPORTED_OP_QUERY, `Unsupported OP_QUERY command: ${name}`);
    const { commandCounts } = server.status;
    commandCounts.set(name, (commandCounts.get(name) ?? 0) + 1);
    return await command.execute(server, client, message);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error);
    onFault(error, name);
    return errorReply(new CommandError("InternalError", `The server failed to execute ${name}`));
  }
}

function errorReply(error: CommandError): Reply {
  return { body: encodeDocument({ ok: new Double(0), ...writeErrorFields(error) }) };
}
