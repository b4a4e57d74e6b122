import { decodeCursor, pageOf } from "../../platform/cursor.js";
import { NotFoundError } from "../../platform/errors.js";
import type { FsckMode } from "./finding.js";
import type { Fsck } from "./fsck.js";
import type { FsckRunDoc } from "./run.js";
import type { FsckRunsRepository } from "./runs-repository.js";

interface Deps {
  readonly fsck: Pick<Fsck, "start">;
  readonly runs: FsckRunsRepository;
}

/** The runs of fsck, in the hands of admins. A worker does the work. */
export class FsckAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Begins a run, unless one is running. @returns The one that runs from then on, maybe in another mode. */
  start(mode: FsckMode): Promise<FsckRunDoc> {
    return this.#deps.fsck.start(mode);
  }

  /** The run that began last. @throws NotFoundError when there was none. */
  async latest(): Promise<FsckRunDoc> {
    const run = await this.#deps.runs.findLatest();
    if (run === null) throw new NotFoundError("run");
    return run;
  }

  /** Stops the run that is under way, if there is one. What it has found and repaired stays. */
  cancel(): Promise<void> {
    return this.#deps.runs.cancel();
  }

  /**
   * What the run has found that began last, the first first.
   *
   * @throws NotFoundError when there was none.
   * @throws InvalidCursorError
   */
  async findings({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const { _id: runId } = await this.latest();
    const list = ["fsck", runId];
    const position = cursor === undefined ? undefined : decodeCursor(list, "number", cursor);
    const after = position && { foundAt: new Date(position.value), id: position.id };
    const found = await this.#deps.runs.listFindings(runId, after, limit + 1);
    return pageOf(found, {
      limit,
      list,
      positionOf: ({ foundAt, _id }) => ({ value: foundAt.getTime(), id: _id }),
    });
  }
}
