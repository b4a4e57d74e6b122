import { InvalidRequestError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { tagTerms } from "./terms.js";

/** What the owner of an entry says about it, beside its name. Stored only where something is said. */
export interface EntryMetadata {
  /** Sorted, each once, in Unicode normalization form C. */
  tags?: string[];
  /** By what searches find the tags; see {@link tagTerms}. */
  tagTerms?: string[];
  description?: string;
  isFavourite?: true;
  /** Pairs, because keys of documents must not have dots and dollars. Sorted by key. */
  properties?: Property[];
}

/** Something that a program wants to remember about an entry. */
export interface Property {
  key: string;
  value: string;
}

/** What to change of the metadata. What is `undefined` stays; `null` is the same as nothing. */
export interface MetadataChange {
  readonly tags?: readonly string[] | TagChange | null | undefined;
  readonly description?: string | null | undefined;
  readonly isFavourite?: boolean | null | undefined;
  /** A value to set for each key, or `null` to remove the key; `null` alone removes all. */
  readonly properties?: ReadonlyMap<string, string | null> | null | undefined;
}

/** What a copy takes over: all but that the original is a favourite. */
export type CopiedMetadata = Pick<
  EntryMetadata,
  "tags" | "tagTerms" | "description" | "properties"
>;

/** What a copy of an entry takes over of what its owner says about it. The copy has the same owner. */
export const copiedMetadata = ({
  tags,
  tagTerms,
  description,
  properties,
}: EntryMetadata): CopiedMetadata => ({
  ...(tags !== undefined && { tags }),
  ...(tagTerms !== undefined && { tagTerms }),
  ...(description !== undefined && { description }),
  ...(properties !== undefined && { properties }),
});

/** Tags to add to those that there are, and tags to remove from them. What is in both is added. */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** How many an entry may have, and how long they may be, in characters. */
export const METADATA_LIMITS = {
  tags: 50,
  tagCharacters: 64,
  descriptionCharacters: 2000,
  properties: 50,
  keyCharacters: 64,
  valueCharacters: 1000,
  /** Of all keys and values together, in UTF-8. */
  propertyBytes: 16 * 1024,
} as const;

/** Without control characters, and without halves of characters. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]+$/u;
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

/** Why a text cannot be a tag; `undefined` when it can. */
export function tagFault(tag: string): string | undefined {
  return lineFault(tag.normalize("NFC").trim(), METADATA_LIMITS.tagCharacters);
}

/** Why a text cannot be a description. */
export function descriptionFault(text: string): string | undefined {
  if (!TEXT.test(text)) return "must not have control characters";
  return lengthFault(text, METADATA_LIMITS.descriptionCharacters);
}

/** Why a pair cannot be a property. */
export function propertyFault(key: string, value: string | null): string | undefined {
  const fault = lineFault(key, METADATA_LIMITS.keyCharacters);
  if (fault !== undefined) return `has a key that ${fault}`;
  if (value === null) return undefined;
  const ofValue = TEXT.test(value)
    ? lengthFault(value, METADATA_LIMITS.valueCharacters)
    : "must not have control characters";
  return ofValue === undefined ? undefined : `has a value that ${ofValue}`;
}

function lineFault(text: string, mostCharacters: number): string | undefined {
  if (text === "") return "must not be empty";
  if (!ONE_LINE.test(text)) return "must not have control characters";
  return lengthFault(text, mostCharacters);
}

function lengthFault(text: string, mostCharacters: number): string | undefined {
  // A text has no more characters than code units.
  const isTooLong = text.length > mostCharacters && Array.from(text).length > mostCharacters;
  return isTooLong ? `must have at most ${mostCharacters} characters` : undefined;
}

/**
 * The metadata after a change, each field by itself: a value to store, or `null` to store nothing. Fields that stay are missing.
 *
 * @throws {@link InvalidRequestError} when there would be too many tags or properties.
 */
export function changedMetadata(
  before: EntryMetadata & { readonly ownerId: Id },
  { tags, description, isFavourite, properties }: MetadataChange,
): Partial<Record<keyof EntryMetadata, unknown>> {
  return {
    ...(tags !== undefined && changedTags(before.ownerId, mergedTags(before.tags ?? [], tags))),
    ...(description !== undefined && { description: filled(description ?? "") }),
    ...(isFavourite !== undefined && { isFavourite: isFavourite === true ? true : null }),
    ...(properties !== undefined && {
      properties: filled(mergedProperties(before.properties ?? [], properties)),
    }),
  };
}

const changedTags = (ownerId: Id, tags: readonly string[]) => ({
  tags: filled(tags),
  tagTerms: filled(tagTerms(ownerId, tags)),
});

const filled = <T extends { readonly length: number }>(value: T) =>
  value.length === 0 ? null : value;

function mergedTags(before: readonly string[], change: NonNullable<MetadataChange["tags"]> | null) {
  if (change === null || !("add" in change)) return sortedTags(change ?? []);
  const removed = new Set(sortedTags(change.remove));
  const tags = sortedTags([...before.filter((tag) => !removed.has(tag)), ...change.add]);
  if (tags.length <= METADATA_LIMITS.tags) return tags;
  const detail = `There can be at most ${METADATA_LIMITS.tags} tags`;
  throw new InvalidRequestError([{ in: "body", pointer: "/add", detail }]);
}

const sortedTags = (tags: readonly string[]) =>
  [...new Set(tags.map((tag) => tag.normalize("NFC").trim()))].sort();

/** As a JSON Merge Patch has it (RFC 7396). */
function mergedProperties(
  before: readonly Property[],
  change: ReadonlyMap<string, string | null> | null,
): Property[] {
  const values = new Map(change === null ? [] : before.map(({ key, value }) => [key, value]));
  for (const [key, value] of change ?? []) {
    if (value === null) values.delete(key);
    else values.set(key, value);
  }
  refuseTooMany(values);
  const pairs = [...values].map(([key, value]) => ({ key, value }));
  return pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function refuseTooMany(values: ReadonlyMap<string, string>): void {
  const { properties: most, propertyBytes: mostBytes } = METADATA_LIMITS;
  const bytes = Buffer.byteLength([...values].flat().join(""));
  if (values.size <= most && bytes <= mostBytes) return;
  const detail =
    values.size > most
      ? `There can be at most ${most} properties`
      : `All properties together can have at most ${mostBytes} bytes`;
  throw new InvalidRequestError([{ in: "body", pointer: "/properties", detail }]);
}
