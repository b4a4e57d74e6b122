import { createRequire } from "node:module";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";
import { type OtherSite, startOtherSite } from "./other-site.js";

const { describe, test } = needs("browser");

const TUS_IN_BROWSERS = createRequire(import.meta.url).resolve("tus-js-client/dist/tus.min.js");

const world = useWorld();

let browser: Browser;
let site: OtherSite;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  site = await startOtherSite();
  page = await browser.newPage();
  await page.goto(site.origin);
  await page.addScriptTag({ path: TUS_IN_BROWSERS });
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

interface Sending {
  readonly endpoint: string;
  readonly headers: Record<string, string>;
}

/** Runs in the page: sends 3 MB in pieces with tus-js-client. */
function sendFile({ endpoint, headers }: Sending): Promise<void> {
  const { tus } = globalThis as unknown as { tus: typeof import("tus-js-client") };
  return new Promise((resolve, reject) => {
    new tus.Upload(new Blob([new Uint8Array(3_000_000)]), {
      ...{ endpoint, headers, chunkSize: 1_000_000, metadata: { filename: "a.bin" } },
      onSuccess: () => {
        resolve();
      },
      onError: reject,
    }).start();
  });
}

/** A second of silence. */
function wav(): Buffer {
  const samples = Buffer.alloc(8000, 128);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

describe("A page of another site", () => {
  test.each(["as a bearer", "in the URL"])(
    "uploads with tus-js-client and a grant %s",
    async (where) => {
      const owner = await world().member();
      const body = { folderId: "root", maxFiles: 1 };
      const { token } = (await owner.post("/api/v1/upload-grants", body)).json as unknown as {
        readonly token: string;
      };
      const endpoint = `${world().url}/api/v1/uploads`;

      await page.evaluate(
        sendFile,
        where === "in the URL"
          ? { endpoint: `${endpoint}?grant=${token}`, headers: {} }
          : { endpoint, headers: { Authorization: `Bearer ${token}` } },
      );

      const [file] = (await owner.get("/api/v1/files")).json.items;
      expect(file).toMatchObject({ name: "a.bin", sizeBytes: 3_000_000 });
    },
  );

  test("plays a file by an expiring URL", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a.wav", wav());
    await world().settle();
    const { url } = (await owner.post(`/api/v1/files/${id}/urls`, { expiresIn: 60 }))
      .json as unknown as { readonly url: string };

    await page.evaluate(`{
      const video = document.createElement("video");
      video.src = ${JSON.stringify(world().url + url)};
      document.body.append(video);
    }`);
    const duration = await page.waitForFunction("document.querySelector('video').duration");

    expect(await duration.jsonValue()).toBeCloseTo(1);
  });
});
