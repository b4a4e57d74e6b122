import { describe, expect, test } from "@jest/globals";
import { batchLoader } from "../../../common/platform/batch-loader.js";

/** Doubles numbers, and keeps what it was asked together. */
function doubling({ most }: { most: number }) {
  const batches: (readonly number[])[] = [];
  const double = batchLoader((numbers: readonly number[]) => {
    batches.push(numbers);
    return Promise.resolve(numbers.map((number) => number * 2));
  }, most);
  return { batches, double };
}

describe("Keys that are loaded in one turn of the event loop", () => {
  test("are one command, and each gets its own value", async () => {
    const { batches, double } = doubling({ most: 10 });
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test("are several commands where they are more than one may have", async () => {
    const { batches, double } = doubling({ most: 2 });
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2], [3]]);
  });

  test("do not wait for those that are under way", async () => {
    const { batches, double } = doubling({ most: 10 });
    const never = batchLoader(() => new Promise<never>(() => undefined), 1);
    void never(0);
    expect(await double(1)).toBe(2);
    expect(await double(2)).toBe(4);
    expect(batches).toEqual([[1], [2]]);
  });

  test("all fail when their command fails, and the next ones do not", async () => {
    let isAway = true;
    const ask = batchLoader(
      (questions: readonly number[]) =>
        isAway ? Promise.reject(new Error("away")) : Promise.resolve(questions),
      10,
    );
    const outcomes = await Promise.allSettled([ask(1), ask(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isAway = false;
    expect(await ask(3)).toBe(3);
  });
});
