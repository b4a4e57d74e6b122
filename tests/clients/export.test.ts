import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { TAR_READERS, ZIP_READERS } from "./archive-readers.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-export-"));
});

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const CASES = [
  ...ZIP_READERS.map((reader) => ({ type: "application/zip", reader })),
  ...TAR_READERS.map((reader) => ({ type: "application/x-tar", reader })),
];

describe.each(CASES)("$reader.name, with an export as $type", ({ type, reader }) => {
  const { test } = needs(reader.needs);

  test("finds the files, earlier versions, the trash, and lists that are JSON", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("Größe");
    await client.put(`/api/v1/files?folderId=${folder.id}&name=a.txt`, "first");
    await client.put(`/api/v1/files?folderId=${folder.id}&name=a.txt`, "second");
    const gone = await client.store("gone.txt", "deleted");
    await client.delete(gone.links.content);
    const { links } = (await client.post("/api/v1/me/export")).json;
    const { bytes } = await client.get(links.content, { Accept: type });
    const into = mkdtempSync(join(scratch, "into-"));
    const archive = join(into, "..", `${into.slice(-6)}.archive`);
    writeFileSync(archive, bytes);

    reader.check(archive);
    reader.extract(archive, into);

    const found = readdirSync(into, { recursive: true, encoding: "utf8" });
    const contentOf = (pattern: RegExp) =>
      found
        .filter((path) => pattern.test(path))
        .map((path) => readFileSync(join(into, path), "utf8"));
    expect(contentOf(/^files.Größe.a\.txt$/)).toEqual(["second"]);
    expect(contentOf(/^versions.Größe.a\.txt.[^/]*\.txt$/)).toEqual(["first"]);
    expect(contentOf(/^trash.[^/]*.gone\.txt$/)).toEqual(["deleted"]);
    const lines = contentOf(/^metadata.files\.ndjson$/).flatMap((text) => text.trim().split("\n"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { path: "/Größe/a.txt", sizeBytes: 6 },
    ]);
  });
});
