import type { Actor } from "../access/actor.js";
import type { Place } from "../access/grants.js";
import { AppError } from "../platform/errors.js";
import { newId, type Id } from "../platform/ids.js";
import type { Known } from "../uploads/admission.js";
import type { Published } from "../uploads/upload.js";
import type { EarlierUploads } from "./earlier-uploads.js";
import type { StoredAnswer } from "./entry.js";
import { type HeldKey, takenOver } from "./held-key.js";
import type { KeyClaims, RequestKey } from "./key-claims.js";
import type { IdempotencyRepository } from "./repository.js";

/** One try of a request that makes something. */
export interface Making {
  /** For what is made: the same in every try. So a try finds what an earlier one has made, and makes no second one. */
  readonly id: Id;
  /** Whether there was an earlier try, which may have made it. */
  readonly isRetry: boolean;
  /** What an earlier try has published; `undefined` when it has published nothing. */
  readonly published: Published | undefined;
  /** What is known of the one upload of the request when it is admitted. */
  uploadInto(place: Place): Pick<Known, "uploadId" | "before">;
}

interface Deps {
  readonly claims: KeyClaims;
  readonly keys: Pick<IdempotencyRepository, "fileWrite">;
  readonly earlierUploads: Pick<EarlierUploads, "settleOf">;
}

/** As `UploadRequests`, for requests that make something and bring no content. All that they say is in the digest of their key. */
export class OnceRequests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Answers a request: by `make`, or as it was answered before. A refusal is not kept.
   *
   * @param key - `undefined` when the request has none.
   * @throws IdempotencyKeyInUseError while another try is under way.
   * @throws IdempotencyKeyReusedError when the key names another request.
   * @throws Whatever `make` throws.
   */
  async answer(
    actor: Actor,
    key: RequestKey | undefined,
    make: (making: Making) => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    if (key === undefined) return make(keyless());
    const { held, isTakenOver } = await this.#deps.claims.claim(actor, key);
    if (held.entry.answer !== null) return held.entry.answer;
    const [published] = isTakenOver
      ? (await this.#deps.earlierUploads.settleOf(held)).values()
      : [];
    try {
      const making = this.#making(held, { isRetry: isTakenOver, published });
      const answer = await make(making);
      await held.finish(answer);
      return answer;
    } catch (error) {
      await held.release(() => Promise.resolve(published !== undefined || !isRefusal(error)));
      throw error;
    }
  }

  #making(held: HeldKey, earlier: Pick<Making, "isRetry" | "published">): Making {
    const { keys } = this.#deps;
    return {
      id: held.entry._id,
      ...earlier,
      uploadInto({ ownerId }) {
        // The entry names the upload before the ledger has it. Its content is that of the original.
        const file = { name: "", ownerId, uploadId: newId(), content: null };
        const before = { write: keys.fileWrite(held.entry, 0, file), refusal: takenOver() };
        return { uploadId: file.uploadId, before };
      },
    };
  }
}

const keyless = (): Making => ({
  id: newId(),
  isRetry: false,
  published: undefined,
  uploadInto: () => ({}),
});

/** Whether nothing was made. After any other error it may have been, or may be yet: the next try finds it by its id. */
const isRefusal = (error: unknown) => error instanceof AppError && error.code !== "unavailable";
