import { beforeEach, expect } from "@jest/globals";
import type { Page } from "playwright-core";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { listTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import type { DrivePage } from "./drive-page.js";
import type { FilesPage } from "./files-page.js";
import { useFilesPage } from "./use-files-page.js";

const { describe, test } = needs("browser");
const world = useWorld({ trashRetentionMs: 86_400_000 });

const TREE = { Archive: { Old: {} }, Plans: {}, "a.txt": "a", "b.txt": "bb", "c.txt": "ccc" };

let client: Client;
let drive: DrivePage;
let page: Page;
let files: FilesPage;

const topNames = async () => Object.keys(await listTree(client)).sort();

describe("What can be done with files on the page for people", () => {
  const looking = useFilesPage(world, { tree: TREE, shows: "a.txt" });

  beforeEach(() => {
    ({ client, drive, page, files } = looking());
  });

  test("a new folder appears, and a name that is taken is refused in words", async () => {
    await files.button("New folder").click();
    await page.getByLabel("Name", { exact: true }).fill("Plans");
    await page.keyboard.press("Enter");
    await page.getByText("This name is taken here.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel("Name", { exact: true }).fill("Photos");
    await page.keyboard.press("Enter");
    await files.expects("Photos");

    expect(await topNames()).toContain("Photos");
    drive.faults.splice(0, 1, ...drive.faults.slice(0, 1).filter((one) => !one.includes("409")));
  });

  test("F2 edits a name in its place, without the ending", async () => {
    await files.row("b.txt").click();
    await page.keyboard.press("F2");
    await page.getByLabel("New name of b.txt").waitFor();
    await page.keyboard.type("renamed");
    await page.keyboard.press("Enter");
    await files.expects("renamed.txt");

    expect(await topNames()).toEqual(["Archive", "Plans", "a.txt", "c.txt", "renamed.txt"]);
  });

  test("what was deleted comes back with Undo", async () => {
    await files.select("a.txt");
    await page.getByLabel("Select c.txt").click({ modifiers: ["Shift"] });
    await page.getByText("3 selected").waitFor();
    await page.keyboard.press("Delete");
    await files.expects("b.txt", "detached");
    expect(await topNames()).toEqual(["Archive", "Plans"]);

    await files.button("Undo").click();
    await files.expects("b.txt");
    expect(await topNames()).toEqual(Object.keys(TREE).sort());
  });

  test("a dialog chooses the folder to move or copy to", async () => {
    const dialog = page.getByRole("dialog");
    await files.choose("a.txt", "Move");
    await dialog.getByRole("button", { name: "Archive" }).click();
    await dialog.getByRole("button", { name: "Old" }).click();
    await dialog.getByText("There are no folders in it.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await files.button("Move here").click();
    await files.expects("a.txt", "detached");
    await files.choose("b.txt", "Copy");
    await dialog.getByRole("button", { name: "Plans" }).click();
    await dialog.getByText("There are no folders in it.").waitFor();
    await files.button("Copy here").click();
    await page.getByText("Copied").waitFor();

    const { Archive, Plans } = await listTree(client);
    expect(Archive?.content).toEqual({ Old: { "a.txt": "a" } });
    expect(Plans?.content).toEqual({ "b.txt": "bb" });
  });

  test("selected files are dragged into a folder, and back over the path", async () => {
    await files.select("a.txt");
    await files.select("c.txt");
    await files.row("c.txt").dragTo(files.row("Plans"));
    await files.expects("c.txt", "detached");
    await files.link("Plans").click();
    await files.expects("a.txt");
    await files
      .row("a.txt")
      .dragTo(page.getByRole("navigation", { name: "Path" }).getByText("Files"));
    await files.expects("a.txt", "detached");

    const found = await listTree(client);
    expect(found["Plans"]?.content).toEqual({ "c.txt": "ccc" });
    expect(found["a.txt"]?.content).toBe("a");
  });

  test("one file is downloaded as it is, and several as a ZIP file", async () => {
    const saved = async (choose: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent("download"), choose()]);
      return download.suggestedFilename();
    };
    await files.select("a.txt");
    expect(await saved(() => files.button("Download").click())).toBe("a.txt");
    await files.select("b.txt");
    expect(await saved(() => files.button("Download").click())).toMatch(/\.zip$/);
  });
});
