import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { newId } from "../../../common/platform/ids.js";
import { FairOrder } from "../../../common/queue/fair-order.js";

const [many, one] = [newId(), newId()];

describe("The fair order", () => {
  test("lets an account with one job wait for one job of each other account, not for all of them", () => {
    const order = new FairOrder("interactive");
    const ofMany = Array.from({ length: 10_000 }, () => order.next(many));
    const ofOne = order.next(one);

    expect(ofMany.filter((priority) => priority <= ofOne)).toHaveLength(1);
  });

  test("gives no place before the head of the queue, however long an account had nothing to do", () => {
    const order = new FairOrder("interactive");
    const ofMany = Array.from({ length: 100 }, () => order.next(many));
    order.advance(ofMany[50]);

    expect(order.next(one)).toBe(ofMany[50]);
  });

  test("begins at the front again when nothing waits", () => {
    const order = new FairOrder("interactive");
    const [first] = Array.from({ length: 100 }, () => order.next(many));
    order.advance(undefined);

    expect(order.next(many)).toBe(first);
  });

  test("puts background work behind all that people wait for, and is not moved by it", () => {
    const [interactive, background] = [new FairOrder("interactive"), new FairOrder("background")];
    const last = Array.from({ length: 5000 }, () => interactive.next(many)).at(-1) ?? NaN;
    const behind = background.next(one);
    expect(behind).toBeGreaterThan(last);

    interactive.advance(behind);
    expect(interactive.next(many)).toBe(1);
    background.advance(last);
    expect(background.next(one)).toBe(behind + 1);
  });

  test("keeps the order within an account, and stays within what BullMQ takes, whatever happens", () => {
    const owners = Array.from({ length: 4 }, newId);
    const step = fc.oneof(
      fc.record({ owner: fc.constantFrom(...owners, undefined) }),
      fc.record({ head: fc.integer({ min: 1, max: 3000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const order = new FairOrder("interactive");
        const last = new Map<string, number>();
        for (const each of steps) {
          if ("head" in each) order.advance(each.head);
          else {
            const priority = order.next(each.owner);
            expect(priority).toBeGreaterThanOrEqual(1);
            expect(priority).toBeLessThanOrEqual(2_000_000);
            if (each.owner === undefined) continue;
            expect(priority).toBeGreaterThan(last.get(each.owner) ?? 0);
            last.set(each.owner, priority);
          }
        }
      }),
    );
  });

  test("stays within the scale with more than a million jobs, and does not count owners without end", () => {
    const order = new FairOrder("background");
    let priority = 0;
    for (let n = 0; n < 1_000_010; n += 1) priority = order.next(many);
    expect(priority).toBe(2_000_000);
    for (let n = 0; n < 20_000; n += 1) expect(order.next(newId())).toBe(1_000_001);
  });
});
