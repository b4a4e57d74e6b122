import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Client } from "../support/client.js";
import { KEPT_NAMES } from "../support/names.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { DocsPage, openBrowser } from "./docs-page.js";

const { describe, test } = needs("browser");

const world = useWorld();
let browser: Browser;
let docs: DocsPage;

beforeAll(async () => {
  browser = await openBrowser();
  docs = await DocsPage.open(browser, world().url);
});

afterAll(() => browser.close());

interface Answer {
  readonly items?: readonly { readonly file: { readonly name: string } }[];
}

const cookiesOf = ({ cookie }: Client) =>
  cookie.split("; ").map((one) => {
    const [name = "", value = ""] = one.split("=");
    return { name, value, url: world().url };
  });

/** Sends a form with a file for each name, by a script of the page. */
async function upload(names: readonly string[]): Promise<Answer> {
  const client = await world().member();
  await docs.page.context().addCookies(cookiesOf(client));
  const answer = await docs.page.evaluate(async (all) => {
    const form = new FormData();
    for (const one of all) form.append('the "file"', new File(["hello"], one));
    return (await fetch("/api/v1/files", { method: "POST", body: form })).text();
  }, names);
  return JSON.parse(answer) as Answer;
}

describe("A form of a browser", () => {
  test("has files that all keep their names", async () => {
    const { items } = await upload(KEPT_NAMES);

    expect(items?.map(({ file }) => file.name)).toEqual(KEPT_NAMES);
  });

  test.each(["line\nbreak", "carriage\rreturn"])(
    "is refused a file with a control character in its name: %j",
    async (name) => {
      expect(await upload([name])).toMatchObject({ status: 400, code: "invalid-name" });
    },
  );

  test("has the files of a chosen folder with their paths, which are stored so", async () => {
    const chosen = await mkdtemp(join(tmpdir(), "stowage-chosen-"));
    const client = await world().member();
    const page = await signedInPage(client);
    try {
      await mkdir(join(chosen, "é", "b"), { recursive: true });
      await writeFile(join(chosen, "a.txt"), "one");
      await writeFile(join(chosen, "é", "b", "c.txt"), "two");

      await page.setInputFiles("input", chosen);
      const status = await page.evaluate(SEND);

      expect(status).toBe(201);
      const root = `/api/v1/by-path/${basename(chosen)}`;
      expect((await client.get(`${root}/a.txt`)).bytes.toString()).toBe("one");
      expect((await client.get(`${root}/%C3%A9/b/c.txt`)).bytes.toString()).toBe("two");
    } finally {
      await page.context().close();
      await rm(chosen, { recursive: true });
    }
  });
});

/** Sends the form of the page, and gives the status. */
const SEND = `fetch("/api/v1/upload", { method: "POST", body: new FormData(document.querySelector("form")) })
  .then(({ status }) => status)`;

/** A page of somebody's application on the same host, with a form to choose a folder in. */
async function signedInPage(client: Client): Promise<Page> {
  const context = await browser.newContext({ bypassCSP: true });
  await context.addCookies(cookiesOf(client));
  const page = await context.newPage();
  await page.goto(`${world().url}/healthz`);
  await page.setContent('<form><input type="file" name="files" webkitdirectory></form>');
  return page;
}
