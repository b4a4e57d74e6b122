import { beforeEach, expect } from "@jest/globals";
import type { Page } from "playwright-core";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import type { FilesPage } from "./files-page.js";
import { useFilesPage } from "./use-files-page.js";

const { describe, test } = needs("browser");
const world = useWorld({ trashRetentionMs: 86_400_000 });

const TREE = { Trip: { "beach.txt": "waves and sand" }, "a 2.txt": "bb", "a 10.txt": "a" };

let client: Client;
let page: Page;
let files: FilesPage;

const section = (name: string) =>
  page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name }).click();

describe("Lists of files on the page for people", () => {
  const looking = useFilesPage(world, { tree: TREE, shows: "a 2.txt" });

  beforeEach(() => {
    ({ client, page, files } = looking());
  });

  test("the URL says folder, order and layout, and the back button leads back", async () => {
    expect(await files.names()).toEqual(["Trip", "a 2.txt", "a 10.txt"]);
    await files.button("Size").click();
    await page
      .getByRole("columnheader", { name: "Size" })
      .and(page.locator("[aria-sort=descending]"))
      .waitFor();
    await files.button("Show as tiles").click();
    await files.button("Show as a list").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(new URL(page.url()).search).toBe("?sort=-size&layout=tiles");
    await files.link("Trip").click();
    await files.expects("beach.txt");
    await page.reload();
    await files.expects("beach.txt");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Trip");

    await page.goBack();
    await files.expects("a 10.txt");
    await page.goto(`${client.url}/drive`);
    await files.expects("a 10.txt");
  });

  test("a file opens above its folder, at a URL of its own, and leads to the files beside it", async () => {
    await files.link("a 2.txt").click();
    const dialog = page.getByRole("dialog", { name: "a 2.txt" });
    await dialog.waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/drive\/file\//);
    await page.reload();
    await dialog.waitFor();
    await page.locator('[data-index="2"] a').waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("dialog", { name: "a 10.txt" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    expect(new URL(page.url()).pathname).toBe("/drive");
  });

  test("the keyboard alone selects, opens, and goes back up", async () => {
    await files.row("Trip").focus();
    await page.keyboard.press("Control+a");
    await page.getByText("3 selected").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("3 entries").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByText("2 selected").waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await files.expects("beach.txt");
    await page.keyboard.press("Backspace");
    await files.expects("a 2.txt");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  test("the trash restores, removes for good, and is emptied", async () => {
    for (const name of ["a 2.txt", "a 10.txt", "Trip"]) {
      await files.choose(name, "Delete");
      await files.expects(name, "detached");
    }
    await section("Trash");
    await page.getByText("kept until").first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel("Select a 2.txt").click();
    await files.button("Restore").click();
    await page.getByLabel("Select a 2.txt").waitFor({ state: "detached" });
    await page.getByLabel("Select a 10.txt").click();
    await files.button("Delete for good").click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await page.getByLabel("Select a 10.txt").waitFor({ state: "detached" });
    await files.button("Empty the trash").click();
    await page.getByRole("dialog").getByRole("button", { name: "Empty the trash" }).click();
    await page.getByText("The trash is empty.").waitFor();

    expect((await client.get("/api/v1/files")).json.items).toMatchObject([{ name: "a 2.txt" }]);
  });

  test("favourites and recent files are lists of their own", async () => {
    await files.choose("Trip", "Add to favourites");
    await page.getByRole("img", { name: "Favourite" }).waitFor();
    await section("Favourites");
    await files.expects("Trip");
    expect(await files.names()).toEqual(["Trip"]);
    await section("Recent");
    await files.expects("beach.txt");

    expect(await violationsOf(page)).toEqual([]);
  });

  test("a search finds as somebody types, and its URL finds the same", async () => {
    await page.keyboard.press("/");
    await page.getByLabel("Words of the name").fill("bea");
    await files.expects("beach.txt");
    await page.getByText("/Trip").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel("Type").selectOption("Pictures");
    await page.getByText("Nothing was found.").waitFor();
    await page.goBack();
    await files.expects("beach.txt");
    await page.reload();
    await files.expects("beach.txt");

    expect(await page.getByLabel("Words of the name").inputValue()).toBe("bea");
  });
});
