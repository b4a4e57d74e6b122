import { openAccountsOfCommand } from "../accounts/open.js";
import { accountSettings } from "../accounts/settings.js";
import { openAudit } from "../audit/open.js";
import { auditSettings } from "../audit/settings.js";
import { CredentialsRepository } from "../credentials/repository.js";
import { ConfigError, loadConfig } from "../platform/config.js";
import { DeferredWork } from "../platform/deferred-work.js";
import { AppError } from "../platform/errors.js";
import { createLogger } from "../platform/log.js";
import { connectMongo, NoMongoError } from "../platform/mongo.js";
import { outliveReaders } from "../platform/output.js";
import { mongoAddress, mongoSettings } from "../platform/settings.js";
import { ArgumentError, readArguments, type Request } from "./arguments.js";
import { AccountCommands } from "./commands.js";
import { askNewPassword, NoPasswordError } from "./password-prompt.js";

const HELP = `Looks after accounts. Stowage may be running meanwhile.

  npm run accounts -- COMMAND
  node dist/common/administration/main.js COMMAND     where MONGODB_URL names the database

  create USERNAME [--role ROLE] [--limit BYTES]   make an account
  set-role USERNAME ROLE                          admin, member or viewer
  set-password USERNAME                           and end its sessions and tokens
  disable USERNAME                                make all its credentials invalid
  enable USERNAME                                 make them valid again
  remove-second-factor USERNAME                   for one who has lost it
  list [BEGIN]                                    those whose username begins so

Passwords are asked for at the terminal, or else are the first line of the standard input. They are never arguments.
ROLE is member, and BYTES is DEFAULT_QUOTA_BYTES, unless given; BYTES may be unlimited.

Exit codes: 0 done, 1 refused (a line says why), 2 wrong arguments, 3 it could not be done.
`;
const EXIT = { done: 0, refused: 1, usage: 2, failure: 3 } as const;

const TIMEOUT_MS = 60_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function run(request: Exclude<Request, { command: "help" }>): Promise<void> {
  const config = { ...mongoSettings, ...accountSettings, ...auditSettings };
  const settings = loadConfig(config, process.env);
  const mongo = await connectMongo({
    ...settings,
    ...mongoAddress(settings),
    timeoutMs: TIMEOUT_MS,
    say: warn,
  });
  const log = createLogger({ level: "error", part: "accounts" });
  const deferred = new DeferredWork({ log });
  try {
    const { db, now } = mongo;
    const opened = openAccountsOfCommand({ db, settings, now });
    const audit = openAudit({ db, settings, deferred, log, now });
    const credentials = new CredentialsRepository(db);
    const askPassword = () => askNewPassword({ input: process.stdin, output: process.stderr });
    const commands = new AccountCommands({
      ...opened,
      credentials,
      audit,
      askPassword,
      say,
    });
    await obey(commands, request);
  } finally {
    await deferred.close();
    await mongo.close();
  }
}

async function obey(
  commands: AccountCommands,
  request: Exclude<Request, { command: "help" }>,
): Promise<void> {
  switch (request.command) {
    case "create":
      return commands.create(request.username, request);
    case "set-role":
      return commands.change(request.username, { role: request.role });
    case "set-password":
      return commands.setPassword(request.username);
    case "disable":
      return commands.change(request.username, { isDisabled: true });
    case "enable":
      return commands.change(request.username, { isDisabled: false });
    case "remove-second-factor":
      return commands.removeSecondFactor(request.username);
    case "list":
      return commands.list(request.username);
  }
}

async function main(): Promise<number> {
  outliveReaders();
  try {
    const request = readArguments(process.argv.slice(2));
    if (request.command === "help") process.stdout.write(HELP);
    else await run(request);
    return EXIT.done;
  } catch (error) {
    if (error instanceof ArgumentError) {
      warn(`${error.message}\n\n${HELP}`);
      return EXIT.usage;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const isKnown = [ConfigError, NoMongoError].some((kind) => error instanceof kind);
    const isRefusal = error instanceof AppError || error instanceof NoPasswordError;
    warn(isKnown || isRefusal ? reason : `It could not be done: ${reason}`);
    return isRefusal ? EXIT.refused : EXIT.failure;
  }
}

process.exitCode = await main();
