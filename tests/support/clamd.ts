import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import type { ScannerAddress } from "../../common/scan/settings.js";
import { freePort } from "./processes.js";
import { CLAMD } from "./programs.js";
import { until, WatchedProcess } from "./watched-process.js";

/** The test file that every virus scanner knows, in two pieces: so no scanner finds it in this file. */
export const EICAR = [
  "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
  "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
].join("");
export const EICAR_NAME = "Stowage.Test.Eicar.UNOFFICIAL";

/** What our own signature finds, wherever it is. */
export const MARKER = ["STOWAGE-TEST-VIRUS", "7f3a"].join("-");
export const MARKER_NAME = "Stowage.Test.Marker.UNOFFICIAL";

const signatureOf = (name: string, text: string) =>
  `${name}:0:*:${Buffer.from(text).toString("hex")}\n`;

/** A real clamd with signatures of our own, which listens on a port and on a Unix socket. */
export class ClamdServer {
  readonly #folder = join(tmpdir(), `stowage-clamd-${randomUUID()}`);
  readonly #options: readonly string[];
  #port = 0;
  #process: WatchedProcess | undefined;

  constructor(options: readonly string[] = []) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    // clamd gives up root, and has to read it then.
    await mkdir(folder, { mode: 0o755 });
    this.#port = await freePort();
    const eicar = createHash("md5").update(EICAR).digest("hex");
    await writeFile(join(folder, "own.hdb"), `${eicar}:${EICAR.length}:Stowage.Test.Eicar\n`);
    await writeFile(join(folder, "own.ndb"), signatureOf("Stowage.Test.Marker", MARKER));
    await this.#configure();
    await this.restart();
  }

  get tcp(): ScannerAddress {
    return { host: "127.0.0.1", port: this.#port };
  }

  /** As `CLAMD_URL` has it. */
  get url(): string {
    return `tcp://127.0.0.1:${this.#port}`;
  }

  get unix(): ScannerAddress {
    return { path: join(this.#folder, "clamd.sock") };
  }

  get process(): WatchedProcess {
    if (this.#process === undefined) throw new Error("clamd does not run");
    return this.#process;
  }

  /** Resolves when it takes connections. */
  async restart(): Promise<void> {
    const config = `--config-file=${join(this.#folder, "clamd.conf")}`;
    this.#process = new WatchedProcess(CLAMD, [config]);
    await until(async () => (await this.ask("PING").catch(() => "")) === "PONG");
  }

  async kill(): Promise<void> {
    await this.process.stop("SIGKILL");
  }

  /** Loads one more signature, as a daily database of a number. */
  async loadDaily(number: number, name: string, text: string): Promise<void> {
    const signatures = signatureOf(name, text);
    await writeFile(join(this.#folder, "daily.cud"), dailyDatabase(number, signatures));
    await this.ask("RELOAD");
    await until(async () => (await this.ask("VERSION")).includes(`/${number}/`));
  }

  async ask(command: string): Promise<string> {
    const socket = connect(this.#port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
    await once(socket, "connect");
    socket.write(`z${command}\0`);
    await once(socket, "close");
    return text.replace(/\0$/, "");
  }

  async stop(): Promise<void> {
    if (this.#process?.hasEnded === false) await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #configure(): Promise<void> {
    const folder = this.#folder;
    const lines = [
      `DatabaseDirectory ${folder}`,
      `TemporaryDirectory ${folder}`,
      `LocalSocket ${join(folder, "clamd.sock")}`,
      `TCPSocket ${this.#port}`,
      "TCPAddr 127.0.0.1",
      "Foreground yes",
      "StreamMaxLength 100M",
      "MaxFileSize 100M",
      "MaxScanSize 100M",
      "AlertExceedsMax yes",
      "AlertEncrypted yes",
      "MaxThreads 4",
      "SelfCheck 3600",
      ...this.#options,
    ];
    await writeFile(join(folder, "clamd.conf"), `${lines.join("\n")}\n`);
  }
}

/** Gives a test file a clamd of its own. */
export function useClamd(options: readonly string[] = []): ClamdServer {
  const server = new ClamdServer(options);
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  return server;
}

/** An unsigned container (`.cud`): a header of 512 bytes, and a tar of the signatures and of what says their digest. */
function dailyDatabase(number: number, signatures: string): Buffer {
  const stamp = `01 Dec 2026 00-00 +0000:${number}:1:90`;
  const digest = createHash("sha256").update(signatures).digest("hex");
  const info = [
    `ClamAV-VDB:${stamp}:X:X:stowage:1796083200`,
    `daily.ndb:${signatures.length}:${digest}`,
  ];
  const tar = Buffer.concat([
    tarMember("daily.info", `${info.join("\n")}\n`),
    tarMember("daily.ndb", signatures),
    Buffer.alloc(1024),
  ]);
  const md5 = createHash("md5").update(tar).digest("hex");
  const head = `ClamAV-VDB:${stamp}:${md5}:x:stowage:1796083200`;
  return Buffer.concat([Buffer.from(head.padEnd(512)), tar]);
}

function tarMember(name: string, text: string): Buffer {
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  const head = Buffer.alloc(512);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  head.write(name, 0);
  head.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  head.write(`${octal(text.length, 11)}\0${octal(0, 11)}\0        0`, 124);
  head.write("ustar\x0000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${octal(sum, 6)}\0 `, 148);
  return Buffer.concat([head, content]);
}
