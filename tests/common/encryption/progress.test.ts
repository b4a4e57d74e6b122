import { describe, expect, test } from "@jest/globals";
import { formatBytes, formatCount, ProgressBar } from "../../../common/encryption/progress.js";

/** A bar whose clock is set by hand. */
function barOn(isTTY: boolean) {
  const clock = { now: 0 };
  let written = "";
  const write = (text: string) => {
    written += text;
    return true;
  };
  const output = { isTTY, write: write };
  const bar = new ProgressBar({ output, format: formatBytes, now: () => clock.now });
  return { bar, clock, written: () => written };
}

describe("Progress", () => {
  test("is a bar on a terminal, drawn over itself ten times a second at most, and taken away", () => {
    const { bar, clock, written } = barOn(true);

    bar.show({ done: 0, total: 100 });
    clock.now = 1000;
    bar.show({ done: 50, total: 100 });
    clock.now = 1050;
    bar.show({ done: 90, total: 100 });
    bar.clear();

    const line = `[${"#".repeat(15)}${"-".repeat(15)}] 50 %, 50 bytes of 100 bytes, 50 bytes/s`;
    expect(written()).toBe(`\r\u001b[K${line}\r\u001b[K`);
  });

  test("is a plain line now and then where there is no terminal", () => {
    const { bar, clock, written } = barOn(false);

    for (clock.now = 0; clock.now <= 20_000; clock.now += 1000) {
      bar.show({ done: clock.now * 1024, total: 20_000 * 1024 });
    }
    bar.clear();

    expect(written().split("\n")).toEqual([
      "50 %, 9.8 MiB of 19.5 MiB, 1000.0 KiB/s",
      "100 %, 19.5 MiB of 19.5 MiB, 1000.0 KiB/s",
      "",
    ]);
  });

  test("of nothing is whole", () => {
    const { bar, clock, written } = barOn(false);
    clock.now = 10_000;
    bar.show({ done: 0, total: 0 });

    expect(written()).toBe("100 %, 0 bytes of 0 bytes, 0 bytes/s\n");
    expect(formatCount(1_234_567)).toBe("1,234,567");
  });
});
