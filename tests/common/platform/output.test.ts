import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { patientLines } from "../../../common/platform/output.js";

const LINE = `${"x".repeat(1023)}\n`;

test("Lines wait for a slow reader up to a limit, and what was dropped beyond is counted", async () => {
  const output = new PassThrough({ writableHighWaterMark: 0, readableHighWaterMark: 0 });
  const lines = patientLines(output);

  for (let written = 0; written < 3000; written += 1) lines.write(LINE);
  expect(output.writableLength).toBeLessThan(1.1 * 1024 ** 2);
  const read = text(output);
  while (output.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  lines.write("last\n");
  output.end();

  const all = await read;
  const keptLines = all.split(LINE).length - 1;
  expect(all).toContain(`"lines":${3000 - keptLines},"msg":"Log lines were dropped"`);
  expect(all.endsWith("last\n")).toBe(true);
});
