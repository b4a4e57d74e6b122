import {
  FolderTooDeepError,
  InvalidNameError,
  NameTakenError,
} from "../../common/entries/errors.js";
import { splitSentName } from "../../common/entries/path.js";
import type { UploadRequest } from "../../common/idempotency/keyed-request.js";
import {
  AppError,
  ContentTooLargeError,
  InvalidRequestError,
  PreconditionFailedError,
} from "../../common/platform/errors.js";
import { QuotaExceededError } from "../../common/quota/errors.js";
import { DigestMismatchError } from "../../common/storage/errors.js";
import {
  GrantUsedUpError,
  NameNotAllowedError,
  TypeNotAllowedError,
} from "../../common/uploads/link-errors.js";
import type { Upload } from "../../common/uploads/service.js";
import type { UploadIntent } from "../../common/uploads/upload.js";
import { parseInstant } from "../http/instant.js";
import type { FieldPart, FilePart, Part } from "../http/multipart.js";
import type { Places } from "./place.js";
import { jsonPointer } from "../http/json-pointer.js";
import { withNameIn } from "../http/name-field.js";
import type { FormPlace } from "./form-place.js";

/** How much of the refused files of a form is read and thrown away, in bytes a request. */
const MOST_DRAINED_BYTES = 64 * 1024 ** 2;

/** A form was sent without any file in it. */
export class NoFileError extends AppError {
  readonly code = "no-file";
  constructor() {
    super("The form has no file; send at least one part with a file name");
  }
}

/** All files of a form are refused, with one code. The first one speaks for them; the others are told in `items`. */
export class RefusedFormError extends AppError {
  readonly code: AppError["code"];
  constructor(first: AppError, items: readonly object[]) {
    super(first.message, { ...first.facts, items });
    this.code = first.code;
  }
}

/** One file of a form: stored but not published yet, or refused for a reason of its own. */
export type ReceivedFile = { readonly upload: Upload } | { readonly refusal: AppError };

interface Form extends Pick<UploadIntent, "onConflict" | "condition"> {
  readonly request: UploadRequest;
  readonly place: FormPlace;
  readonly places: Pick<Places, "find">;
  readonly budget: DrainBudget;
}

/** What counts for one file. */
type FileTerms = Form & Pick<UploadIntent, "modifiedAt">;

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
  const namePointer = namePointers();
  let modifiedAt: Date | undefined;
  for await (const part of parts) {
    form.budget.stopDraining();
    if (part.kind === "field") {
      if (part.fieldName === "modifiedAt") modifiedAt = readModifiedAt(part);
      else form.place.take(part);
      continue;
    }
    form.place.use();
    const file = await receiveFile(part, { ...form, modifiedAt }, namePointer(part));
    modifiedAt = undefined;
    if ("refusal" in file) form.budget.startDraining(file.refusal);
    received.push(file);
  }
  if (received.length === 0) throw new NoFileError();
  form.place.end();
  return received;
}

/** A field before its file says when the content was made; an empty one, as pages send it, says nothing. @throws InvalidRequestError */
function readModifiedAt({ value }: FieldPart): Date | undefined {
  if (value === "") return undefined;
  const at = parseInstant(value);
  if (at !== undefined) return at;
  const detail = "modifiedAt must be an instant in UTC, such as 2026-01-31T09:30:00.000Z";
  throw new InvalidRequestError([{ in: "body", pointer: "/modifiedAt", detail }]);
}

/**
 * Where the form has the name of a file: the field, and the file's index among those of that field, as a JSON pointer into the form
 * that the OpenAPI document describes.
 */
function namePointers(): (part: FilePart) => string {
  const counts = new Map<string, number>();
  return ({ fieldName }) => {
    const index = counts.get(fieldName) ?? 0;
    counts.set(fieldName, index + 1);
    return jsonPointer([fieldName, String(index)]);
  };
}

async function receiveFile(
  part: FilePart,
  form: FileTerms,
  pointer: string,
): Promise<ReceivedFile> {
  const { request, onConflict, condition, modifiedAt } = form;
  const { folder, said } = form.place;
  const { folders: below, name } = splitSentName(part.fileName);
  const where = below.length === 0 ? said : JSON.stringify([said, below]);
  const { claimedType, claimedDigests: known } = part;
  const terms = { onConflict, condition, modifiedAt };
  const intent = { name, claimedType, expectedBytes: undefined, ...terms };
  try {
    const upload = await withNameIn({ in: "body", pointer }, () =>
      request.admit(() => form.places.find({ name, folder, below }), intent, where),
    );
    await upload.receive(part.bytes, { known });
    return { upload };
  } catch (error) {
    if (isAboutOneFile(error)) return { refusal: error };
    throw error;
  }
}

function isAboutOneFile(error: unknown): error is AppError {
  return (
    error instanceof FolderTooDeepError ||
    error instanceof InvalidNameError ||
    error instanceof ContentTooLargeError ||
    error instanceof DigestMismatchError ||
    error instanceof NameTakenError ||
    error instanceof PreconditionFailedError ||
    error instanceof QuotaExceededError ||
    error instanceof GrantUsedUpError ||
    error instanceof NameNotAllowedError ||
    error instanceof TypeNotAllowedError
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
