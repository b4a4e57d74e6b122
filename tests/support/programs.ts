import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** A Python that has `gridfs`: Debian's package `python3-gridfs`. */
export const PYTHON = process.env["PYTHON_PATH"] ?? "/usr/bin/python3";

/** Python that fails where it can make no virtual environment, or can fetch no package into it. */
const REACH_PYPI = `
import ensurepip, os, urllib.request as web
index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
web.urlopen(web.Request(index + "/pip/", method="HEAD"), timeout=10)
`;

/** Debian has it in a folder that is not everybody's `PATH`. */
export const NGINX = process.env["NGINX_PATH"] ?? "/usr/sbin/nginx";

/** Debian has it in the same folder. */
export const CLAMD = process.env["CLAMD_PATH"] ?? "/usr/sbin/clamd";

/** A browser that npm brings. It is no dependency of ours: it would more than double what an installation downloads. */
export const NPM_CHROMIUM = "@sparticuz/chromium";

interface Program {
  readonly isHere: () => boolean;
  /** How to get it, for people. */
  readonly get: string;
}

/** The programs that some tests start beside ours. */
export const PROGRAMS = {
  "7-Zip": { isHere: () => findSevenZip() !== undefined, get: "apt-get install 7zip" },
  bsdtar: {
    isHere: () => findProgram("bsdtar") !== undefined,
    get: "apt-get install libarchive-tools",
  },
  browser: {
    isHere: () => findChromium() !== undefined || isInstalled(NPM_CHROMIUM),
    get: `apt-get install chromium, or npm install --no-save ${NPM_CHROMIUM}@143.0.4`,
  },
  // With the pages of its own, such as `chrome://downloads`, which the one that npm brings has not.
  chromium: {
    isHere: () => findChromium() !== undefined,
    get: "apt-get install chromium, or CHROMIUM_PATH",
  },
  clamd: {
    isHere: () => findProgram(CLAMD) !== undefined,
    get: "apt-get install clamav-daemon, or CLAMD_PATH",
  },
  // Previews of videos need it.
  ffmpeg: { isHere: () => findProgram("ffmpeg") !== undefined, get: "apt-get install ffmpeg" },
  // Previews of text need some.
  fonts: { isHere: hasFonts, get: "apt-get install fonts-dejavu-core" },
  curl: { isHere: () => findProgram("curl") !== undefined, get: "apt-get install curl" },
  // One that runs a source file has its compiler.
  java: {
    isHere: () => findProgram("java") !== undefined && findProgram("javac") !== undefined,
    get: "apt-get install default-jdk-headless",
  },
  nginx: {
    isHere: () => findProgram(NGINX) !== undefined,
    get: "apt-get install nginx-light, or NGINX_PATH",
  },
  openssl: { isHere: () => findProgram("openssl") !== undefined, get: "apt-get install openssl" },
  prlimit: {
    isHere: () => findProgram("prlimit") !== undefined,
    get: "apt-get install util-linux",
  },
  // Makes a terminal for a program.
  script: { isHere: () => findProgram("script") !== undefined, get: "apt-get install bsdutils" },
  python3: {
    isHere: () => findProgram(PYTHON) !== undefined,
    get: "apt-get install python3, or PYTHON_PATH",
  },
  "python3-gridfs": {
    isHere: () => spawnSync(PYTHON, ["-c", "import gridfs"]).status === 0,
    get: "apt-get install python3-gridfs, or PYTHON_PATH",
  },
  "python3-venv": {
    isHere: () => spawnSync(PYTHON, ["-c", REACH_PYPI]).status === 0,
    get: "apt-get install python3-venv, and a network that reaches PyPI",
  },
  "redis-server": {
    isHere: () => findProgram("redis-server") !== undefined,
    get: "apt-get install redis-server",
  },
  unzip: { isHere: () => findProgram("unzip") !== undefined, get: "apt-get install unzip" },
  wget: { isHere: () => findProgram("wget") !== undefined, get: "apt-get install wget" },
} satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

/** The path of a Chromium that is installed in the system; `undefined` where there is none. */
export const findChromium = (): string | undefined =>
  findProgram(process.env["CHROMIUM_PATH"] ?? "chromium");

/** The path of 7-Zip, which has another name in newer packages; `undefined` where there is none. */
export const findSevenZip = (): string | undefined => findProgram("7zz") ?? findProgram("7z");

/** One line for each program that this machine lacks, with how to get it. */
export const missingPrograms = (): string[] =>
  Object.entries(PROGRAMS)
    .filter(([, { isHere }]) => !isHere())
    .map(([name, { get }]) => `${name}: ${get}`);

/** Searches the folders of `PATH`; a name with a slash is a path already. */
function findProgram(name: string): string | undefined {
  const folders = name.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Other systems than Linux always have fonts. */
function hasFonts(): boolean {
  if (process.platform !== "linux") return true;
  const folder = "/usr/share/fonts";
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some((file) =>
    /\.(?:ttf|otf)$/.test(String(file)),
  );
}
