import { crc32, deflateRawSync, deflateSync } from "node:zlib";

/** A member of an archive: what it holds, and how. */
interface MadeZipMember {
  readonly content?: string | Buffer;
  readonly isDeflated?: boolean;
  readonly isEncrypted?: boolean;
}

/** How an archive is made that is not the usual. */
interface ZipForm {
  /** What lies before its first member. */
  readonly before?: Buffer;
  readonly comment?: string;
  readonly isZip64?: boolean;
}

/** An archive in the format ZIP, with members by name in their order. */
export function zipOf(
  members: Readonly<Record<string, MadeZipMember>>,
  form: ZipForm = {},
): Buffer {
  const { before = Buffer.alloc(0), comment = "" } = form;
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, member] of Object.entries(members)) {
    const { head, packed } = zipMember(name, member);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), head, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), head, place, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = zipEnd({ count: centrals.length, sizeBytes: directory.length, at }, form);
  return Buffer.concat([before, ...locals, directory, end, Buffer.from(comment)]);
}

function zipMember(name: string, { content = "", isDeflated, isEncrypted }: MadeZipMember) {
  const bytes = Buffer.from(content);
  const packed = isDeflated === true ? deflateRawSync(bytes) : bytes;
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(isEncrypted === true ? 1 : 0, 2);
  head.writeUInt16LE(isDeflated === true ? 8 : 0, 4);
  head.writeUInt32LE(crc32(bytes), 10);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(bytes.length, 18);
  head.writeUInt16LE(Buffer.byteLength(name), 22);
  return { head, packed };
}

interface DirectoryFacts {
  readonly count: number;
  readonly sizeBytes: number;
  readonly at: number;
}

function zipEnd({ count, sizeBytes, at }: DirectoryFacts, { comment = "", isZip64 }: ZipForm) {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(isZip64 === true ? 0xffffffff : sizeBytes, 12);
  end.writeUInt32LE(isZip64 === true ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  if (isZip64 !== true) return end;
  const end64 = Buffer.alloc(56 + 20);
  end64.write("PK\x06\x06", "latin1");
  end64.writeBigUInt64LE(BigInt(sizeBytes), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  end64.write("PK\x06\x07", 56, "latin1");
  return Buffer.concat([end64, end]);
}

/** A document of Office Open XML whose main part has a content type. Its members come in the order in which Office does not write them. */
export function officeOf(main: string, members: readonly string[]): Buffer {
  const parts = `<Types><Override PartName="/x" ContentType="application/xml"/><Override PartName="/main.xml" ContentType="${main}"/></Types>`;
  const others = members.map((name) => [name, { content: "x".repeat(500) }] as const);
  return zipOf({
    ...Object.fromEntries(others),
    "[Content_Types].xml": { content: parts, isDeflated: true },
  });
}

/** A document or archive whose first member says what it is. */
export const declaredZip = (type: string, members: Parameters<typeof zipOf>[0] = {}) =>
  zipOf({ mimetype: { content: type }, "META-INF/manifest.xml": { content: "<m/>" }, ...members });

/** A compound file with entries of some names, whose root has a class. */
export function oleOf(names: readonly string[], classId = "00".repeat(16)): Buffer {
  const header = Buffer.alloc(512);
  header.write("d0cf11e0a1b11ae1", "hex");
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  const entries = ["Root Entry", ...names].map((name, index) =>
    oleEntry(name, index === 0 ? classId : ""),
  );
  const directory = Buffer.concat(entries);
  const sectors = Math.ceil(directory.length / 512);
  const table = Buffer.alloc(512, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  for (let n = 1; n <= sectors; n += 1)
    table.writeUInt32LE(n === sectors ? 0xfffffffe : n + 1, n * 4);
  return Buffer.concat([header, table, directory, Buffer.alloc(sectors * 512 - directory.length)]);
}

function oleEntry(name: string, classId: string): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, "utf16le");
  entry.writeUInt16LE(name.length * 2 + 2, 64);
  entry.writeUInt8(classId === "" ? 2 : 5, 66);
  entry.write(classId, 80, "hex");
  return entry;
}

/** A PDF with objects; some of them may be in a compressed object stream. */
export function pdfOf(objects: string, packed = ""): Buffer {
  const stream = deflateSync(packed);
  const dictionary = `9 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ${stream.length}>>`;
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n${objects}\n`,
      "latin1",
    ),
    Buffer.from(`${dictionary}stream\r\n`),
    stream,
    Buffer.from("\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
  ]);
}
