import type { Actor } from "../access/actor.js";
import type { Id } from "../platform/ids.js";
import type { Upload, Uploads } from "../uploads/service.js";
import type { UploadIntent, Published } from "../uploads/upload.js";
import type { EarlierUploads } from "./earlier-uploads.js";
import type { KeyClaims, RequestKey } from "./key-claims.js";
import {
  type FindPlace,
  KeyedRequest,
  type KeyedRequestDeps,
  type UploadRequest,
} from "./keyed-request.js";

interface Deps extends KeyedRequestDeps {
  readonly claims: KeyClaims;
  readonly earlierUploads: EarlierUploads;
}

/**
 * Lets a request be sent again under the same key without storing anything twice (The Idempotency-Key HTTP Header Field,
 * draft-ietf-httpapi-idempotency-key-header). One try at a time works on a request, under a lease; a try that takes the request over
 * first settles what the try before has begun. A request without a key is handled by the same calls.
 */
export class UploadRequests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param key - `undefined` when the request has none.
   * @throws IdempotencyKeyInUseError while another try is under way.
   * @throws IdempotencyKeyReusedError when the key names another request.
   */
  async begin(actor: Actor, key: RequestKey | undefined): Promise<UploadRequest> {
    if (key === undefined) return new KeylessRequest(this.#deps.uploads);
    const { held, isTakenOver } = await this.#deps.claims.claim(actor, key);
    const published = isTakenOver ? await this.#deps.earlierUploads.settleOf(held) : NOTHING;
    return new KeyedRequest(this.#deps, held, published);
  }
}

const NOTHING: ReadonlyMap<Id, Published> = new Map();

/** A request without a key: nothing is kept, and what is released is aborted. */
class KeylessRequest implements UploadRequest {
  readonly isRepeat = false;
  readonly #uploads: Uploads;
  readonly #admitted: Upload[] = [];

  constructor(uploads: Uploads) {
    this.#uploads = uploads;
  }

  async admit(findPlace: FindPlace, intent: UploadIntent): Promise<Upload> {
    const upload = await this.#uploads.admit(await findPlace(), intent);
    this.#admitted.push(upload);
    return upload;
  }

  findAnswer(): undefined {
    return undefined;
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async release(): Promise<void> {
    for (const upload of this.#admitted) await upload.abort().catch(() => undefined);
  }
}
