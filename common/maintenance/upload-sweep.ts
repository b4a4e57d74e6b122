import type { Logger } from "../platform/log.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { UploadDoc } from "../uploads/upload.js";

const BATCH = 100;

interface Deps {
  readonly uploads: UploadsRepository;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Finishes the uploads whose process is gone: what was decided to be published is, everything else is removed. */
export class UploadSweep {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns How many uploads were finished. One that fails is logged and left to the next sweep. */
  async run(signal: AbortSignal): Promise<number> {
    let finished = 0;
    const { uploads, now, log } = this.#deps;
    for (const upload of await uploads.listAbandoned(now(), BATCH)) {
      signal.throwIfAborted();
      try {
        await this.finish(upload);
        finished += 1;
      } catch (error) {
        log.error({ err: error, uploadId: upload._id }, "An abandoned upload was not finished");
      }
    }
    return finished;
  }

  /**
   * Publishes an upload that was decided to be published, and removes any other.
   *
   * @returns `false` when the request that sends it has renewed its lease since it was read: it goes on then.
   */
  async finish(upload: UploadDoc): Promise<boolean> {
    const { publisher, aborter, uploads } = this.#deps;
    if (upload.state === "published") await uploads.remove(upload.ownerId, upload._id);
    else if (!(await publisher.settle(upload))) return aborter.takeOver(upload);
    return true;
  }
}
