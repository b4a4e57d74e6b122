import { isAsyncFunction } from "node:util/types";
import { AbstractCursor, Collection, Db, MongoClient, MongoOperationTimeoutError } from "mongodb";
import type { CircuitBreaker } from "./circuit-breaker.js";
import { translateMongoError } from "./mongo-errors.js";

/** What each command goes through. */
export interface Guard {
  readonly breaker: CircuitBreaker;
  /** How long a command may take, with the driver's own second try. */
  readonly timeoutMs: number;
}

/**
 * A database whose methods, and those of its client, collections and cursors, throw {@link UnavailableError} where MongoDB is away or does
 * not answer in time, and all other errors as the driver does. The driver has no hook that runs around its own second try, so this is a
 * proxy around what it gives out.
 */
export function guarded<T extends object>(target: T, guard: Guard): T {
  return new Proxy(target, {
    get(_target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (value instanceof MongoClient || value instanceof Db) return guarded(value, guard);
      if (typeof value !== "function") return value;
      if (property === Symbol.asyncIterator) return () => iterate(target as AsyncIterable<unknown>);
      const call = (args: unknown[]): unknown => Reflect.apply(value, target, args);
      if (isAsyncFunction(value))
        return (...args: unknown[]) => run(() => call(args) as Promise<unknown>, guard);
      return (...args: unknown[]) => translated(call(args), guard);
    },
  });
}

function translated(result: unknown, guard: Guard): unknown {
  if (result instanceof Promise) return result.catch(rethrow);
  const givesOutMore = result instanceof Collection || result instanceof AbstractCursor;
  return givesOutMore ? guarded(result, guard) : result;
}

async function run(send: () => Promise<unknown>, guard: Guard): Promise<unknown> {
  const { breaker, timeoutMs } = guard;
  if (breaker.refusal !== undefined) throw breaker.refusal;
  let timer: NodeJS.Timeout | undefined;
  let forget = (): unknown => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => {
      reject(new MongoOperationTimeoutError(`There was no answer within ${timeoutMs} ms`));
    };
    timer = setTimeout(giveUp, timeoutMs);
    forget = breaker.whenSilent(giveUp);
  });
  try {
    return translated(await breaker.watch(Promise.race([send(), late])), guard);
  } catch (error) {
    return rethrow(error);
  } finally {
    clearTimeout(timer);
    forget();
  }
}

async function* iterate(cursor: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* cursor;
  } catch (error) {
    rethrow(error);
  }
}

function rethrow(error: unknown): never {
  throw translateMongoError(error);
}
