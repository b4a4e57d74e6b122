import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again, until the answer is yes; Jest's time limit is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}
