import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificate, makeCertificate } from "../support/certificate.js";
import { untilAnswered } from "../support/eventually.js";
import { freePort } from "../support/processes.js";
import { NGINX } from "../support/programs.js";
import { WatchedProcess } from "../support/watched-process.js";

export const HOST = "files.example.com";

const EXAMPLE = new URL("../../../docs/nginx.conf", import.meta.url);

/** A real nginx with the configuration of `docs/nginx.conf`, on free ports. */
export class NginxProxy {
  readonly folder: string;
  readonly port: number;
  /** Without TLS. */
  readonly plainPort: number;
  readonly certificate: Certificate;
  readonly #server: WatchedProcess;

  private constructor(parts: Pick<NginxProxy, "folder" | "port" | "plainPort" | "certificate">) {
    this.folder = parts.folder;
    this.port = parts.port;
    this.plainPort = parts.plainPort;
    this.certificate = parts.certificate;
    const options = ["-p", this.folder, "-c", join(this.folder, "nginx.conf"), "-e", "stderr"];
    this.#server = new WatchedProcess(NGINX, options);
  }

  /**
   * @param webPort - Of the web process.
   * @param change - What else is different from the example.
   */
  static async start(webPort: number, change = (text: string) => text): Promise<NginxProxy> {
    const folder = await mkdtemp(join(tmpdir(), "stowage-nginx-"));
    const certificate = await makeCertificate(folder, [HOST]);
    const [port, plainPort] = [await freePort(), await freePort()];
    const example = (await readFile(EXAMPLE, "utf8"))
      .replace("127.0.0.1:3000", `127.0.0.1:${webPort}`)
      .replace("listen 80;", `listen 127.0.0.1:${plainPort};`)
      .replace("listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate.certificatePath};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${certificate.keyPath};`);
    await writeFile(join(folder, "nginx.conf"), wholeConfiguration(change(example)));
    const proxy = new NginxProxy({ folder, port, plainPort, certificate });
    await untilAnswered(() => proxy.#isListening());
    return proxy;
  }

  get url(): string {
    return `https://${HOST}:${this.port}`;
  }

  /** What nginx itself complained of. */
  get errors(): string {
    return this.#server.output;
  }

  async close(): Promise<void> {
    await this.#server.stop("SIGTERM");
    await rm(this.folder, { recursive: true });
  }

  #isListening(): Promise<true | undefined> {
    if (this.#server.hasEnded) throw new Error(this.#server.output);
    return new Promise((resolve) => {
      const probe = connect(this.port, "127.0.0.1");
      probe.once("error", () => {
        resolve(undefined);
      });
      probe.once("connect", () => {
        probe.destroy();
        resolve(true);
      });
    });
  }
}

/** One process, which writes nothing outside its folder. */
function wholeConfiguration(site: string): string {
  const folders = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"];
  return [
    "daemon off;",
    "master_process off;",
    "pid nginx.pid;",
    "events {}",
    "http {",
    "access_log off;",
    ...folders.map((name) => `${name}_temp_path ${name};`),
    site,
    "}",
  ].join("\n");
}
