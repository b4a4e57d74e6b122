import { send } from "../http/api.js";
import { Problem } from "../http/problem.js";
import { sendBytes } from "./request.js";

const TUS = { "Tus-Resumable": "1.0.0" };

/** What a resumable upload is to become. */
export interface Plan {
  readonly file: File;
  readonly folderId: string;
  readonly onConflict: "version" | "rename";
}

/**
 * Creates a resumable upload (tus 1.0). It takes no signal: of a request that is given up, nobody knows whether there is an upload now.
 *
 * @returns Its path.
 * @throws Problem
 */
export async function createUpload({ file, folderId, onConflict }: Plan): Promise<string> {
  const metadata = {
    filename: file.name,
    folderId,
    onConflict,
    lastModified: String(file.lastModified),
    ...(file.type !== "" && { filetype: file.type }),
  };
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`);
  const { headers, url } = await send("POST", "/uploads", {
    headers: {
      ...TUS,
      "Upload-Length": String(file.size),
      "Upload-Metadata": pairs.join(","),
    },
  });
  return new URL(headers.get("Location") ?? "", url).pathname;
}

/** @returns How many bytes have arrived; `null` if there is no such upload any more. @throws Problem */
export async function offsetOf(path: string, signal?: AbortSignal): Promise<number | null> {
  try {
    const ask = { headers: TUS, ...(signal && { signal }) };
    const { headers } = await send("HEAD", path, ask);
    return Number(headers.get("Upload-Offset"));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Removes what has arrived. @throws Problem */
export async function removeUpload(path: string): Promise<void> {
  try {
    await send("DELETE", path, { headers: TUS });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

interface Rest {
  readonly file: File;
  readonly offset: number;
  readonly signal: AbortSignal;
  /** Is told how many bytes of the file are on their way. */
  readonly progressed: (bytes: number) => void;
}

/** Sends what is left of a file. @returns How many bytes have arrived. @throws Problem */
export async function sendRest(path: string, rest: Rest): Promise<number> {
  const { file, offset, signal, progressed } = rest;
  const { headers } = await sendBytes("PATCH", path, {
    headers: {
      ...TUS,
      Accept: "application/json",
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
    },
    body: file.slice(offset),
    signal,
    progressed: (bytes) => {
      progressed(offset + bytes);
    },
  });
  return Number(headers.get("Upload-Offset"));
}

const isGone = (error: unknown) =>
  error instanceof Problem && (error.status === 404 || error.status === 410);

const base64 = (text: string) =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
