import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import type { DrivePage } from "./drive-page.js";
import { askAs, openForUploads } from "./upload-page.js";

const { describe, test } = needs("browser");

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);
const PDF = Buffer.from(
  "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
const MARKDOWN = `# Plan

**Bold** and [a site](https://example.org/) and [a script](javascript:alert(1)).
<img src=x onerror="document.title='run'"> <script>document.title = "run"</script>

![a picture](https://example.org/a.png)

| a | b |
| - | - |
| 1 | 2 |

- [x] done
`;

const FILES: readonly [name: string, content: Buffer][] = [
  ["a.png", PNG],
  ["b.txt", Buffer.from(`<b>first</b>\n${"x".repeat(70_000)}`)],
  ["c.md", Buffer.from(MARKDOWN)],
  ["d.pdf", PDF],
  ["e.bin", Buffer.from([0, 1, 2, 3, 250, 251, 0, 0])],
];

const world = useWorld();
let browser: Browser;
let drive: DrivePage;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
});

beforeEach(async () => {
  drive = await openForUploads(browser, world().url);
  ({ page } = drive);
  for (const [name, data] of FILES) {
    const answer = await page.request.put(`${world().url}/api/v1/files?name=${name}`, { data });
    const { id } = (await answer.json()) as { readonly id: string };
    ids.set(name, id);
  }
  await world().settle();
});

afterEach(() => drive.close());

afterAll(() => browser.close());

const ids = new Map<string, string>();

const viewer = () => page.getByRole("dialog");

/** Opens a file by its URL. */
async function open(name: string): Promise<void> {
  await page.goto(`${world().url}/drive/file/${ids.get(name) ?? ""}?in=root`);
  await viewer().getByRole("heading", { name, exact: true }).waitFor();
}

describe("A file that is opened on the page for people", () => {
  test("is an image that can be enlarged, and the arrow keys lead to the files beside it", async () => {
    await open("a.png");
    const image = viewer().getByRole("img", { name: "a.png" });
    await image.waitFor();
    const widthOf = async () => (await image.boundingBox())?.width ?? 0;
    const before = await widthOf();

    await page.keyboard.press("+");
    await viewer().getByRole("button", { name: "Zoom in" }).click();
    expect(await widthOf()).toBeGreaterThan(2 * before);
    await page.keyboard.press("0");
    expect(await widthOf()).toBe(before);
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press("ArrowRight");
    await viewer().getByRole("heading", { name: "b.txt" }).waitFor();
    await viewer().getByText("2 of 5").waitFor();
    await viewer().getByRole("button", { name: "Previous file" }).click();
    await viewer().getByRole("heading", { name: "a.png" }).waitFor();
    await page.keyboard.press("Escape");
    await viewer().waitFor({ state: "detached" });

    expect(drive.faults).toEqual([]);
  });

  test("is text, of which the first 64 KiB are shown", async () => {
    await open("b.txt");

    const text = (await viewer().locator("pre").textContent()) ?? "";
    expect(text).toMatch(/^<b>first<\/b>\nx+$/);
    expect(text.length).toBe(64 * 1024);
    await viewer()
      .getByText(/^This is the beginning/)
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(drive.faults).toEqual([]);
  });

  test("is Markdown, whose HTML and scripts stay text", async () => {
    await open("c.md");
    const drawn = viewer().locator(".markdown");

    await drawn.getByRole("heading", { name: "Plan" }).waitFor();
    expect(await drawn.locator("strong").textContent()).toBe("Bold");
    const link = drawn.getByRole("link", { name: "a site" });
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(await drawn.getByRole("link", { name: "a script" }).count()).toBe(0);
    expect(await drawn.locator("img, script, iframe").count()).toBe(0);
    expect(await drawn.textContent()).toContain('<img src=x onerror="document.title=');
    expect(await drawn.getByRole("link", { name: "Image: a picture" }).count()).toBe(1);
    expect(await drawn.getByRole("cell").allTextContents()).toEqual(["1", "2"]);
    expect(await page.title()).not.toBe("run");
    expect(await violationsOf(page)).toEqual([]);
    expect(drive.faults).toEqual([]);
  });

  test("is a PDF in a frame of this page, with its own sandbox", async () => {
    const framed = page.waitForResponse((response) =>
      response.url().endsWith(ids.get("d.pdf") ?? "?"),
    );
    await open("d.pdf");

    expect(await (await framed).allHeaders()).toMatchObject({
      "content-disposition": expect.stringMatching(/^inline;/),
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    });
    expect(await viewer().locator("iframe").getAttribute("title")).toBe("d.pdf");
    // Chromium's own viewer of PDF is an extension.
    const isViewer = (fault: string) => /^request to chrome(?:-extension)?:/.test(fault);
    expect(drive.faults.filter((fault) => !isViewer(fault))).toEqual([]);
  });

  test("shows its details and a download, if browsers cannot show it", async () => {
    await open("e.bin");

    await viewer().getByText("This file cannot be shown here.").waitFor();
    const { sha256 } = await askAs(page, `/files/${ids.get("e.bin") ?? ""}/metadata`);
    await viewer().getByText(sha256).waitFor();
    const downloading = page.waitForEvent("download");
    await viewer().getByText("Download", { exact: true }).click();
    expect((await downloading).suggestedFilename()).toBe("e.bin");
    expect(await violationsOf(page)).toEqual([]);
    expect(drive.faults).toEqual([]);
  });
});
