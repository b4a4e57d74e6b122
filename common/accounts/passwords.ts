import { randomBytes } from "node:crypto";
import { argon2id, hash, needsRehash, verify } from "argon2";
import { BusyError } from "../platform/errors.js";

const MIN_BYTES = 8;
const MAX_BYTES = 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface PasswordSettings {
  /** argon2id memory, in KiB. */
  readonly memoryKib: number;
  /** argon2id passes. */
  readonly iterations: number;
  /** How many hashes are computed at once; each takes `memoryKib` and one of libuv's threads. */
  readonly maxConcurrent: number;
}

/** The answer of {@link Passwords.verify}. */
export interface Verdict {
  readonly isCorrect: boolean;
  /** The same password hashed with today's parameters, when it was correct and its hash has other ones. */
  readonly upgradedHash?: string;
}

/**
 * What is wrong with a password that somebody chose, or `undefined`. It must have 8 to 1,024 bytes of UTF-8 after Unicode
 * normalization (NFC). Everything counts: spaces, NUL, each byte of it. A lone surrogate is refused, because UTF-8 would make
 * all of them the same character.
 */
export function passwordFault(password: string): string | undefined {
  if (LONE_SURROGATE.test(password)) return "must be well-formed Unicode";
  const { length } = bytesOf(password);
  if (length < MIN_BYTES) return `must have at least ${MIN_BYTES} bytes`;
  if (length > MAX_BYTES) return `must have at most ${MAX_BYTES} bytes`;
  return undefined;
}

/**
 * Hashes and verifies passwords with argon2id. Once `maxConcurrent` of them are at work, another one is refused and not
 * queued: a flood of sign-ins would make everybody wait in a queue, while a refusal costs nothing and says when to come back.
 */
export class Passwords {
  readonly #settings: PasswordSettings;
  readonly #unmatchedHash: string;
  #running = 0;

  constructor(settings: PasswordSettings) {
    this.#settings = settings;
    this.#unmatchedHash = unmatchedHash(settings);
  }

  /** @throws {@link BusyError} */
  hash(password: string): Promise<string> {
    return this.#inSlot(() => this.#hash(password));
  }

  /**
   * Whether a password belongs to a hash. Without a hash (nobody has this username) it does the same work and says no, so
   * that the time tells nothing.
   *
   * @throws {@link BusyError}
   */
  verify(password: string, passwordHash: string | undefined): Promise<Verdict> {
    return this.#inSlot(async () => {
      const isCorrect = await verify(passwordHash ?? this.#unmatchedHash, bytesOf(password));
      if (!isCorrect || passwordHash === undefined) return { isCorrect: false };
      if (!needsRehash(passwordHash, parametersOf(this.#settings))) return { isCorrect };
      return { isCorrect, upgradedHash: await this.#hash(password) };
    });
  }

  #hash(password: string): Promise<string> {
    const parameters = parametersOf(this.#settings);
    return hash(bytesOf(password), { ...parameters, type: argon2id, hashLength: HASH_BYTES });
  }

  async #inSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#settings.maxConcurrent) {
      throw new BusyError("Too many people sign in at once");
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
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
