import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Client, somebody } from "../support/client.js";
import type { FileJson, Json } from "../support/answer-json.js";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { HOST, NginxProxy } from "./nginx-proxy.js";

const MIB = 1024 ** 2;

/** More than nginx and the system hold between a web process and a client that reads nothing. */
const LONG_BYTES = 48 * MIB;

interface Sent {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

const { describe } = needs("nginx", "openssl", "curl");

const world = useWorld({ trustProxyHops: 1 });

describe("Behind the nginx of docs/nginx.conf", () => {
  let proxy: NginxProxy;
  let member: Client;
  let bytes: Buffer;
  let file: FileJson;

  beforeAll(async () => {
    proxy = await NginxProxy.start(world().port);
    // Whatever nginx wants to write to the disk, it cannot.
    for (const folder of ["client_body", "proxy"]) {
      await rm(join(proxy.folder, folder), { recursive: true });
    }
    member = await world().member();
    bytes = randomBytes(LONG_BYTES);
    file = await member.store("long", bytes);
  });

  afterAll(() => proxy.close());

  const inFolder = (name: string) => join(proxy.folder, name);

  async function curl(...args: readonly string[]) {
    const trust = ["--cacert", proxy.certificate.certificatePath];
    const find = ["--resolve", `${HOST}:${proxy.port}:127.0.0.1`];
    const report = ["--silent", "--show-error", "--write-out", "%{stderr}%{http_code}"];
    const all = [...trust, ...find, ...report, ...args];
    const { stdout, stderr } = await promisify(execFile)("curl", all, { maxBuffer: MIB });
    return { code: Number(stderr.slice(-3)), text: stdout };
  }

  const signedIn = () => ["--header", `Cookie: ${member.cookie}`];

  /** A request whose body the test sends, and whose answer it reads, as slowly as it wants. */
  function begin(path: string, { headers, ...rest }: Sent) {
    return request({
      ...{ host: "127.0.0.1", port: proxy.port, servername: HOST, ca: proxy.certificate.pem },
      ...{ path, agent: false, headers: { Host: `${HOST}:${proxy.port}`, ...headers }, ...rest },
    });
  }

  const answerTo = async (sent: ReturnType<typeof begin>) =>
    ((await once(sent, "response")) as [IncomingMessage])[0];

  test("a browser's form is stored, with either field that says where it comes from", async () => {
    await writeFile(inFolder("form"), bytes.subarray(0, 3 * MIB));
    const own = ["--header", `Origin: ${proxy.url}`];
    const form = ["--form", `file=@${inFolder("form")}`, `${proxy.url}/api/v1/upload`];

    const byOrigin = await curl(...signedIn(), ...own, ...form);
    const both = [...own, "--header", "Sec-Fetch-Site: same-origin"];
    const bySite = await curl(...signedIn(), ...both, ...form);
    const foreign = await curl(...signedIn(), "--header", "Sec-Fetch-Site: cross-site", ...form);

    expect([byOrigin.code, bySite.code, foreign.code]).toEqual([201, 201, 403]);
    const [item] = (JSON.parse(bySite.text) as Json).items;
    const stored = await member.get(item?.file.links.content ?? "");
    expect(stored.bytes.equals(bytes.subarray(0, 3 * MIB))).toBe(true);
  });

  test("a cookie is Secure", async () => {
    const json = ["--header", "Content-Type: application/json"];
    const body = ["--data", JSON.stringify(somebody())];

    const { code, text } = await curl(
      ...json,
      ...body,
      "--include",
      `${proxy.url}/api/v1/register`,
    );

    expect(code).toBe(201);
    expect(text).toMatch(/^set-cookie: .*; secure/im);
  });

  test.each([
    ["/docs", 308, `https://${HOST}/docs`],
    ["/", 308, `https://${HOST}/`],
    ["/api/v1/me", 403, undefined],
    ["/api/v1/login", 403, undefined],
  ])("without TLS, %s is answered %i: only pages are redirected", async (path, status, to) => {
    const answer = await fetch(`http://127.0.0.1:${proxy.plainPort}${path}`, {
      redirect: "manual",
      method: path.endsWith("login") ? "POST" : "GET",
      headers: { Authorization: "Bearer secret" },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers.get("location") ?? undefined).toBe(to);
  });

  test("an upload reaches the store while it is under way", async () => {
    const headers = { Cookie: member.cookie, "Content-Length": LONG_BYTES };
    const sent = begin("/api/v1/files?name=slow", { method: "PUT", headers });
    const chunks = world().mongo.db.collection("blobs.chunks");
    const before = await chunks.countDocuments();

    sent.write(bytes.subarray(0, LONG_BYTES / 2));
    await eventually(
      () => chunks.countDocuments(),
      (count) => count > before,
    );
    sent.end(bytes.subarray(LONG_BYTES / 2));
    const answer = await answerTo(sent);

    expect(answer.statusCode).toBe(201);
    const { links } = JSON.parse((await buffer(answer)).toString()) as Json;
    expect((await member.get(links.content)).bytes.equals(bytes)).toBe(true);
  });

  test("a long download waits in the web process for a client that does not read", async () => {
    const sent = begin(file.links.content, { headers: { Cookie: member.cookie } });
    sent.end();
    const answer = await answerTo(sent);
    const downloads = () =>
      world().logs.lines.filter(
        ({ msg, route, method }) =>
          msg === "Request" && method === "GET" && route === "/api/v1/files/:id",
      ).length;
    const before = downloads();

    const other = await curl(
      ...signedIn(),
      "--output",
      inFolder("copy"),
      proxy.url + file.links.content,
    );
    await eventually(downloads, (count) => count > before);

    expect(other.code).toBe(200);
    expect(downloads()).toBe(before + 1);
    expect((await readFile(inFolder("copy"))).equals(bytes)).toBe(true);
    expect((await buffer(answer)).equals(bytes)).toBe(true);
    await eventually(downloads, (count) => count === before + 2);
  });

  test("ranges, lengths and strong ETags are as they were", async () => {
    const range = ["--include", "--range", "5-8", "--output", inFolder("part")];

    const { code } = await curl(...signedIn(), ...range, proxy.url + file.links.content);

    const part = await readFile(inFolder("part"));
    expect(code).toBe(206);
    expect(part.toString("latin1")).toMatch(/^etag: "/im);
    expect(part.toString("latin1")).toContain(`bytes 5-8/${LONG_BYTES}`);
    expect(part.subarray(-4).equals(bytes.subarray(5, 9))).toBe(true);
  });

  test("a resumable upload goes on, however long its metadata are", async () => {
    const metadata = `filename ${Buffer.from("tus").toString("base64")},note ${"A".repeat(6000)}`;
    const tus = [...signedIn(), "--include", "--header", "Tus-Resumable: 1.0.0"];
    const length = ["--header", "Upload-Length: 9", "--header", `Upload-Metadata: ${metadata}`];
    const location = (text: string) =>
      new URL(/^location: (\S+)/im.exec(text)?.[1] ?? "", proxy.url).href;
    const created = await curl(...tus, ...length, "-X", "POST", `${proxy.url}/api/v1/uploads`);
    const upload = location(created.text);
    const send = (offset: number, piece: string) => [
      ...tus,
      ...["-X", "PATCH", "--header", `Upload-Offset: ${offset}`, "--data-binary", piece],
      ...["--header", "Content-Type: application/offset+octet-stream", upload],
    ];

    const first = await curl(...send(0, "hello"));
    const head = await curl(...tus, "--head", upload);
    const last = await curl(...send(5, "-tus"));

    expect([created.code, first.code, head.code, last.code]).toEqual([201, 204, 200, 204]);
    expect(head.text).toMatch(/^upload-offset: 5\r$/im);
    expect(head.text).toContain("A".repeat(6000));
    const { id } = (await member.get("/api/v1/files?sort=name&limit=100")).json.items.find(
      ({ name }) => name === "tus",
    ) ?? { id: "" };
    expect((await member.get(`/api/v1/files/${id}`)).bytes.toString()).toBe("hello-tus");
  });

  test("nginx had nothing to complain of", () => {
    expect(proxy.errors).not.toMatch(/\[(?:warn|error|crit|alert|emerg)\]/);
  });
});

describe("Behind an nginx that says its Host without the port", () => {
  test("a form is stored for the browser's word, or for PUBLIC_URL", async () => {
    const hidePort = (text: string) => text.replaceAll("$http_host", "$host");
    const proxy = await NginxProxy.start(world().port, hidePort);
    const publicUrl = new URL(proxy.url);
    const knowingUrl = await world().addWeb({ publicUrl });
    const knowing = await NginxProxy.start(Number(new URL(knowingUrl).port), hidePort);
    // With PUBLIC_URL, the cookie has another name.
    const [{ cookie: Cookie }, { cookie: knownCookie }] = [
      await world().member(),
      await world().member(knowingUrl),
    ];
    const post = async ({ port, certificate }: NginxProxy, headers: Record<string, string>) => {
      const sent = request({
        ...{ host: "127.0.0.1", port, servername: HOST, ca: certificate.pem, agent: false },
        ...{ method: "PUT", path: "/api/v1/files?name=a" },
        headers: { Host: publicUrl.host, Cookie, ...headers },
      });
      sent.end("hello");
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      const { detail } = JSON.parse((await buffer(answer)).toString()) as Json;
      return { status: answer.statusCode, detail };
    };
    try {
      const Origin = proxy.url;

      expect(await post(proxy, { Origin, "Sec-Fetch-Site": "same-origin" })).toMatchObject({
        status: 201,
      });
      const known = await post(knowing, { Origin, Cookie: knownCookie });
      expect(known).toMatchObject({ status: 201 });
      const { status, detail } = await post(proxy, { Origin });
      expect(status).toBe(403);
      expect(detail).toContain(`"${Origin}", but this site is https://${HOST} (by`);
    } finally {
      await proxy.close();
      await knowing.close();
    }
  });
});
