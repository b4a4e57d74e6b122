import {
  arrayValue,
  buildDocument,
  encodeDocument,
  getField,
  type RawDocument,
} from "./bson/document.js";
import { objectValue } from "./bson/value.js";
import { Operation } from "./cursors/operation.js";
import { runBulk } from "./statements/bulk.js";
import { DeleteStatement } from "./statements/delete-statement.js";
import type { Collection } from "./storage/collection.js";
import type { Store } from "./storage/store.js";
import type { StoredIndex } from "./storage/stored-index.js";

export interface TtlMonitorOptions {
  readonly store: Store;
  readonly intervalMs: number;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** Removes expired documents now and then, by their TTL indexes. */
export class TtlMonitor {
  readonly #options: TtlMonitorOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: TtlMonitorOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#start();
    }, options.intervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.#options.onError(error);
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #run(): Promise<void> {
    const { store } = this.#options;
    for (const collection of store.catalogue.list())
      for (const index of collection.usableIndexes) await this.#expire(collection, index);
  }

  async #expire({ namespace }: Collection, index: StoredIndex): Promise<void> {
    const { store, now } = this.#options;
    const { expireAfterSeconds } = index;
    if (expireAfterSeconds === undefined) return;
    const before = now().getTime() - expireAfterSeconds * 1000;
    const statement = new DeleteStatement(store, {
      namespace,
      query: expiredQuery(index, before),
      isMulti: true,
    });
    const operation = new Operation({ signal: this.#stopping.signal, maxTimeMs: 0 });
    const { failures } = await runBulk([statement], { store, operation, isOrdered: true });
    const [failure] = failures;
    if (failure !== undefined) this.#options.onError(failure.error);
  }
}

/** `{ $and: [{ field: { $lt: date } }, partialFilterExpression] }` */
function expiredQuery({ fields, spec }: StoredIndex, before: number): RawDocument {
  const [field] = fields;
  const isExpired = encodeDocument({ [field?.path ?? ""]: { $lt: new Date(before) } });
  const partial = getField(spec, "partialFilterExpression");
  const clauses = [objectValue(isExpired), ...(partial === undefined ? [] : [partial])];
  return buildDocument([["$and", arrayValue(clauses)]]);
}
