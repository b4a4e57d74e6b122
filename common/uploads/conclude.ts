import type { Aborter } from "./aborter.js";
import { isRefusedForWhatIsThere } from "./errors.js";
import type { Published } from "./publisher.js";
import type { PublishableUpload, UploadDoc } from "./upload.js";

/** Called when an upload is published, with what the jobs need to know. */
export type OnPublished = (upload: UploadDoc, published: Published) => void;

interface Deps {
  readonly aborter: Pick<Aborter, "abort">;
  readonly onPublished: OnPublished;
}

/**
 * Publishes what was decided, or takes it away where it is refused for what is there. Any other failure leaves the decision
 * standing, and the sweep publishes later.
 *
 * @throws What `publish` throws.
 */
export async function concludeUpload(
  { aborter, onPublished }: Deps,
  upload: PublishableUpload,
  publish: () => Promise<Published>,
): Promise<Published> {
  try {
    const published = await publish();
    onPublished(upload, published);
    return published;
  } catch (error) {
    if (isRefusedForWhatIsThere(error)) await aborter.abort(upload);
    throw error;
  }
}
