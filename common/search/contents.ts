import type { ContentIndexRepository, FoundContent } from "../content-index/repository.js";
import type { TermHashes, Terms } from "../content-index/terms.js";
import { wordsOf } from "../content-index/words.js";
import type { Entry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { ContentGate } from "../versions/content-gate.js";
import type { Condition } from "./conditions.js";
import { ContentSearchOffError } from "./errors.js";

/** Of the words that are asked for, so many are counted to find out which is the rarest. */
const MOST_COUNTED = 8;

/** The words that a content must have, all of them, as they are stored under each key. */
export interface WantedWords {
  readonly ownerId: Id;
  readonly queries: readonly Terms[];
}

/** The condition that a file shows one of a few contents. */
interface FewContents {
  readonly condition: Condition;
  readonly count: number;
}

interface Deps {
  readonly contentIndex: Pick<ContentIndexRepository, "count" | "find" | "listHaving">;
  readonly termHashes: Pick<TermHashes, "all">;
  readonly contentGate: Pick<ContentGate, "listWithheld">;
  readonly quarantine: Pick<BlobQuarantine, "listMarked">;
  readonly isContentSearched: boolean;
}

/** Finds files by the words of what they show. */
export class ContentSearch {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What a text asks for; `undefined` where it asks for nothing.
   *
   * @throws ContentSearchOffError where the words of contents are not stored.
   */
  wanted(ownerId: Id, text: string | undefined): WantedWords | undefined {
    if (text === undefined) return undefined;
    if (!this.#deps.isContentSearched) throw new ContentSearchOffError();
    // Long ones are rarer, as a rule.
    const words = [...new Set(wordsOf(text))].sort((a, b) => b.length - a.length);
    return { ownerId, queries: this.#deps.termHashes.all(ownerId, words) };
  }

  /** The files whose contents have all words. @returns `undefined` where more than `most` contents would have to be read to know. */
  async few({ ownerId, queries }: WantedWords, most: number): Promise<FewContents | undefined> {
    const found: FoundContent[] = [];
    for (const query of queries) {
      const rarest = await this.#rarestOf(query, most - found.length);
      if (rarest === undefined) return undefined;
      if (rarest.count > 0)
        found.push(...(await this.#deps.contentIndex.find(ownerId, query, rarest.term)));
    }
    const fileIds = found.map(({ fileId }) => fileId);
    const versionIds = found.map(({ _id }) => _id);
    const filter = { _id: { $in: fileIds }, versionId: { $in: versionIds } };
    return { condition: { filter, index: { _id: 1 } }, count: found.length };
  }

  /** Those entries that have all words, in their order. */
  async having(
    { ownerId, queries }: WantedWords,
    entries: readonly Entry[],
  ): Promise<readonly Entry[]> {
    const versionIds = entries.flatMap((entry) => (entry.kind === "file" ? entry.versionId : []));
    if (versionIds.length === 0) return [];
    const having = await this.#deps.contentIndex.listHaving(ownerId, versionIds, queries);
    return entries.filter((entry) => entry.kind === "file" && having.has(entry.versionId));
  }

  /** Without those entries whose content nobody is given: nothing is told of it either. */
  async served({ ownerId }: WantedWords, entries: readonly Entry[]): Promise<readonly Entry[]> {
    const files = entries.filter((entry) => entry.kind === "file");
    if (files.length === 0) return [];
    const { contentGate, quarantine } = this.#deps;
    const unready = files.filter(({ state }) => state !== "ready");
    const [withheld, marked] = await Promise.all([
      unready.length === 0
        ? new Set<Id>()
        : contentGate.listWithheld(
            [ownerId],
            unready.map(({ versionId }) => versionId),
          ),
      // The mark of a blob comes before the states of the versions that share it.
      quarantine.listMarked(files.map(({ blobId }) => blobId)),
    ]);
    return files.filter(
      ({ versionId, blobId }) => !withheld.has(versionId) && !marked.has(blobId.toHexString()),
    );
  }

  async #rarestOf({ terms }: Terms, most: number) {
    const counted = terms.slice(0, MOST_COUNTED);
    const counts = await Promise.all(
      counted.map((term) => this.#deps.contentIndex.count(term, most + 1)),
    );
    const count = Math.min(...counts);
    const term = counted[counts.indexOf(count)];
    return term === undefined || count > most ? undefined : { term, count };
  }
}
