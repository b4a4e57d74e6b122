import type { Inspection } from "./inspection.js";
import type { BoundedSource } from "./source.js";

type OleKind = Pick<Inspection, "type" | "isActiveContent" | "isEncrypted">;

/** What file-type says of all of them. */
export const OLE = "application/x-cfb";

/** So many sectors of the directory are read: 512 entries or more. */
const MOST_SECTORS = 128;
/** The sectors of the allocation table that the header names. */
const NAMED_SECTORS = 109;
const ENTRY_BYTES = 128;

/** The types by a stream that only one of them has. */
const STREAMS: ReadonlyMap<string, string> = new Map([
  ["WordDocument", "application/msword"],
  ["Workbook", "application/vnd.ms-excel"],
  ["Book", "application/vnd.ms-excel"],
  ["PowerPoint Document", "application/vnd.ms-powerpoint"],
  ["__properties_version1.0", "application/vnd.ms-outlook"],
  ["VisioDocument", "application/vnd.visio"],
  ["Quill", "application/x-mspublisher"],
]);

/** The classes of installers, patches and transforms: the last 12 bytes are the same. */
const INSTALLER = /^8[246]100c00.{8}c000000000000046$/;

/** So much of the beginning and of the end of slides is searched for macros. */
const SEARCHED_BYTES = 4 * 1024 ** 2;

/** Slides say in a record of their own stream whether they have macros: a VbaInfoAtom, with `fHasMacros` and a version ([MS-PPT], §2.4.11). */
const VBA_INFO = Buffer.from("020000040c000000", "hex");
const HAS_MACROS = Buffer.from("0100000002000000", "hex");
const HAS_MACROS_AT = 12;

const MACROS = new Set(["Macros", "_VBA_PROJECT_CUR", "VBA", "_VBA_PROJECT"]);

/** What a compound file is ([MS-CFB]): by the names in its directory. */
export async function oleKind(source: BoundedSource): Promise<OleKind> {
  const entries = await directoryOf(source);
  const names = new Set(entries.map(({ name }) => name));
  const stream = [...STREAMS.keys()].find((name) => names.has(name));
  const isInstaller = INSTALLER.test(entries[0]?.classId ?? "");
  const found = stream === undefined ? OLE : (STREAMS.get(stream) ?? OLE);
  const hasMacros =
    [...names].some((name) => MACROS.has(name)) ||
    (found === "application/vnd.ms-powerpoint" && (await hasSlideMacros(source)));
  return {
    type: isInstaller ? "application/x-msi" : found,
    isActiveContent: isInstaller || hasMacros,
    isEncrypted: names.has("EncryptedPackage"),
  };
}

async function hasSlideMacros(source: BoundedSource): Promise<boolean> {
  const first = await source.read(0, SEARCHED_BYTES);
  if (saysMacros(first)) return true;
  const unread = source.sizeBytes - first.length;
  return saysMacros(await source.readLast(Math.min(SEARCHED_BYTES, unread)));
}

function saysMacros(part: Buffer): boolean {
  for (let at = part.indexOf(VBA_INFO); at !== -1; at = part.indexOf(VBA_INFO, at + 1)) {
    const said = part.subarray(at + HAS_MACROS_AT, at + HAS_MACROS_AT + HAS_MACROS.length);
    if (said.equals(HAS_MACROS)) return true;
  }
  return false;
}

interface OleEntry {
  readonly name: string;
  /** Hexadecimal; of the first entry, it is the class of the file. */
  readonly classId: string;
}

async function directoryOf(source: BoundedSource): Promise<OleEntry[]> {
  const header = await source.read(0, 512);
  if (header.length < 512) return [];
  const shift = header.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) return [];
  const sectors = new Sectors(source, header, 2 ** shift);
  const entries: OleEntry[] = [];
  let sector = header.readUInt32LE(48);
  for (let read = 0; read < MOST_SECTORS; read += 1) {
    const bytes = await sectors.read(sector);
    if (bytes.length === 0) break;
    entries.push(...entriesIn(bytes));
    sector = await sectors.next(sector);
  }
  return entries;
}

function entriesIn(bytes: Buffer): OleEntry[] {
  const entries: OleEntry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const nameBytes = Math.min(64, bytes.readUInt16LE(at + 64)) & ~1;
    const name = bytes.toString("utf16le", at, at + Math.max(0, nameBytes - 2));
    if (bytes[at + 66] !== 0)
      entries.push({ name, classId: bytes.toString("hex", at + 80, at + 96) });
  }
  return entries;
}

/** The sectors of a compound file, and which comes after which. */
class Sectors {
  readonly #source: BoundedSource;
  readonly #header: Buffer;
  readonly #sectorBytes: number;
  readonly #tables = new Map<number, Buffer>();

  constructor(source: BoundedSource, header: Buffer, sectorBytes: number) {
    this.#source = source;
    this.#header = header;
    this.#sectorBytes = sectorBytes;
  }

  /** Empty where there is no such sector. */
  read(sector: number): Promise<Buffer> {
    return this.#source.read((sector + 1) * this.#sectorBytes, this.#sectorBytes);
  }

  /** The sector after another one; some number that no sector has after the last. */
  async next(sector: number): Promise<number> {
    const perTable = this.#sectorBytes / 4;
    const n = Math.floor(sector / perTable);
    if (n >= NAMED_SECTORS) return 0xfffffffe;
    const table = this.#tables.get(n) ?? (await this.read(this.#header.readUInt32LE(76 + n * 4)));
    this.#tables.set(n, table);
    const at = (sector % perTable) * 4;
    return at + 4 <= table.length ? table.readUInt32LE(at) : 0xfffffffe;
  }
}
