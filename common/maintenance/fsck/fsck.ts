import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import { type Check, CHECK_NAMES, type CheckName, type FsckMode } from "./finding.js";
import type { FsckRunDoc } from "./run.js";
import type { FsckHold, FsckRunsRepository } from "./runs-repository.js";

/** So many things are checked between two notes of the position. */
const BATCH = 200;

interface Deps {
  readonly runs: FsckRunsRepository;
  /** One for each name. */
  readonly checks: readonly Check[];
  readonly leaseMs: number;
  /** How long others get to finish what they are writing, in milliseconds, before what looks wrong is looked at again. */
  readonly patienceMs: number;
  readonly log: Logger;
}

/** How far a run has come. */
export interface FsckProgress {
  readonly check: CheckName;
  readonly checked: number;
  readonly total: number;
}

/**
 * Checks that all that is stored belongs together, while others work. It inspects twice what looks wrong. Any process can resume an interrupted run
 * after its last batch.
 */
export class Fsck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Begins a run, unless one is running. @returns The one that runs from then on, maybe in another mode. */
  async start(mode: FsckMode): Promise<FsckRunDoc> {
    const counts = await Promise.all(this.#deps.checks.map((check) => check.count()));
    return this.#deps.runs.start(
      mode,
      counts.reduce((sum, count) => sum + count, 0),
    );
  }

  /**
   * Resumes the run that is under way, and runs it to its end.
   *
   * @returns Whether it came to its end: `false` where there is none, another process is at it, or somebody cancelled it.
   */
  async run(
    signal: AbortSignal,
    onProgress: (progress: FsckProgress) => void = () => undefined,
  ): Promise<boolean> {
    const { runs, leaseMs, log } = this.#deps;
    const holder = newId();
    const run = await runs.acquire(holder);
    if (run === null) return false;
    const hold = { runId: run._id, holder };
    const lost = new AbortController();
    const renew = async () => {
      // What cannot be renewed now is tried again before the lease ends.
      if (!(await runs.renew(hold).catch(() => true))) lost.abort(new RunLostError());
    };
    const renewal = setInterval(() => void renew(), leaseMs / 3);
    try {
      await this.#checkAll(run, {
        hold,
        signal: AbortSignal.any([signal, lost.signal]),
        onProgress,
      });
      const isDone = await runs.finish(hold);
      if (isDone) log.info({ runId: run._id }, "Everything was checked");
      return isDone;
    } catch (error) {
      if (error instanceof RunLostError || lost.signal.aborted) return false;
      throw error;
    } finally {
      clearInterval(renewal);
      await runs.release(hold).catch(() => undefined);
    }
  }

  async #checkAll(run: FsckRunDoc, turn: Turn): Promise<void> {
    const first = CHECK_NAMES.indexOf(run.position.check);
    let { checked } = run;
    let { after } = run.position;
    for (const name of CHECK_NAMES.slice(first)) {
      const check = this.#deps.checks.find((each) => each.name === name);
      for (;;) {
        turn.onProgress({ check: name, checked, total: Math.max(run.total, checked) });
        const keys = (await check?.keysAfter(after, BATCH)) ?? [];
        if (check === undefined || keys.length === 0) break;
        await this.#checkSome(check, keys, { run, ...turn });
        after = keys.at(-1) ?? after;
        checked += keys.length;
        const isMine = await this.#deps.runs.advance(
          turn.hold,
          { check: name, after },
          keys.length,
        );
        if (!isMine) throw new RunLostError();
      }
      after = null;
    }
  }

  async #checkSome(
    check: Check,
    keys: readonly string[],
    { run, hold, signal }: Turn & { readonly run: FsckMode },
  ): Promise<void> {
    const suspects: string[] = [];
    for (const key of keys) {
      signal.throwIfAborted();
      if ((await check.inspect(key, run, signal)).length > 0) suspects.push(key);
    }
    if (suspects.length > 0) await sleep(this.#deps.patienceMs, undefined, { signal });
    for (const key of suspects) {
      for (const finding of await check.inspect(key, run, signal)) {
        const repair = run.isRepairing ? await check.repair(key, finding) : undefined;
        this.#deps.log.warn({ ...finding, repair }, "Something stored is wrong");
        await this.#deps.runs.add(hold, finding, repair ?? null);
      }
    }
  }
}

interface Turn {
  readonly hold: FsckHold;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FsckProgress) => void;
}

/** Another process is at it, or somebody cancelled the run. */
class RunLostError extends Error {}
