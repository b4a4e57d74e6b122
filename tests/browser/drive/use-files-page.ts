import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Client } from "../../support/client.js";
import { makeTree, type Tree } from "../../support/trees.js";
import type { World } from "../../support/world.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";
import { FilesPage } from "./files-page.js";

/** What each test has: somebody new with some files, who looks at them. */
interface Looking {
  readonly client: Client;
  readonly drive: DrivePage;
  readonly page: Page;
  readonly files: FilesPage;
}

/** Gives a group of tests a browser, and each test somebody who has a tree. After each test the page must have had no faults. */
export function useFilesPage(
  world: () => World,
  { tree, shows }: { readonly tree: Tree; readonly shows: string },
): () => Looking {
  let browser: Browser;
  let current: Looking | undefined;
  const looking = (): Looking => {
    if (current === undefined) throw new Error("No test runs");
    return current;
  };

  beforeAll(async () => {
    browser = await openBrowser();
  });

  beforeEach(async () => {
    const client = await world().member();
    await makeTree(client, tree);
    await world().settle();
    const drive = await DrivePage.openFor(browser, client);
    const { page } = drive;
    current = { client, drive, page, files: new FilesPage(page) };
    await current.files.expects(shows);
  });

  afterEach(async () => {
    const { drive } = looking();
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  afterAll(() => browser.close());

  return looking;
}
