import type { RawDocument } from "../bson/document.js";
import { decodeDocument, getField, readElements } from "../bson/document.js";
import { compileKeys, type DocumentKeys, type KeyField } from "../keys.js";
import { compileFilter, type Filter } from "../query/filter.js";
import { MAX_FIELDS_BYTES, storedFields } from "./layout.js";

/** What of an index changes after its creation. */
export interface IndexState {
  /** Some document has more than one key. */
  isMultikey: boolean;
  /** Some key was cut: order and exactness end there. */
  isTruncated: boolean;
  /** Complete; writes maintain it from its creation on. */
  isReady: boolean;
}

/** An index of one collection: its definition, compiled. */
export class StoredIndex {
  readonly id: number;
  /** The definition as listIndexes answers it: `{ v, key, name, unique, … }`. */
  spec: RawDocument;
  readonly name: string;
  readonly fields: readonly KeyField[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  readonly partialFilter: Filter | undefined;
  readonly state: IndexState;
  /** Queries may use it: it is complete, and that is on the disk. */
  isUsable: boolean;
  /** What the state was when the catalogue was last written. */
  #saved = "";
  readonly #keysOf: (document: RawDocument) => DocumentKeys;

  constructor(id: number, spec: RawDocument, state: IndexState) {
    const options = decodeDocument(spec);
    const partial = getField(spec, "partialFilterExpression");
    this.id = id;
    this.spec = spec;
    this.name = String(options["name"]);
    this.fields = readKeyPattern(keyPatternOf(spec));
    this.isUnique = options["unique"] === true || this.name === "_id_";
    this.isSparse = options["sparse"] === true;
    this.partialFilter = partial && compileFilter(partial.bytes);
    this.state = state;
    this.isUsable = state.isReady;
    this.#keysOf = compileKeys(this.fields);
    this.markSaved();
  }

  get isUnsaved(): boolean {
    return this.#saved !== JSON.stringify(this.state);
  }

  markSaved(): void {
    this.#saved = JSON.stringify(this.state);
  }

  get keyPattern(): RawDocument {
    return keyPatternOf(this.spec);
  }

  /** Seconds after the indexed date at which documents expire; `undefined` when this is no TTL index. */
  get expireAfterSeconds(): number | undefined {
    const seconds = decodeDocument(this.spec)["expireAfterSeconds"];
    return seconds === undefined ? undefined : Number(seconds);
  }

  /** Whether documents without any key exist in principle: such an index cannot answer every query. */
  get isPartial(): boolean {
    return this.isSparse || this.partialFilter !== undefined;
  }

  /**
   * The encoded fields of a document as they are stored; none when the index does not hold it. Notes in the state
   * what the document shows, ahead of the write: too careful a state only costs speed.
   *
   * @throws CommandError 171 (CannotIndexParallelArrays)
   */
  keysOf(document: RawDocument): Buffer[] {
    if (this.partialFilter?.matches(document) === false) return [];
    const { keys, isMultikey, hasAnyField } = this.#keysOf(document);
    if (this.isSparse && !hasAnyField) return [];
    if (isMultikey) this.state.isMultikey = true;
    if (keys.every((key) => key.length <= MAX_FIELDS_BYTES)) return keys;
    this.state.isTruncated = true;
    return keys.map(storedFields);
  }
}

function keyPatternOf(spec: RawDocument): RawDocument {
  const key = getField(spec, "key");
  if (key === undefined) throw new TypeError("An index definition has no key");
  return key.bytes;
}

function readKeyPattern(keyPattern: RawDocument): KeyField[] {
  const directions = decodeDocument(keyPattern);
  return readElements(keyPattern).map(({ name }) => ({
    path: name,
    direction: Number(directions[name]) < 0 ? -1 : 1,
  }));
}
