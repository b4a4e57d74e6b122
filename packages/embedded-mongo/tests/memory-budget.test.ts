import { describe, expect, test } from "@jest/globals";
import { Arena, MemoryBudget } from "../src/memory-budget.js";

describe("A memory budget", () => {
  test("is one for all its shares, and says who holds the rest", () => {
    const budget = new MemoryBudget(100);
    const [one, other] = [budget.share(), budget.share()];

    one.take(60, "Sort");

    expect(() => {
      other.take(50, "$group");
    }).toThrow(expect.objectContaining({ code: 292, message: expect.stringContaining("60") }));
  });

  test("has room again as soon as a share is released", () => {
    const budget = new MemoryBudget(100);
    const [one, other] = [budget.share(), budget.share()];
    one.take(100, "Sort");

    one.release();
    one.release();
    other.take(100, "Sort");

    expect(budget.takenBytes).toBe(100);
  });

  test("lets a share take nothing after its release: its cursor was killed", () => {
    const share = new MemoryBudget(100).share();
    share.release();

    expect(() => {
      share.take(1, "Sort");
    }).toThrow(expect.objectContaining({ code: 237 }));
  });

  test("reclaims what nobody uses before it refuses", () => {
    const idle: { release(): void }[] = [];
    const budget = new MemoryBudget(100, () => {
      const share = idle.pop();
      share?.release();
      return share !== undefined;
    });
    const [forgotten, wanted] = [budget.share(), budget.share()];
    forgotten.take(90, "Sort");
    idle.push(forgotten);

    wanted.take(50, "Sort");

    expect(budget.takenBytes).toBe(50);
  });
});

test("An arena gives copies that keep their bytes, whatever their size", () => {
  const arena = new Arena();
  const sizes = [0, 1, 7, 100_000, 200_000, 300_000, 5, 1_000_000];
  const originals = sizes.map((size, index) => Buffer.alloc(size, index + 1));

  const copies = originals.map((original) => arena.copy(original));

  expect(copies.map((copy, index) => copy.equals(originals[index] ?? copy))).not.toContain(false);
});
