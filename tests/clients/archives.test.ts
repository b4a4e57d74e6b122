import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { type ArchiveFormat, bodyBytesOf } from "../../common/archives/format.js";
import { tarFormat } from "../../common/archives/tar.js";
import { zipFormat } from "../../common/archives/zip.js";
import { isLong } from "../support/long.js";
import { file, folder, makeArchive, type MadeMember, zeros } from "../support/made-archives.js";
import { needs } from "../support/needs.js";
import { type ArchiveReader, TAR_READERS, ZIP_READERS } from "./archive-readers.js";

const GIB = 1024 ** 3;

/** Names that formats without UTF-8 would garble, long paths, empty things, and text that looks like a path of a program. */
const MEMBERS = [
  folder("empty"),
  folder("Fotos"),
  file("Fotos/Übergröße 写真 🎉.txt", Buffer.from("grüße\n")),
  file("Fotos/leer.bin", Buffer.alloc(0)),
  file("-rf", Buffer.from("an option?")),
  file("zeros.bin", Buffer.alloc(300_000)),
  file(Array.from({ length: 12 }, () => "long folder".repeat(7)).join("/"), Buffer.from("deep")),
  file("old.txt", Buffer.from("old"), new Date("1981-01-02T03:04:06Z")),
];

const MANY = Array.from({ length: 70_000 }, (_, index) =>
  file(`${index % 70}/${index}`, Buffer.from(String(index))),
);

const BEHIND = file("behind", Buffer.from("found"));

const FILES = MEMBERS.filter(({ kind }) => kind === "file");

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-archives-"));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

interface Stored {
  readonly name: string;
  readonly format: ArchiveFormat;
  readonly members: readonly MadeMember[];
}

/** Writes an archive into a file, once. Large contents are holes of the file, which are read as zeros. */
async function store({ name, format, members }: Stored): Promise<string> {
  const path = join(scratch, name);
  if (existsSync(path)) return path;
  const archive = makeArchive(format, members);
  const target = await open(path, "w");
  let at = 0;
  let headAt = 0;
  const copy = async (to: number) => {
    for await (const piece of archive.read({ first: at, last: to - 1 })) {
      await target.write(piece, 0, piece.length, at);
      at += piece.length;
    }
  };
  for (const member of members) {
    const contentAt = headAt + format.head(member).length;
    if (member.sizeBytes >= GIB) {
      await copy(contentAt);
      at = contentAt + member.sizeBytes;
    }
    headAt += bodyBytesOf(format, member);
  }
  await copy(archive.sizeBytes);
  await target.close();
  return path;
}

const newFolder = (name: string) => {
  const path = mkdtempSync(join(scratch, name));
  mkdirSync(path, { recursive: true });
  return path;
};

const FORMATS = [
  { name: "zip", format: zipFormat, readers: ZIP_READERS },
  { name: "tar", format: tarFormat, readers: TAR_READERS },
] as const;

const CASES = FORMATS.flatMap(({ name, format, readers }) =>
  readers.map((reader) => ({ kind: name, format, reader })),
);

const paths = (reader: ArchiveReader, archive: string) =>
  reader.list(archive).map((path) => path.replace(/\/$/, ""));

describe.each(CASES)("$reader.name, with a $kind of ours", ({ kind, format, reader }) => {
  const { test } = needs(reader.needs);

  test("finds everything as it was, with its time", async () => {
    const archive = await store({ name: `small.${kind}`, format, members: MEMBERS });
    const into = newFolder("small-");

    reader.check(archive);
    reader.extract(archive, into);

    const seconds = (at: number) => Math.floor(at / 1000);
    const found = FILES.map(({ path }) => ({
      path,
      bytes: readFileSync(join(into, path)).toString("latin1"),
      ...(reader.keepsTimes && { seconds: seconds(statSync(join(into, path)).mtimeMs) }),
    }));
    expect(found).toEqual(
      FILES.map(({ path, bytes, sizeBytes, modifiedAt }) => ({
        path,
        bytes: bytes({ first: 0, last: sizeBytes - 1 }).toString("latin1"),
        ...(reader.keepsTimes && { seconds: seconds(modifiedAt.getTime()) }),
      })),
    );
    expect(statSync(join(into, "empty")).isDirectory()).toBe(true);
  });

  test("opens 70,000 members", async () => {
    const archive = await store({ name: `many.${kind}`, format, members: MANY });
    const into = newFolder("many-");

    reader.check(archive);
    reader.extract(archive, into, "69/69999");

    expect(readFileSync(join(into, "69/69999"), "utf8")).toBe("69999");
    expect(paths(reader, archive).join()).toBe(MANY.map(({ path }) => path).join());
  }, 400_000);

  test("opens contents of more than 4 and 8 GiB, and what lies behind them", async () => {
    // Nobody reads these contents here, so their checksums do not matter.
    const members = [zeros("5 GiB", 5 * GIB, 0), zeros("9 GiB", 9 * GIB, 0), BEHIND];
    const archive = await store({ name: `large.${kind}`, format, members });
    const into = newFolder("large-");

    reader.extract(archive, into, "behind");

    expect(readFileSync(join(into, "behind"), "utf8")).toBe("found");
    expect(paths(reader, archive)).toEqual(["5 GiB", "9 GiB", "behind"]);
  });
});

describe.each(ZIP_READERS)("$name, with a large content", (reader) => {
  const { test } = needs(reader.needs);

  test("finds its checksum, and then what lies behind it", async () => {
    // The long form needs ZIP64.
    const sizeBytes = isLong ? 4 * GIB + 1 : GIB / 16;
    const members = [zeros("large", sizeBytes, crc32OfZeros(sizeBytes)), BEHIND];
    const archive = await store({ name: "checked.zip", format: zipFormat, members });

    expect(() => {
      reader.check(archive);
    }).not.toThrow();
  });
});

function crc32OfZeros(sizeBytes: number): number {
  const piece = Buffer.alloc(16 * 1024 * 1024);
  let crc = 0;
  for (let at = 0; at < sizeBytes; at += piece.length) {
    crc = crc32(piece.subarray(0, Math.min(piece.length, sizeBytes - at)), crc);
  }
  return crc;
}
