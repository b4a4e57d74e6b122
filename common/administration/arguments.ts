import { parseArgs } from "node:util";
import { isUsername } from "../accounts/account.js";
import { ROLES, type Role } from "../accounts/role.js";

/** What the operator asks for. */
export type Request =
  | { readonly command: "help" }
  | { readonly command: "list"; readonly username: string }
  | {
      readonly command: "create";
      readonly username: string;
      readonly role?: Role;
      readonly limitBytes?: number | null;
    }
  | { readonly command: "set-role"; readonly username: string; readonly role: Role }
  | {
      readonly command: "set-password" | "disable" | "enable" | "remove-second-factor";
      readonly username: string;
    };

/** The arguments make no sense. */
export class ArgumentError extends Error {}

/** @throws {@link ArgumentError} that says which argument, and why. */
export function readArguments(args: readonly string[]): Request {
  const { values, positionals } = parse(args);
  const [command, username, third, ...rest] = positionals;
  if (values.help === true) return { command: "help" };
  const isNew = command === "create";
  if (!isNew && (values.role ?? values.limit) !== undefined) {
    throw new ArgumentError("--role and --limit are for create");
  }
  const isTooLong = rest.length > 0 || (third !== undefined && command !== "set-role");
  if (isTooLong) throw new ArgumentError(`${rest[0] ?? third ?? ""} is too much`);
  if (command === "list") return { command, username: username ?? "" };
  if (username === undefined || !isUsername(username)) {
    throw new ArgumentError("A username is needed: 3 to 64 of A-Z a-z 0-9 . _ -");
  }
  return requestOf({ command, username, third, ...values });
}

interface Given {
  readonly command: string | undefined;
  readonly username: string;
  readonly third: string | undefined;
  readonly role?: string | undefined;
  readonly limit?: string | undefined;
}

/** Those that take a username and nothing else. */
const PLAIN = ["set-password", "disable", "enable", "remove-second-factor"] as const;

function requestOf({ command, username, third, role, limit }: Given): Request {
  if (command === "set-role") return { command, username, role: roleOf(third) };
  const plain = PLAIN.find((one) => one === command);
  if (plain !== undefined) return { command: plain, username };
  if (command !== "create") throw new ArgumentError(`There is no command ${command ?? ""}`);
  return {
    command,
    username,
    ...(role !== undefined && { role: roleOf(role) }),
    ...(limit !== undefined && { limitBytes: limitOf(limit) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean" },
        role: { type: "string" },
        limit: { type: "string" },
      },
    });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function roleOf(text: string | undefined): Role {
  const role = ROLES.find((one) => one === text);
  if (role === undefined) throw new ArgumentError(`The role must be one of ${ROLES.join(", ")}`);
  return role;
}

function limitOf(text: string): number | null {
  if (text === "unlimited") return null;
  const bytes = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(bytes)) {
    throw new ArgumentError("The limit must be a whole number of bytes, or unlimited");
  }
  return bytes;
}
