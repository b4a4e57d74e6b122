import { createSecretKey, type KeyObject } from "node:crypto";

/** One environment variable: what it means, which values are valid, and its default. */
export interface Setting<T> {
  readonly name: string;
  /** The heading that it stands under in `.env.example`; see {@link topic}. */
  readonly topic?: string;
  /** What the operator has to know, with the unit. */
  readonly about: string;
  /** The default as `.env.example` shows it; empty where the variable must be set. */
  readonly defaultText: string;
  readonly isSecret: boolean;
  /** Whether it may stay empty although it has no default. */
  readonly isOptional?: boolean;
  /** @throws {@link SettingError} that says what is wrong, without the secret itself. */
  readonly read: (env: Readonly<Record<string, string | undefined>>) => T;
}

/** A master key of 32 bytes. A `KeyObject` is never printed by accident. */
export interface EncryptionKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** One variable is missing or wrong. */
export class SettingError extends Error {}

/** Puts the settings of a noun under one heading in `.env.example`. */
export function topic<S extends Readonly<Record<string, Setting<unknown>>>>(
  title: string,
  settings: S,
): S {
  const titled = Object.entries(settings).map(([key, setting]) => [
    key,
    { ...setting, topic: title },
  ]);
  return Object.fromEntries(titled) as S;
}

interface NumberRange {
  readonly default: number;
  readonly min: number;
  readonly max?: number;
}

function setting<T>(
  name: string,
  about: string,
  rest: { defaultText: string; isSecret?: boolean; parse: (text: string) => T },
): Setting<T> {
  return {
    name,
    about,
    defaultText: rest.defaultText,
    isSecret: rest.isSecret ?? false,
    read: (env) => {
      const text = env[name]?.trim() ?? "";
      const given = text === "" ? rest.defaultText : text;
      if (given === "") throw new SettingError(`${name} is not set. ${about}`);
      return rest.parse(given);
    },
  };
}

/** A whole number in decimal digits. */
export function wholeNumber(name: string, about: string, range: NumberRange): Setting<number> {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  return setting(name, about, {
    defaultText: String(range.default),
    parse: (text) => {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= range.min && value <= max)) {
        throw new SettingError(`${name} must be a whole number from ${range.min} to ${max}`);
      }
      return value;
    },
  });
}

/** A whole number of seconds, read as milliseconds. */
export function seconds(name: string, about: string, range: NumberRange): Setting<number> {
  const inSeconds = wholeNumber(name, about, { max: 31_536_000, ...range });
  return { ...inSeconds, read: (env) => inSeconds.read(env) * 1000 };
}

/** A whole number of days, read as milliseconds. */
export function days(name: string, about: string, range: NumberRange): Setting<number> {
  const inDays = wholeNumber(name, about, { max: 36_500, ...range });
  return { ...inDays, read: (env) => inDays.read(env) * 86_400_000 };
}

/** A whole number of bytes, or the word `unlimited`, read as `null`. */
export function bytesOrUnlimited(
  name: string,
  about: string,
  range: NumberRange,
): Setting<number | null> {
  const inBytes = wholeNumber(name, about, range);
  return {
    ...inBytes,
    read: (env) => (env[name]?.trim() === "unlimited" ? null : inBytes.read(env)),
  };
}

/** A whole number from 1 on, or `off` or 0, read as `null`. */
export function limitOrOff(name: string, about: string, byDefault: number): Setting<number | null> {
  const inNumbers = wholeNumber(name, about, { default: byDefault, min: 0, max: 1_000_000_000 });
  return {
    ...inNumbers,
    read: (env) => (env[name]?.trim() === "off" ? null : inNumbers.read(env) || null),
  };
}

/** One of a few words. */
export function oneOf<T extends string>(
  name: string,
  about: string,
  words: readonly [T, ...T[]],
): Setting<T> {
  return setting(name, about, {
    defaultText: words[0],
    parse: (text) => {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new SettingError(`${name} must be one of ${words.join(", ")}`);
      return word;
    },
  });
}

/** `true` or `false`. */
export function trueOrFalse(name: string, about: string, byDefault: boolean): Setting<boolean> {
  const word = oneOf(name, about, byDefault ? ["true", "false"] : ["false", "true"]);
  return { ...word, read: (env) => word.read(env) === "true" };
}

