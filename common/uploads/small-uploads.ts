import { Long } from "mongodb";
import type { NamedWrites, OrderedWrites, WriteResults } from "../platform/ordered-writes.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { Aborter } from "./aborter.js";
import { ledgerEntry, type PreparedUpload } from "./admission.js";
import { concludeUpload, type OnPublished } from "./conclude.js";
import type { Published, Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import { decidedUpload, type UploadDoc } from "./upload.js";

interface Deps {
  readonly uploads: UploadsRepository;
  readonly writes: OrderedWrites;
  readonly quotas: Pick<QuotaRepository, "reservation">;
  readonly blobs: BlobStore;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly now: () => Date;
  readonly onPublished: OnPublished;
}

/**
 * Enters, stores and publishes what is small and all there: the same writes as of any upload, in the same order, but in one command.
 * So a crash leaves what it leaves of any upload, and the sweep finishes it.
 */
export class SmallUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param content - At most one frame.
   * @returns `undefined` when one of the writes up to the decision was refused; nothing is stored then.
   * @throws PreconditionFailedError, NameTakenError; nothing is stored then.
   */
  async publish(
    prepared: PreparedUpload,
    content: Buffer,
    written: WrittenBlob,
  ): Promise<Published | undefined> {
    const { uploads, quotas, blobs, publisher, now } = this.#deps;
    const upload = ledgerEntry(prepared, now());
    const reservation = { uploadId: upload._id, bytes: Long.fromNumber(content.length) };
    const decided = decidedUpload(upload, written, upload.leaseUntil);
    const first = publisher.firstTry(decided, content.length);
    const results = await this.#run(upload, {
      entered: uploads.insertion(upload),
      reserved: quotas.reservation(upload.ownerId, reservation, prepared.limitBytes),
      ...blobs.writesOf(upload, content, written),
      decided: uploads.decision(decided),
      ...first.writes,
    });
    if (results.decided === undefined) {
      if (results.entered !== undefined) await this.#deps.aborter.abort(upload);
      return undefined;
    }
    return concludeUpload(this.#deps, decided, () => first.finish(results));
  }

  async #run<W extends NamedWrites>(upload: UploadDoc, writes: W): Promise<WriteResults<W>> {
    try {
      return await this.#deps.writes.run(writes);
    } catch (error) {
      // It stays where it was decided after all. What cannot be removed now is removed by the sweep.
      await this.#deps.aborter.abort(upload).catch(() => undefined);
      throw error;
    }
  }
}
