import { ObjectId } from "bson";
import type { RawDocument } from "../../src/bson/document.js";
import { objectValue } from "../../src/bson/value.js";
import { readIndexSpec } from "../../src/commands/index-spec.js";
import { type Query, runQuery } from "../../src/commands/query.js";
import { Operation } from "../../src/cursors/operation.js";
import { runBulk } from "../../src/statements/bulk.js";
import { DeleteStatement } from "../../src/statements/delete-statement.js";
import { InsertStatement } from "../../src/statements/insert-statement.js";
import type { Statement } from "../../src/statements/statement.js";
import { UpdateStatement } from "../../src/statements/update-statement.js";
import { Store } from "../../src/storage/store.js";
import { PAUSE } from "../../src/turn.js";
import { encodeDocument } from "../../src/bson/document.js";
import { createFolder } from "./running-server.js";

/** A turn that is always over: a scan rests wherever it may. */
const IMPATIENT = { isOver: true };

/** A store in a folder of its own, used without a server around it. */
export class TestStore {
  readonly store: Store;
  readonly folder: string;
  readonly #remove: () => void;

  private constructor(store: Store, { folder, remove }: ReturnType<typeof createFolder>) {
    this.store = store;
    this.folder = folder;
    this.#remove = remove;
  }

  static async create(): Promise<TestStore> {
    const { folder, remove } = createFolder();
    const fail = (error: Error) => {
      throw error;
    };
    const store = await Store.open({ folder, onError: fail, onFatal: fail });
    return new TestStore(store, { folder, remove });
  }

  async close(): Promise<void> {
    await this.store.close();
    this.#remove();
  }

  newNamespace(): string {
    return `test.c${new ObjectId().toHexString()}`;
  }

  async createIndex(namespace: string, spec: Record<string, unknown>): Promise<void> {
    const name = JSON.stringify(spec);
    await this.store.createIndex(namespace, readIndexSpec(encodeDocument({ ...spec, name })), {
      findExisting: () => undefined,
      check: () => undefined,
    });
  }

  /** @returns Positions of the documents that were refused. */
  insert(namespace: string, documents: readonly RawDocument[]): Promise<number[]> {
    return this.#run(
      documents.map((document) => new InsertStatement(this.store, namespace, document)),
    );
  }

  update(namespace: string, query: RawDocument, update: RawDocument): Promise<number[]> {
    const options = { isMulti: true, isUpsert: false, now: new Date(0) };
    return this.#run([
      new UpdateStatement(this.store, {
        namespace,
        query,
        update: objectValue(update),
        ...options,
      }),
    ]);
  }

  delete(namespace: string, query: RawDocument): Promise<number[]> {
    return this.#run([new DeleteStatement(this.store, { namespace, query, isMulti: true })]);
  }

  /** The documents that a query finds, resting as often as possible. */
  find(namespace: string, query: Query): RawDocument[] {
    const { source } = runQuery(this.store, namespace, query);
    const found: RawDocument[] = [];
    for (let next = source.next(IMPATIENT); next !== undefined; next = source.next(IMPATIENT)) {
      if (next === PAUSE) source.release();
      else found.push(Buffer.from(next));
    }
    return found;
  }

  async #run(statements: readonly Statement[]): Promise<number[]> {
    const operation = new Operation({ signal: new AbortController().signal, maxTimeMs: 0 });
    const { failures } = await runBulk(statements, {
      store: this.store,
      operation,
      isOrdered: false,
    });
    return failures.map(({ index }) => index);
  }
}