/** Text that matches a pattern; `form` describes the pattern in words. */
export function text(
  name: string,
  about: string,
  {
    pattern,
    form,
    ...rest
  }: { pattern: RegExp; form: string; default: string; isSecret?: boolean },
): Setting<string> {
  return setting(name, about, {
    defaultText: rest.default,
    isSecret: rest.isSecret ?? false,
    parse: (given) => {
      if (!pattern.test(given)) throw new SettingError(`${name} must be ${form}`);
      return given;
    },
  });
}

/** Secrets separated by commas, the current one first. Each has at least 32 characters, of 8 kinds or more. */
export function secrets(name: string, about: string): Setting<readonly string[]> {
  const parse = (given: string) => parseSecrets(name, given);
  return setting(name, about, { defaultText: "", isSecret: true, parse });
}

/** {@link secrets} that may be missing; `undefined` where they are. */
export function optionalSecrets(
  name: string,
  about: string,
): Setting<readonly string[] | undefined> {
  return optional(name, about, (given) => (given === "" ? undefined : parseSecrets(name, given)));
}

function parseSecrets(name: string, given: string): readonly string[] {
  const list = given.split(",").map((secret) => secret.trim());
  if (list.some((secret) => secret.length < 32 || new Set(secret).size < 8)) {
    throw new SettingError(
      `${name} must be a comma list of random secrets of at least 32 characters each, such as \`openssl rand -hex 32\` prints`,
    );
  }
  return list;
}

/** A bearer token of at least 32 characters; `undefined` where it is not set. */
export function optionalToken(name: string, about: string): Setting<string | undefined> {
  return optional(name, about, (token) => {
    if (token === "") return undefined;
    // RFC 6750 §2.1
    if (!/^[A-Za-z0-9._~+/-]{32,}=*$/.test(token) || new Set(token).size < 8) {
      throw new SettingError(
        `${name} must be a random token of at least 32 characters, such as \`openssl rand -hex 32\` prints`,
      );
    }
    return token;
  });
}

/** Text of a form; `undefined` where it is not set. `form` describes it in words. */
export function optionalText(
  name: string,
  about: string,
  { check, form }: { readonly check: (text: string) => boolean; readonly form: string },
): Setting<string | undefined> {
  const parse = (given: string) => {
    if (given === "") return undefined;
    if (!check(given)) throw new SettingError(`${name} must be ${form}`);
    return given;
  };
  return { ...optional(name, about, parse), isSecret: false };
}

/** Encryption keys as `id:base64`, separated by commas, the current one first. An empty value means no keys. */
export function encryptionKeys(name: string, about: string): Setting<readonly EncryptionKey[]> {
  return optional(name, about, (list) => {
    const keys = list === "" ? [] : list.split(",").map((entry, n) => parseKey(name, entry, n));
    const ids = keys.map(({ id }) => id);
    const twice = ids.find((id, n) => ids.indexOf(id) !== n);
    if (twice !== undefined) throw new SettingError(`${name} has two keys with the id ${twice}`);
    return keys;
  });
}

/** An http or https URL without path, query and account; `undefined` where it is not set. */
export function optionalOrigin(name: string, about: string): Setting<URL | undefined> {
  const parse = (url: string) => {
    if (url === "") return undefined;
    if (!/^https?:\/\/[^/\\?#@\s]+\/?$/i.test(url) || !URL.canParse(url)) {
      throw new SettingError(
        `${name} must be a scheme and a host, such as https://files.example.com, without a path`,
      );
    }
    return new URL(url);
  };
  return { ...optional(name, about, parse), isSecret: false };
}

/** A setting that may be empty. @param parse - Takes the empty text where the variable is not set. */
export function optional<T>(name: string, about: string, parse: (text: string) => T): Setting<T> {
  const read: Setting<T>["read"] = (env) => parse(env[name]?.trim() ?? "");
  return { name, about, defaultText: "", isSecret: true, isOptional: true, read };
}

function parseKey(name: string, entry: string, n: number): EncryptionKey {
  const [, id, base64 = ""] =
    /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim()) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (id === undefined || new Set(bytes).size < 8) {
    throw new SettingError(
      `${name} must be a comma list of id:key, each key 32 random bytes in base64, such as \`openssl rand -base64 32\` prints; entry ${n + 1} is invalid`,
    );
  }
  return { id, key: createSecretKey(bytes) };
}
