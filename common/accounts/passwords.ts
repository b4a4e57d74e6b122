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

/** What {@link Passwords.verify} found. */
export interface Verdict {
  readonly isCorrect: boolean;
  /** The same password hashed with today's parameters, when it was correct and its hash has other ones. */
  readonly upgradedHash?: string;
}

/** Hashes and verifies passwords with argon2id. */
export interface Passwords {
  /** @throws {@link BusyError} when `maxConcurrent` passwords are being hashed or verified already. */
  hash(password: string): Promise<string>;

  /**
   * Whether a password belongs to a hash. Without a hash (nobody has this username) it does the same work and says no, so
   * that the time tells nothing.
   *
   * @throws {@link BusyError} as `hash` does.
   */
  verify(password: string, passwordHash: string | undefined): Promise<Verdict>;
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
 * A hash that is asked for while all slots are taken is refused rather than queued: a queue would let a flood of sign-ins
 * hold up everybody's, while a refusal costs nothing and says when to come back.
 */
export function createPasswords({
  memoryKib,
  iterations,
  maxConcurrent,
}: PasswordSettings): Passwords {
  const parameters = { memoryCost: memoryKib, timeCost: iterations, parallelism: 1 };
  const nobodysHash = unmatchedHash({ memoryKib, iterations });
  let running = 0;

  async function inSlot<T>(work: () => Promise<T>): Promise<T> {
    if (running >= maxConcurrent) throw new BusyError("Too many people sign in at once");
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  }

  const hashNow = (password: string) =>
    hash(bytesOf(password), { ...parameters, type: argon2id, hashLength: HASH_BYTES });

  return {
    hash: (password) => inSlot(() => hashNow(password)),

    verify: (password, passwordHash) =>
      inSlot(async () => {
        const isCorrect = await verify(passwordHash ?? nobodysHash, bytesOf(password));
        if (!isCorrect || passwordHash === undefined) return { isCorrect: false };
        if (!needsRehash(passwordHash, parameters)) return { isCorrect };
        return { isCorrect, upgradedHash: await hashNow(password) };
      }),
  };
}

function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize("NFC"), "utf8");
}

/** A hash in PHC string format that costs as much to verify as a real one and that no known password matches. */
function unmatchedHash({ memoryKib, iterations }: { memoryKib: number; iterations: number }) {
  const [salt, digest] = [SALT_BYTES, HASH_BYTES].map((size) =>
    randomBytes(size).toString("base64").replace(/=+$/, ""),
  );
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=1$${salt}$${digest}`;
}
