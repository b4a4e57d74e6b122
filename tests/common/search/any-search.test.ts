import { createSecretKey } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Long, ObjectId } from "mongodb";
import type { FileEntry } from "../../../common/entries/entry.js";
import { fold } from "../../../common/entries/folding.js";
import { parseName } from "../../../common/entries/name.js";
import { nameWords, queryWords } from "../../../common/entries/name-words.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { compareBy, sortOf } from "../../../common/entries/sort-order.js";
import { storedName, tagTerms } from "../../../common/entries/terms.js";
import { newId } from "../../../common/platform/ids.js";
import {
  ContentIndexRepository,
  type IndexedContent,
} from "../../../common/content-index/repository.js";
import { TermHashes } from "../../../common/content-index/terms.js";
import { BlobQuarantine } from "../../../common/storage/blob-quarantine.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { openSearch } from "../../../common/search/open.js";
import { SEARCH_ORDERS, type SearchQuery } from "../../../common/search/query.js";
import type { FileSearch } from "../../../common/search/service.js";
import { Keyring } from "../../../common/storage/keyring.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const WORDS = ["img", "Image", "straße", "ab", "abc", "1", "10", "2", "写真", "Über", "x"];
const TAGS = ["a", "b"];
const TYPES = ["image/png", "image/gif", "text/plain", null];
const CONTENTS = ["alpha", "beta", "gamma"];
const NOW = Date.UTC(2026, 0, 1);

const files = fc.array(
  fc.record({
    words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }),
    contents: fc.subarray(CONTENTS),
    tags: fc.subarray(TAGS),
    isFavourite: fc.boolean(),
    type: fc.constantFrom(...TYPES),
    size: fc.integer({ min: 0, max: 3 }),
    day: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 20, maxLength: 40 },
);

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const queries: fc.Arbitrary<SearchQuery> = fc.record({
  q: sometimes(fc.constantFrom("im", "IMG", "strasse", "a", "b", "1 a", "-", "mg", "uber", "写")),
  match: fc.constantFrom("words" as const, "anywhere" as const),
  content: sometimes(fc.constantFrom("Alpha", "beta a", "gamma alpha", "delta beta")),
  type: sometimes(fc.constantFrom("image/png", "image", "text/*")),
  tag: sometimes(fc.constantFrom(...TAGS)),
  isFavourite: sometimes(fc.boolean()),
  minBytes: sometimes(fc.integer({ min: 0, max: 3 })),
  modifiedBefore: sometimes(fc.constant(new Date(NOW + 2))),
  sort: fc.constantFrom(...SEARCH_ORDERS),
  limit: fc.integer({ min: 1, max: 7 }),
  total: fc.constant(true),
});

type FileFacts = Parameters<typeof fileOf>[1];

function fileOf(
  { ownerId, parentId }: Pick<FileEntry, "ownerId" | "parentId">,
  facts: {
    words: string[];
    contents: string[];
    tags: string[];
    isFavourite: boolean;
    type: string | null;
    size: number;
    day: number;
  },
  n: number,
): FileEntry {
  const { words, tags, isFavourite, type, size, day } = facts;
  const at = new Date(NOW + day);
  return {
    ...{ _id: newId(), kind: "file", ownerId, actorId: ownerId, parentId },
    ...storedName(ownerId, parseName(`${words.join("-")}.${n}`)),
    ...{ sizeBytes: Long.fromNumber(size), createdAt: at, updatedAt: at, modifiedAt: at },
    ...{ isTrashed: false, trash: null, purgingSince: null, revision: 0 },
    ...(tags.length > 0 && { tags, tagTerms: tagTerms(ownerId, tags) }),
    ...(isFavourite && { isFavourite }),
    ...{ versionId: newId(), blobId: new ObjectId(), sha256: "0".repeat(64), claimedType: null },
    ...{ type, state: "ready", createdByUploadId: newId() },
  } as FileEntry;
}

