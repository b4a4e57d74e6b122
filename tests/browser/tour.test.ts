import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { newId } from "../../common/platform/ids.js";
import { World } from "../support/world.js";
import { DocsPage, openBrowser } from "./docs-page.js";
import { needs } from "../support/needs.js";

const { test } = needs("browser");

let world: World;
let browser: Browser;
let docs: DocsPage;

beforeAll(async () => {
  world = await World.start();
  browser = await openBrowser();
  docs = await DocsPage.open(browser, world.url);
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

interface Item {
  readonly file: { readonly id: string; readonly name: string };
}

test("a person can register, log in, upload, list, download and delete on the docs page alone", async () => {
  const credentials = { username: `u.${newId()}`, password: "seven-purple-owls" };
  const text = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello, wörld\n") };
  const bytes = {
    name: "ünïcode 1.bin",
    mimeType: "application/pdf",
    buffer: Buffer.alloc(3000, 0xfe),
  };

  const register = docs.operation("Accounts", "register");
  await register.tryItOut();
  await register.setBody(credentials);
  expect((await register.execute()).status).toBe(201);

  const logIn = docs.operation("Accounts", "logIn");
  await logIn.tryItOut();
  await logIn.setBody(credentials);
  expect((await logIn.execute()).status).toBe(200);

  const upload = docs.operation("Uploads", "upload");
  await upload.tryItOut();
  await upload.chooseFiles([text, bytes]);
  const uploaded = await upload.execute();
  expect(uploaded.status).toBe(201);
  const [first, second] = (JSON.parse(uploaded.text) as { items: Item[] }).items.map(
    ({ file }) => file,
  );
  expect([first?.name, second?.name]).toEqual([text.name, bytes.name]);

  const put = docs.operation("Uploads", "putFile");
  await put.tryItOut();
  await put.chooseFiles([{ ...text, buffer: Buffer.from("second version") }]);
  expect((await put.execute()).status).toBe(200);

  const list = docs.operation("Files", "listFiles");
  await list.tryItOut();
  const listed = JSON.parse((await list.execute()).text) as { items: { name: string }[] };
  expect(listed.items.map(({ name }) => name).sort()).toEqual([text.name, bytes.name]);

  const download = docs.operation("Files", "downloadFile");
  await download.tryItOut();
  await download.setParameter("id", String(second?.id));
  expect((await download.execute()).status).toBe(200);
  expect(await download.saveFile()).toEqual({ name: bytes.name, content: bytes.buffer });

  const remove = docs.operation("Files", "deleteFile");
  await remove.tryItOut();
  await remove.setParameter("id", String(second?.id));
  expect((await remove.execute()).status).toBe(204);

  const left = JSON.parse((await list.execute()).text) as { items: { name: string }[] };
  expect(left.items.map(({ name }) => name)).toEqual([text.name]);
  expect(docs.faults).toEqual([]);
}, 480_000);
