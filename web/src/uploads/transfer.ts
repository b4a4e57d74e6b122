import { apiUrl } from "../http/api.js";
import { Problem } from "../http/problem.js";
import { forget, remember } from "./remembered.js";
import { sendBytes } from "./request.js";
import { createUpload, offsetOf, sendRest } from "./tus.js";
import { isSmall, type Upload } from "./upload.js";
import { wait } from "./waiting.js";

/** How often in a row a server may fail without saying when to come back. */
const MOST_FAILURES = 8;
const LONGEST_WAIT_MS = 20_000;

/** Refusals of a moment: the same request, or one from another offset, can succeed later. */
const PASSING = new Set([
  ...["idempotency-key-in-use", "incomplete-body", "offset-conflict", "request-timeout"],
  ...["upload-published", "upload-taken-over"],
]);

/** What all transfers have in common. */
export interface Traffic {
  /** The server wants no request before this time, as `Date.now()` has it. */
  heldUntil: number;
  /** Called with how many bytes of a file are on their way. */
  readonly progressed: (upload: Upload, bytes: number) => void;
  /** Called with how many bytes of a file had arrived before. */
  readonly found: (upload: Upload, bytes: number) => void;
  /** Called with what the file waits for; `undefined`: it moves again. */
  readonly hindered: (upload: Upload, obstacle: Upload["obstacle"]) => void;
}

/**
 * Sends a file, however often the network breaks.
 *
 * @throws Problem if the server refuses the file; the signal's reason when it is aborted.
 */
export async function transfer(upload: Upload, traffic: Traffic): Promise<void> {
  const { signal } = upload.controller;
  for (let failures = 0; ;) {
    const before = upload.sentBytes;
    try {
      await passHold(upload, traffic);
      await (isSmall(upload.file) ? sendWhole(upload, traffic) : sendOn(upload, traffic));
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Problem)) throw error;
      // What was changed or removed on the disk looks as a broken connection does.
      if (error.status === 0) await expectReadable(upload.file);
      if (upload.sentBytes > before) failures = 0;
      const ms = waitAfter(error, failures++);
      if (ms === undefined) throw error;
      if (isBusy(error)) traffic.heldUntil = Math.max(traffic.heldUntil, Date.now() + ms);
      traffic.hindered(upload, error.status === 0 ? "network" : "server");
      await wait(ms, signal);
    }
  }
}

/** @returns How long to wait before the next try, in milliseconds; `undefined` if another would be refused, too. */
function waitAfter(problem: Problem, failures: number): number | undefined {
  const { status, code, retryAfter } = problem;
  const growing = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
  if (status === 0) return growing;
  if (isBusy(problem)) return retryAfter === undefined ? growing : retryAfter * 1000;
  const isPassing = PASSING.has(code) || (status >= 500 && status !== 507 && status !== 501);
  return isPassing && failures < MOST_FAILURES ? growing : undefined;
}

/** @throws Problem `file-unreadable` */
async function expectReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem(0, { code: "file-unreadable", title: "The file has changed or is gone" });
  }
}

const isBusy = ({ status }: Problem) => status === 429 || status === 503;

async function passHold(upload: Upload, traffic: Traffic): Promise<void> {
  for (;;) {
    const ms = traffic.heldUntil - Date.now();
    if (ms <= 0) break;
    traffic.hindered(upload, "server");
    await wait(ms, upload.controller.signal);
  }
  traffic.hindered(upload, undefined);
}

async function sendWhole(upload: Upload, { progressed }: Traffic): Promise<void> {
  const { file, terms, controller, idempotencyKey } = upload;
  const query = {
    name: file.name,
    folderId: await terms.folderId(),
    onConflict: terms.onConflict,
    modifiedAt: new Date(file.lastModified).toISOString(),
  };
  await sendBytes("PUT", apiUrl("/files", query), {
    headers: {
      Accept: "application/json",
      "Content-Type": file.type === "" ? "application/octet-stream" : file.type,
      "Idempotency-Key": idempotencyKey,
    },
    body: file,
    signal: controller.signal,
    progressed: (bytes) => {
      progressed(upload, Math.min(bytes, file.size));
    },
  });
}

/** Begins a resumable upload, or continues where the server is. */
async function sendOn(upload: Upload, { progressed, found, hindered }: Traffic): Promise<void> {
  const { file, terms } = upload;
  const { signal } = upload.controller;
  const { remotePath } = upload;
  let offset = remotePath === null ? null : await offsetOf(remotePath, signal);
  if (offset === null) {
    const folderId = await terms.folderId();
    signal.throwIfAborted();
    upload.remotePath = await createUpload({ file, folderId, onConflict: terms.onConflict });
    if (terms.key !== undefined) remember(terms.key, upload.remotePath);
    offset = 0;
  }
  found(upload, offset);
  while (offset < file.size) {
    signal.throwIfAborted();
    hindered(upload, undefined);
    offset = await sendRest(upload.remotePath ?? "", {
      file,
      offset,
      signal,
      progressed: (bytes) => {
        progressed(upload, bytes);
      },
    });
  }
  if (terms.key !== undefined) forget(terms.key);
}
