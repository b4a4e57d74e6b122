import { InvalidNameError, lastPathSegment, NameTakenError } from "../../common/entries/name.js";
import { AppError, PreconditionFailedError } from "../../common/platform/errors.js";
import { QuotaExceededError } from "../../common/quota/errors.js";
import { ContentTooLargeError, DigestMismatchError } from "../../common/uploads/errors.js";
import type { UploadIntent } from "../../common/uploads/admission.js";
import type { UploadSteps } from "../../common/uploads/incoming-upload.js";
import type { FilePart, Part } from "../http/multipart.js";
import type { DrainBudget } from "./drain-budget.js";

/** A form was sent without any file in it. */
export class NoFileError extends AppError {
  readonly code = "no-file";
  constructor() {
    super("The form has no file; send at least one part with a file name");
  }
}

/** One file of a form: stored but not shown yet, or refused for a reason of its own. */
export type ReceivedFile = { readonly upload: UploadSteps } | { readonly refusal: AppError };

interface Options {
  readonly parts: AsyncIterable<Part>;
  readonly budget: DrainBudget;
  readonly begin: (intent: Omit<UploadIntent, "onConflict" | "condition">) => Promise<UploadSteps>;
}

/**
 * Stores the files of a form one after the other, as they arrive. When the form itself is broken nothing of it stays.
 *
 * @returns All files, once the form is complete.
 * @throws {@link NoFileError}, and whatever breaks the form.
 */
export async function receiveForm({ parts, budget, begin }: Options): Promise<ReceivedFile[]> {
  const received: ReceivedFile[] = [];
  try {
    for await (const part of parts) {
      budget.stopDraining();
      if (part.kind !== "file") continue;
      const file = await receiveFile(part, begin);
      if ("refusal" in file) budget.startDraining(file.refusal);
      received.push(file);
    }
  } catch (error) {
    await abortAll(received);
    throw error;
  }
  if (received.length === 0) throw new NoFileError();
  return received;
}

async function receiveFile(part: FilePart, begin: Options["begin"]): Promise<ReceivedFile> {
  try {
    const upload = await begin({
      name: lastPathSegment(part.fileName),
      claimedType: part.claimedType,
      expectedBytes: undefined,
    });
    await upload.receive(part.bytes, { known: part.claimedDigests });
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

/** What cannot be removed now is removed by the sweep: the client hears what broke the form. */
async function abortAll(received: readonly ReceivedFile[]): Promise<void> {
  for (const file of received) {
    if ("upload" in file) await file.upload.abort().catch(() => undefined);
  }
}