/** The words of the contents of some files, half of them under a key that is not the current one any more. */
function contentsOf(stored: readonly FileEntry[], facts: FileFacts[]): IndexedContent[] {
  return stored.flatMap(({ versionId: _id, _id: fileId, ownerId }, n) => {
    const words = facts[n]?.contents ?? [];
    const hashes = n % 2 === 0 ? HASHES : OLD_HASHES;
    return words.length === 0 ? [] : [{ _id, fileId, ownerId, ...hashes.current(ownerId, words) }];
  });
}

/** Whether a query means a file, without any index. */
function isMeant(query: SearchQuery, file: FileEntry, contents: readonly string[]): boolean {
  const { q = "", type, tag, isFavourite, minBytes = 0, modifiedBefore } = query;
  const words = query.match === "words" ? queryWords(q) : [];
  const own = nameWords(file.name);
  return (
    (words.length > 0
      ? words.every((word) => own.some((one) => one.startsWith(word)))
      : fold(file.name).includes(fold(q))) &&
    (query.content ?? "")
      .toLowerCase()
      .split(" ")
      .every((word) => word.length < 2 || contents.includes(word)) &&
    (type === undefined ||
      (file.type?.startsWith(type === "image" ? "image/" : type.replace("*", "")) ?? false)) &&
    (tag === undefined || (file.tags?.includes(tag) ?? false)) &&
    (isFavourite === undefined || (file.isFavourite ?? false) === isFavourite) &&
    Number(file.sizeBytes) >= minBytes &&
    (modifiedBefore === undefined || file.modifiedAt < modifiedBefore)
  );
}

const KEY = createSecretKey(Buffer.alloc(32, 1));
const HASHES = new TermHashes(new Keyring([{ id: "new", key: KEY }]));
const OLD_HASHES = new TermHashes(new Keyring([]));

/** Enough for all, and so little that each search walks along its order. */
const LIMITS = [undefined, { fewEntries: 3, readEntries: 9, atOnce: 4, folders: 1 }];

test("Any search finds what it means and nothing else, each once and in order, however little it may read", async () => {
  const { services, mongo } = world();
  const actor = await world().actorOf(await world().member());
  const folder = await services.access.folder(actor, "root", "read");
  const home = { ownerId: folder.entry.ownerId, parentId: folder.entry._id };
  const collection = mongo.db.collection<FileEntry>("entries");
  const indexed = mongo.db.collection<IndexedContent>("contentIndex");
  const searches = LIMITS.map((limits) =>
    openSearch({
      ...{ db: mongo.db, entries: new EntriesRepository(mongo.db), termHashes: HASHES },
      contentIndex: new ContentIndexRepository(mongo.db),
      contentGate: { listWithheld: () => Promise.resolve(new Set()) },
      storage: { quarantine: new BlobQuarantine(openBucket(mongo.db)) },
      settings: { contentSearch: "on" },
      limits,
    }),
  );

  const check = async (facts: FileFacts[], asked: SearchQuery[]) => {
    const stored = facts.map((one, n) => fileOf(home, one, n));
    await collection.insertMany(stored);
    const contents = contentsOf(stored, facts);
    if (contents.length > 0) await indexed.insertMany(contents);
    try {
      for (const query of asked) {
        const sort = sortOf(query.sort);
        const expected = stored
          .filter((file, n) => isMeant(query, file, facts[n]?.contents ?? []))
          .sort((a, b) => sort.direction * compareBy(sort, a, b))
          .map(({ name }) => name);
        for (const search of searches) {
          expect([query, await allPages(search, query)]).toEqual([query, expected]);
        }
      }
    } finally {
      await collection.deleteMany(home);
      await indexed.deleteMany({ ownerId: home.ownerId });
    }
  };
  const allPages = async (search: FileSearch, query: SearchQuery) => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search.find(folder, { ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      names.push(...page.items.map(({ entry }) => entry.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return names;
  };

  await fc.assert(
    fc.asyncProperty(files, fc.array(queries, { minLength: 3, maxLength: 3 }), check),
    { numRuns: 5, endOnFailure: true },
  );
});
