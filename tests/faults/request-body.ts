import { newId } from "../../common/platform/ids.js";
import type { Content } from "../support/content.js";

/** The beginning of a body, no longer than so many bytes. */
export function* beginningOf(bytes: Iterable<Buffer>, length: number): Generator<Buffer, void> {
  let left = length;
  for (const piece of bytes) {
    if (left <= 0) return;
    yield piece.subarray(0, left);
    left -= piece.length;
  }
}

/** The beginning of a body, after which its connection breaks. */
export function* cutAfter(bytes: Iterable<Buffer>, length: number): Generator<Buffer, void> {
  yield* beginningOf(bytes, length);
  throw new Error("The client went away");
}

/** A form of files, made while it is sent. */
export function formOf(files: readonly { readonly name: string; readonly content: Content }[]): {
  readonly headers: Record<string, string>;
  readonly body: Iterable<Buffer>;
} {
  const boundary = newId();
  return {
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    body: (function* () {
      for (const { name, content } of files) {
        const disposition = `Content-Disposition: form-data; name="file"; filename="${name}"`;
        yield Buffer.from(`--${boundary}\r\n${disposition}\r\n\r\n`);
        yield* content.bytes();
        yield Buffer.from("\r\n");
      }
      yield Buffer.from(`--${boundary}--\r\n`);
    })(),
  };
}
