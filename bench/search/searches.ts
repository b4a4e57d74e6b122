import type { Db } from "mongodb";
import type { Actor } from "../../common/access/actor.js";
import { Access } from "../../common/access/service.js";
import { EntryListing } from "../../common/entries/listing.js";
import { EntriesRepository } from "../../common/entries/repository.js";
import type { SearchQuery } from "../../common/search/query.js";
import { ContentIndexRepository } from "../../common/content-index/repository.js";
import { BlobQuarantine } from "../../common/storage/blob-quarantine.js";
import { openBucket } from "../../common/storage/bucket.js";
import { openSearch } from "../../common/search/open.js";
import { HASHES } from "./contents.js";
import type { Home } from "./entries.js";

type Run = () => Promise<number>;

/** What is measured, each as a function that resolves to how many items it found. */
export async function openSearches(db: Db, home: Home): Promise<Record<string, Run>> {
  const entries = new EntriesRepository(db);
  const search = openSearch({
    ...{ db, entries, contentIndex: new ContentIndexRepository(db), termHashes: HASHES },
    contentGate: { listWithheld: () => Promise.resolve(new Set()) },
    storage: { quarantine: new BlobQuarantine(openBucket(db)) },
    settings: { contentSearch: "on" },
  });
  const actor = { rootFolderId: null, home, scopes: new Set(["files:read"]) } as unknown as Actor;
  const folder = await new Access({ entries }).folder(actor, "root", "read");
  const listing = new EntryListing(db);
  const find = (asked: Partial<SearchQuery>) => async () => {
    const query = { match: "words", sort: "-date", limit: 100, total: false, ...asked } as const;
    return (await search.find(folder, query)).items.length;
  };
  return {
    "rare word": find({ q: "needle" }),
    "rare word, counted": find({ q: "needle", total: true }),
    "common word": find({ q: "invoice" }),
    "common word by name": find({ q: "invoice", sort: "name" }),
    "two common words": find({ q: "holiday 2021" }),
    "word that nothing has": find({ q: "nothing" }),
    "rare part": find({ q: "eedl", match: "anywhere" }),
    "common part": find({ q: "voic", match: "anywhere" }),
    "part of one character": find({ q: "z", match: "anywhere" }),
    "part that nothing has": find({ q: "qqq", match: "anywhere" }),
    tag: find({ tag: "tax" }),
    "images of more than 1 MB": find({ type: "image", minBytes: 1_000_000 }),
    "images of more than 1 MB by name": find({ type: "image", minBytes: 1_000_000, sort: "name" }),
    "rare word of content": find({ content: "needle" }),
    "word of one content": find({ content: "only77" }),
    "word of a tenth of contents": find({ content: "tenth" }),
    "word of a tenth of contents by name": find({ content: "tenth", sort: "name" }),
    "word of all contents": find({ content: "everywhere" }),
    "word of content that nothing has": find({ content: "nothing" }),
    "common and rare word of content": find({ content: "everywhere needle" }),
    "common word of content, rare name": find({ content: "everywhere", q: "needle" }),
    "common word of content, other common one": find({ content: "everywhere word20" }),
    everything: find({}),
    "list of the root": async () => {
      const query = { limit: 100, total: false, sort: "name" } as const;
      const key = { ownerId: home.ownerId, parentId: home.rootFolderId };
      return (await listing.children(key, query)).items.length;
    },
  };
}
