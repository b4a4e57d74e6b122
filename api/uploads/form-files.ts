import type { Place } from "../../common/access/grants.js";
import { InvalidNameError, NameTakenError } from "../../common/entries/errors.js";
import { lastPathSegment } from "../../common/entries/name.js";
import type { UploadRequest } from "../../common/idempotency/keyed-request.js";
import {
  AppError,
  ContentTooLargeError,
  PreconditionFailedError,
} from "../../common/platform/errors.js";
import { QuotaExceededError } from "../../common/quota/errors.js";
import { DigestMismatchError } from "../../common/storage/errors.js";
import type { Upload } from "../../common/uploads/service.js";
import type { UploadIntent } from "../../common/uploads/upload.js";
import type { FilePart, Part } from "../http/multipart.js";

/** How much of the refused files of a form is read and thrown away, in bytes a request. */
const MOST_DRAINED_BYTES = 64 * 1024 ** 2;

/** A form was sent without any file in it. */
export class NoFileError extends AppError {
  readonly code = "no-file";
  constructor() {
    super("The form has no file; send at least one part with a file name");
  }
}

/** One file of a form: stored but not published yet, or refused for a reason of its own. */
export type ReceivedFile = { readonly upload: Upload } | { readonly refusal: AppError };

interface Form extends Pick<UploadIntent, "onConflict" | "condition"> {
  readonly request: UploadRequest;
  readonly place: Place;
  readonly budget: DrainBudget;
}

/**
 * Stores the files of a form one after the other, as they arrive.
 *
 * @returns All files, once the form is complete.
 * @throws {@link NoFileError}, and whatever breaks the form.
 */
export async function receiveFiles(
  parts: AsyncIterable<Part>,
  form: Form,
): Promise<ReceivedFile[]> {
  const received: ReceivedFile[] = [];
  for await (const part of parts) {
    form.budget.stopDraining();
    if (part.kind !== "file") continue;
    const file = await receiveFile(part, form);
    if ("refusal" in file) form.budget.startDraining(file.refusal);
    received.push(file);
  }
  if (received.length === 0) throw new NoFileError();
  return received;
}

async function receiveFile(part: FilePart, form: Form): Promise<ReceivedFile> {
  const { request, place, onConflict, condition } = form;
  const name = lastPathSegment(part.fileName);
  const { claimedType, claimedDigests: known } = part;
  const intent = { name, claimedType, expectedBytes: undefined, onConflict, condition };
  try {
    const upload = await request.admit(place, intent);
    await upload.receive(part.bytes, { known });
    return { upload };
  } catch (error) {
    if (isAboutOneFile(error)) return { refusal: error };
    throw error;
  }
}

function isAboutOneFile(error: unknown): error is AppError {
  return (
    error instanceof InvalidNameError ||
    error instanceof ContentTooLargeError ||
    error instanceof DigestMismatchError ||
    error instanceof NameTakenError ||
    error instanceof PreconditionFailedError ||
    error instanceof QuotaExceededError
  );
}

/**
 * A refused file does not refuse the others of its form: its bytes are skipped. But not without end: a client that goes on sending a
 * large one gets the refusal before all of it has arrived, and then nothing of the form is stored.
 */
export class DrainBudget {
  #refusal: AppError | undefined;
  #drainedBytes = 0;

  /** From now on what arrives is thrown away. */
  startDraining(refusal: AppError): void {
    this.#refusal = refusal;
  }

  /** From now on what arrives is wanted. */
  stopDraining(): void {
    this.#refusal = undefined;
  }

  /** Passes a body through. @throws The refusal, once too much was thrown away for it. */
  async *meter(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const bytes of body) {
      if (this.#refusal !== undefined) {
        this.#drainedBytes += bytes.length;
        if (this.#drainedBytes > MOST_DRAINED_BYTES) throw this.#refusal;
      }
      yield bytes;
    }
  }
}
