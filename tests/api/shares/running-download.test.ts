import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { makeContent } from "../../support/content.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people, type People } from "./people.js";

const world = useWorld();

/** More than all buffers on the way hold. */
const BYTES = 32_000_000;

const ofFile = (_all: People, fileId: string) => Promise.resolve(`${API}/files/${fileId}`);

async function ofArchive({ guest, folder }: People): Promise<string> {
  return (await guest.post(`${API}/archives`, { folderId: folder })).json.links.content;
}

test.each([
  ["file", ofFile],
  ["archive", ofArchive],
])("a running download of a %s ends soon after the share was taken back", async (_name, pathOf) => {
  const all = await people(world());
  const { owner, guest, inner } = all;
  const content = Buffer.concat([...makeContent(BYTES).bytes()]);
  const { json } = await owner.put(`${API}/files?name=large&folderId=${inner}`, content);
  const share = await give(all, "viewer");
  const path = await pathOf(all, json.id);
  const response = await fetch(guest.url + path, { headers: { Cookie: guest.cookie } });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let received = (await reader.read()).value?.length ?? 0;

  expect((await owner.send("DELETE", `${API}/shares/${share.id}`)).status).toBe(204);

  const readSlowly = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      received += value.length;
      // A slow reader, as on a narrow line.
      await setTimeout(5);
    }
  };
  await expect(readSlowly()).rejects.toThrow();
  expect(received).toBeLessThan(BYTES);
});
