import { type MultipartOptions, readMultipart } from "../../../api/http/multipart.js";

export const BOUNDARY = "----example";

export const OPTIONS: MultipartOptions = {
  contentType: `multipart/form-data; boundary=${BOUNDARY}`,
  maxFiles: 100,
  maxFields: 100,
  maxFieldBytes: 65_536,
};

/** Cuts bytes into packets of the given lengths, over and over; the last one is as long as it comes. */
export function packetsOf(body: Buffer, lengths: readonly number[]): Buffer[] {
  const packets: Buffer[] = [];
  for (let start = 0, n = 0; start < body.length; n += 1) {
    const length = lengths[n % lengths.length] ?? body.length;
    packets.push(body.subarray(start, start + length));
    start += length;
  }
  return packets;
}

/** A source that tells how much was asked of it, and whether it was ended. */
export function sourceOf(packets: Iterable<Buffer>) {
  const seen = { packets: 0, isEnded: false };
  async function* send(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (const packet of packets) {
        seen.packets += 1;
        yield await Promise.resolve(packet);
      }
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, source: send() };
}

/** Reads a whole form. */
export async function readForm(
  packets: Iterable<Buffer>,
  options: MultipartOptions = OPTIONS,
): Promise<WholePart[]> {
  const parts: WholePart[] = [];
  for await (const part of readMultipart(sourceOf(packets).source, options)) {
    if (part.kind === "field") parts.push(part);
    else {
      const { kind, fieldName, fileName, claimedType, bytes } = part;
      const content = (await readBytes(bytes)).toString("latin1");
      parts.push({ kind, fieldName, fileName, claimedType, content });
    }
  }
  return parts;
}

export async function readBytes(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A form of text; `\n` stands for the line breaks of the format. */
export function form(text: string): Buffer {
  return Buffer.from(text.replaceAll("\n", "\r\n"));
}

/** A form of one file, with the content `hello`, whose header is given. */
export function fileWith(header: string): Buffer {
  return form(`--${BOUNDARY}\n${header}\n\nhello\n--${BOUNDARY}--\n`);
}

/** A part as a test compares it: whole, with its content as latin1 text, one character a byte. */
export type WholePart =
  | { kind: "field"; fieldName: string; value: string }
  | {
      kind: "file";
      fieldName: string;
      fileName: string;
      claimedType: string | null;
      content: string;
    };

/** Writes a form as a browser does. */
export function encode(parts: readonly WholePart[]): Buffer {
  const pieces = parts.flatMap((part) => {
    const name = `Content-Disposition: form-data; name="${part.fieldName}"`;
    if (part.kind === "field") return [form(`--${BOUNDARY}\n${name}\n\n`), Buffer.from(part.value)];
    const type = part.claimedType === null ? "" : `\nContent-Type: ${part.claimedType}`;
    return [
      form(`--${BOUNDARY}\n${name}; filename="${part.fileName}"${type}\n\n`),
      Buffer.from(part.content, "latin1"),
    ];
  });
  const lines = pieces.map((piece, n) =>
    n % 2 === 0 ? piece : Buffer.concat([piece, form("\n")]),
  );
  return Buffer.concat([...lines, form(`--${BOUNDARY}--\n`)]);
}
