import { execFileSync } from "node:child_process";
import { findSevenZip, type ProgramName, PYTHON } from "../support/programs.js";

/** A program that reads archives. Each call throws where the program finds a fault. */
export interface ArchiveReader {
  readonly name: string;
  readonly needs: ProgramName;
  /** Whether what it extracts has the times of the archive. */
  readonly keepsTimes: boolean;
  /** Reads all of an archive and compares each content with its checksum, where the format has one. */
  readonly check: (archive: string) => void;
  /** Extracts into a folder that exists: all, or one member alone. */
  readonly extract: (archive: string, into: string, member?: string) => void;
  readonly list: (archive: string) => string[];
}

// Names are UTF-8 for these programs only where the locale says so.
const run = (program: string, args: readonly string[], cwd?: string) =>
  execFileSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });

const lines = (text: string) => text.split("\n").filter((line) => line !== "");
const python = (program: string, ...args: readonly string[]) =>
  run(PYTHON, ["-c", program, ...args]);
const sevenZip = (...args: readonly string[]) => run(findSevenZip() ?? "7zz", args);

const bsdtar: ArchiveReader = {
  name: "bsdtar",
  needs: "bsdtar",
  keepsTimes: true,
  check: (archive) => void run("bsdtar", ["-tvf", archive]),
  extract: (archive, into, member) =>
    void run("bsdtar", ["-xf", archive, "-C", into, ...(member === undefined ? [] : [member])]),
  list: (archive) => lines(run("bsdtar", ["-tf", archive])),
};

const sevenZipReader: ArchiveReader = {
  name: "7-Zip",
  needs: "7-Zip",
  keepsTimes: true,
  check: (archive) => void sevenZip("t", archive),
  extract: (archive, into, member) =>
    void sevenZip("x", `-o${into}`, archive, ...(member === undefined ? [] : [member])),
  list: (archive) =>
    lines(sevenZip("l", "-slt", "-ba", archive))
      .filter((line) => line.startsWith("Path = "))
      .map((line) => line.slice("Path = ".length)),
};

export const ZIP_READERS: readonly ArchiveReader[] = [
  {
    name: "unzip",
    needs: "unzip",
    keepsTimes: true,
    check: (archive) => void run("unzip", ["-t", "-qq", archive]),
    extract: (archive, into, member) =>
      void run("unzip", ["-q", archive, ...(member === undefined ? [] : [member]), "-d", into]),
    list: (archive) => lines(run("unzip", ["-Z1", archive])),
  },
  {
    name: "Python's zipfile",
    needs: "python3",
    keepsTimes: false,
    check: (archive) =>
      void python("import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())", archive),
    extract: (archive, into, member = "") =>
      void python(
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); z.extractall(sys.argv[2], [sys.argv[3]] if sys.argv[3] else None)",
        ...[archive, into, member],
      ),
    list: (archive) =>
      lines(
        python(
          "import sys, zipfile; print('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))",
          archive,
        ),
      ),
  },
  sevenZipReader,
  bsdtar,
];

export const TAR_READERS: readonly ArchiveReader[] = [
  {
    name: "Python's tarfile",
    needs: "python3",
    keepsTimes: true,
    check: (archive) =>
      void python("import sys, tarfile; tarfile.open(sys.argv[1]).getmembers()", archive),
    extract: (archive, into, member = "") =>
      void python(
        "import sys, tarfile; t = tarfile.open(sys.argv[1]); t.extractall(sys.argv[2], [t.getmember(sys.argv[3])] if sys.argv[3] else None)",
        ...[archive, into, member],
      ),
    list: (archive) =>
      lines(
        python(
          "import sys, tarfile; print('\\n'.join(tarfile.open(sys.argv[1]).getnames()))",
          archive,
        ),
      ),
  },
  sevenZipReader,
  bsdtar,
];
