import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe finds wrong with a page, as the id of the rule and the elements. Scripts have to be on. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // As the debugger evaluates: the page's policy allows no script of others.
  await page.evaluate(await readFile(AXE, "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: () => Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target)].join(" "));
  });
}
