import { describe, expect, test } from "@jest/globals";
import { Intake } from "../src/wire/intake.js";

function receiver() {
  return {
    calls: 0,
    readMore(): void {
      this.calls += 1;
    },
  };
}

describe("What unfinished messages hold", () => {
  test("is bounded: beyond it only the one that began first is read on", () => {
    const intake = new Intake(100);
    const [first, second, third] = [receiver(), receiver(), receiver()];

    expect(intake.admits(first, 60)).toBe(true);
    expect(intake.admits(second, 60)).toBe(false);
    expect(intake.admits(third, 0)).toBe(true);
    expect(intake.admits(first, 90)).toBe(true);
    expect(second.calls).toBe(0);

    intake.admits(first, 0);
    expect(second.calls).toBe(1);
  });

  test("goes back to the others when a receiver leaves, waiting or not", () => {
    const intake = new Intake(100);
    const [first, second, third] = [receiver(), receiver(), receiver()];
    intake.admits(first, 80);
    intake.admits(second, 50);
    intake.admits(third, 50);

    intake.leave(second);
    expect(third.calls).toBe(0);
    intake.leave(first);

    expect(third.calls).toBe(1);
    expect(second.calls).toBe(0);
  });
});
