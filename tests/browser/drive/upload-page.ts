import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Json } from "../../support/answer-json.js";
import { DrivePage } from "./drive-page.js";

/** Opens the page for people for a new account. */
export async function openForUploads(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<DrivePage> {
  const drive = await DrivePage.open(browser, origin, options);
  await drive.register();
  await drive.page.getByText("This folder is empty.").waitFor();
  return drive;
}

export const panelOf = (page: Page) => page.getByRole("region", { name: "Uploads" });

export const rowOf = (page: Page, name: string) =>
  panelOf(page).getByRole("listitem").filter({ hasText: name });

export const press = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true }).click();

/** Gives files to a chooser, as a person does it with the dialog of the system. */
export const choose = (
  page: Page,
  files: string | string[] | Parameters<Page["setInputFiles"]>[1],
) => page.locator('input[type="file"]:not([webkitdirectory])').setInputFiles(files);

/** Drops files and folders of the disk, as a person does it with a file manager. */
export async function dropOn(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
  }
}

/** Asks the API as the page may. */
export const askAs = (page: Page, path: string): Promise<Json> =>
  page.evaluate(async (asked) => (await fetch(`/api/v1${asked}`)).json(), path) as Promise<Json>;

/** What a folder holds, sorted by name. @param folder - Its path, such as `/trip`. */
export async function storedIn(page: Page, folder = ""): Promise<Json["items"]> {
  const { id } = folder === "" ? { id: "root" } : await askAs(page, `/by-path${folder}?metadata`);
  return (await askAs(page, `/folders/${id}/children?sort=name&limit=1000`)).items;
}

/** A folder of the disk with files and folders in it. A path that ends with a slash is an empty folder; files hold their own path. */
export async function folderOnDisk(paths: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "stowage-uploads-"));
  for (const path of paths) {
    const isFolder = path.endsWith("/");
    await mkdir(join(root, isFolder ? path : join(path, "..")), { recursive: true });
    if (!isFolder) await writeFile(join(root, path), path);
  }
  return root;
}
