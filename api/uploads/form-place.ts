import type { FolderPath } from "../../common/folders/paths.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { FieldPart } from "../http/multipart.js";
import { folderOf, type PlaceFields } from "./place.js";

const FIELD_NAMES = ["folderId", "path", "parents"] as const satisfies (keyof PlaceFields)[];

type FieldName = (typeof FIELD_NAMES)[number];

/** What a checkbox of a page says, and what programs say. An empty field says nothing, as a page sends it. */
const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["on", true],
  ["false", false],
]);

/**
 * Where the files of a form go: as the query says, and behind fields as these say. Each of them may be given once, in the query or as a
 * field, and a field counts for the files after it.
 */
export class FormPlace {
  readonly #given = new Map<FieldName, string | boolean>();
  #folder: FolderPath;
  /** A field that no file has come after. */
  #unused: FieldName | undefined;
  #said = "";

  /** @throws As {@link folderOf}. */
  constructor(query: PlaceFields) {
    const { folderId, path, parents } = query;
    if (folderId !== undefined) this.#given.set("folderId", folderId);
    if (path !== undefined) this.#given.set("path", path);
    if (parents) this.#given.set("parents", true);
    this.#folder = folderOf(query, { in: "query", pointer: "path" });
  }

  /** For the next file. */
  get folder(): FolderPath {
    return this.#folder;
  }

  /** What fields have said so far; empty without any. */
  get said(): string {
    return this.#said;
  }

  /** @returns Whether the field is about the place. @throws InvalidRequestError, InvalidNameError */
  take({ fieldName, value }: FieldPart): boolean {
    const name = FIELD_NAMES.find((known) => known === fieldName);
    if (name === undefined) return false;
    if (value === "") return true;
    if (this.#given.has(name)) throw malformed(name, "is given more than once");
    const meant = name === "parents" ? SWITCH.get(value) : value;
    if (meant === undefined) throw malformed(name, "must be true or false");
    this.#given.set(name, meant);
    const said = Object.fromEntries(this.#given);
    const fields = { parents: false, ...said } as PlaceFields;
    this.#folder = folderOf(fields, { in: "body", pointer: `/${name}` });
    this.#said = JSON.stringify([...this.#given]);
    this.#unused = name;
    return true;
  }

  /** A file has come, and goes to {@link folder}. */
  use(): void {
    this.#unused = undefined;
  }

  /** The form is complete. @throws InvalidRequestError when its last field counts for no file. */
  end(): void {
    if (this.#unused !== undefined) {
      throw malformed(this.#unused, "must come before the files that it is about");
    }
  }
}

const malformed = (name: FieldName, reason: string) =>
  new InvalidRequestError([{ in: "body", pointer: `/${name}`, detail: `${name} ${reason}` }]);
