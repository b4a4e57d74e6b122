import type { Db } from "mongodb";
import type { ContentIndexRepository } from "../content-index/repository.js";
import type { ContentIndexSettings } from "../content-index/settings.js";
import type { TermHashes } from "../content-index/terms.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { ContentGate } from "../versions/content-gate.js";
import { ContentSearch } from "./contents.js";
import { SearchRepository } from "./repository.js";
import { FileSearch, type SearchLimits } from "./service.js";

interface Options {
  readonly db: Db;
  readonly entries: Pick<EntriesRepository, "findLive">;
  readonly contentIndex: ContentIndexRepository;
  readonly termHashes: TermHashes;
  readonly contentGate: Pick<ContentGate, "listWithheld">;
  readonly storage: { readonly quarantine: Pick<BlobQuarantine, "listMarked"> };
  readonly settings: ContentIndexSettings;
  /** As {@link FileSearch} takes them. */
  readonly limits?: SearchLimits | undefined;
}

/** Opens the search by names and by contents. */
export function openSearch({ settings, limits, storage, ...given }: Options): FileSearch {
  const isContentSearched = settings.contentSearch === "on";
  const contents = new ContentSearch({ ...given, ...storage, isContentSearched });
  const search = new SearchRepository(given.db);
  return new FileSearch({ ...given, contents, search, ...(limits && { limits }) });
}
