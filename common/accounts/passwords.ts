import { randomBytes } from "node:crypto";
import { argon2id, hash, needsRehash, verify } from "argon2";
import { WaitingLine, type WaitingLimits } from "./waiting-line.js";

const MIN_CHARACTERS = 8;
const MAX_CHARACTERS = 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface PasswordSettings extends WaitingLimits {
  /** argon2id memory, in KiB. */
  readonly memoryKib: number;
  /** argon2id passes. */
  readonly iterations: number;
}

/** What surrounds a verification. */
export interface VerifyOptions {
  /** See {@link WaitingLine.run}. */
  readonly signal?: AbortSignal | undefined;
  /** Asked once it is this password's turn, and told when it is wrong before the next one has its turn. */
  readonly attempt?: {
    readonly check: () => Promise<void>;
    readonly failed: () => Promise<void>;
  };
}

/** The answer of {@link Passwords.verify}. */
export interface Verdict {
  readonly isCorrect: boolean;
  /** The same password hashed with today's parameters, when it was correct and its hash has other ones. */
  readonly upgradedHash?: string;
}

/**
 * What is wrong with a password that somebody chose, or `undefined`. It must have 8 to 1,024 characters, as they are sent: Unicode code
 * points, which is what JSON Schema counts. Everything counts: spaces, NUL, each byte of it. A lone surrogate is refused, because UTF-8 would make
 * all of them the same character.
 */
export function passwordFault(password: string): string | undefined {
  if (LONE_SURROGATE.test(password)) return "must be well-formed Unicode";
  const { length } = Array.from(password);
  if (length < MIN_CHARACTERS) return `must have at least ${MIN_CHARACTERS} characters`;
  if (length > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
  return undefined;
}

/**
 * Hashes and verifies passwords with argon2id. `maxConcurrent` of them are at work at once: each takes `memoryKib` and one of libuv's
 * threads. Others wait for their turn; in a flood of sign-ins they are refused, which costs nothing and says when to come back.
 */
export class Passwords {
  readonly #settings: PasswordSettings;
  readonly #unmatchedHash: string;
  readonly #line: WaitingLine;

  constructor(settings: PasswordSettings) {
    this.#settings = settings;
    this.#line = new WaitingLine(settings);
    this.#unmatchedHash = unmatchedHash(settings);
  }

  /** @param signal - See {@link WaitingLine.run}. @throws BusyError */
  hash(password: string, signal?: AbortSignal): Promise<string> {
    return this.#line.run(() => this.#hash(password), signal);
  }

  /**
   * Whether a password belongs to a hash. Without a hash (nobody has this username) it does the same work and says no, so
   * that the time tells nothing.
   *
   * @throws BusyError, and what `attempt.check` throws; nothing is verified then.
   */
  verify(
    password: string,
    passwordHash: string | undefined,
    { signal, attempt }: VerifyOptions = {},
  ): Promise<Verdict> {
    return this.#line.run(async () => {
      await attempt?.check();
      const isCorrect = await verify(passwordHash ?? this.#unmatchedHash, bytesOf(password));
      if (!isCorrect || passwordHash === undefined) {
        await attempt?.failed();
        return { isCorrect: false };
      }
      if (!needsRehash(passwordHash, parametersOf(this.#settings))) return { isCorrect };
      return { isCorrect, upgradedHash: await this.#hash(password) };
    }, signal);
  }

  #hash(password: string): Promise<string> {
    const parameters = parametersOf(this.#settings);
    return hash(bytesOf(password), { ...parameters, type: argon2id, hashLength: HASH_BYTES });
  }
}

const parametersOf = ({ memoryKib, iterations }: PasswordSettings) => ({
  memoryCost: memoryKib,
  timeCost: iterations,
  parallelism: 1,
});

function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize("NFC"), "utf8");
}

/** A hash in PHC string format that costs as much to verify as a real one and that no known password matches. */
function unmatchedHash({ memoryKib, iterations }: PasswordSettings): string {
  const [salt, digest] = [SALT_BYTES, HASH_BYTES].map((size) =>
    randomBytes(size).toString("base64").replace(/=+$/, ""),
  );
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=1$${salt}$${digest}`;
}
