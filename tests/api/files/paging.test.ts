import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SORT_ORDERS } from "../../../common/entries/listing.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** Names that fold to few different sort keys, and sizes of which there are few: most neighbours are equal in their order. */
const NAMES = ["a", "A", "á", "Á", "ä", "b", "B", "b\u0323", "z", "Ω", "ω", "0"];

async function walk(client: Client, query: string, between: (page: number) => Promise<void>) {
  const seen: string[] = [];
  let cursor: string | null = "";
  for (let page = 0; cursor !== null; page += 1) {
    const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { status, json } = await client.get(`/api/v1/files?${query}${from}`);
    expect(status).toBe(200);
    seen.push(...json.items.map(({ id }) => id));
    cursor = json.nextCursor;
    if (cursor !== null) await between(page);
  }
  return seen;
}

const storeNames = (client: Client) =>
  Promise.all(NAMES.map((name, n) => client.store(name, "x".repeat(n % 3))));

describe("Pages of a list", () => {
  test.each(SORT_ORDERS)(
    "sorted by %s visit each file once, while others come and go",
    async (sort) => {
      const client = await world().member();
      const stored = await storeNames(client);
      const kept = stored.filter((_, n) => n % 4 !== 3);
      const doomed = stored.filter((_, n) => n % 4 === 3);

      for (const limit of [1, 2, 5]) {
        const seen = await walk(client, `sort=${sort}&limit=${limit}`, async (page) => {
          const victim = doomed.shift();
          if (victim !== undefined) await client.delete(victim.links.content);
          if (page < 2) await client.store(`${"aB z"[page]}${limit}${page}`, "x");
        });

        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining(kept.map(({ id }) => id)));
      }
    },
  );

  test("of any size are the same list, sorted as the order says", async () => {
    const client = await world().member();
    await storeNames(client);
    const whole = new Map<string, string[]>();
    for (const sort of SORT_ORDERS) {
      whole.set(sort, await walk(client, `sort=${sort}`, () => Promise.resolve()));
    }

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SORT_ORDERS),
        fc.integer({ min: 1, max: 13 }),
        async (sort, limit) => {
          const seen = await walk(client, `sort=${sort}&limit=${limit}`, () => Promise.resolve());
          expect(seen).toEqual(whole.get(sort));
        },
      ),
      { numRuns: 20 },
    );
    for (const sort of ["date", "name", "size"]) {
      expect(whole.get(`-${sort}`)).toEqual(whole.get(sort)?.toReversed());
    }
  });
});
