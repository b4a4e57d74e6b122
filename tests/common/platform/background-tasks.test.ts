import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { BackgroundTasks } from "../../../common/platform/background-tasks.js";
import { collectLogLines } from "../../api/http/log-lines.js";

describe("Tasks that nobody waits for", () => {
  test("are waited for by whoever stops the process", async () => {
    const background = new BackgroundTasks({ log: collectLogLines().log });
    const done: string[] = [];
    const slow = nextTurn().then(() => done.push("slow"));

    background.add(slow, "Left");
    await background.finish();
    done.push("finished");

    expect(done).toEqual(["slow", "finished"]);
  });

  test("are logged when they fail, and fail nobody else", async () => {
    const { log, lines } = collectLogLines();
    const background = new BackgroundTasks({ log });

    background.add(Promise.reject(new Error("away")), "Left to the sweep");
    await background.finish();

    expect(lines).toMatchObject([{ msg: "Left to the sweep", err: { message: "away" } }]);
  });
});
