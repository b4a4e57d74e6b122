/** The boundary of every form that the tests write by hand. */
export const BOUNDARY = "----tests";

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export const CLOSING = `--${BOUNDARY}--\r\n`;

/** A part with these header lines. */
export function part(header: readonly string[], content: string | Buffer = ""): Buffer {
  const head = [`--${BOUNDARY}`, ...header, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from("\r\n")]);
}

/** A part with a file. `parameter` names it, for example `filename="a.txt"`. */
export function filePart(parameter: string, content: string | Buffer = "hello"): Buffer {
  return part([`Content-Disposition: form-data; name="file"; ${parameter}`], content);
}

/** Pieces of a body, one after the other. */
export const body = (...pieces: readonly (string | Buffer)[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
