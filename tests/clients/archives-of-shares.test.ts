import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { API, give, people } from "../api/shares/people.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { TAR_READERS, ZIP_READERS } from "./archive-readers.js";

const world = useWorld();

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-shared-"));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const FORMS = [
  { form: "zip", accept: "application/zip", readers: ZIP_READERS },
  { form: "tar", accept: "application/x-tar", readers: TAR_READERS },
];

describe.each(FORMS)("a folder that is shared, as $form", ({ form, accept, readers }) => {
  for (const { name, needs: program, check, extract } of readers) {
    needs(program).test(`is opened by ${name} for a viewer`, async () => {
      const all = await people(world());
      await give(all, "viewer");
      const { json } = await all.guest.post(`${API}/archives`, { folderId: all.folder });
      const { bytes } = await all.guest.get(json.links.content, { Accept: accept });
      const into = join(scratch, `${form} ${name}`);
      mkdirSync(into);
      const archive = join(scratch, `${name}.${form}`);
      writeFileSync(archive, bytes);

      check(archive);
      extract(archive, into);

      expect(readFileSync(join(into, "inner", "a.txt"), "utf8")).toBe("hello");
    });
  }
});
