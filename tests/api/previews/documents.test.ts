import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { needs } from "../../support/needs.js";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on" });

/** A file of somebody, when its pipeline is over. */
async function stored(content: Buffer | string) {
  const client = await world().member();
  const { id, links } = await client.store("a", content);
  await world().settle();
  const { pipeline, type } = (await client.get(links.metadata)).json;
  const preview = await client.get(`/api/v1/files/${id}/preview?size=1024`);
  return { step: pipeline[2], type, preview };
}

/** How dark a picture is, from 0 to 255, and its size. */
async function looksOf(bytes: Buffer) {
  const { width, height } = await sharp(bytes).metadata();
  const { channels } = await sharp(bytes).greyscale().stats();
  return { width, height, darkest: channels[0]?.min ?? 255, mean: channels[0]?.mean ?? 0 };
}

/** A document of one page, half of which is black. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R
/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 72>>stream
0 0 0 rg 0 0 100 100 re f BT /F1 80 Tf 120 20 Td 0 0 0 rg (W) Tj ET     
endstream endobj
trailer<</Root 1 0 R>>
`;

const frame = (id: string, data: Buffer) => {
  const header = Buffer.alloc(10);
  header.write(id, "latin1");
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

/** An MP3 file of some silent frames, with a picture in its ID3v2.3 tag. */
async function song(): Promise<Buffer> {
  const cover = await picture({ width: 300, height: 300, format: "jpeg" });
  const named = Buffer.from("\0image/jpeg\0\x03\0", "latin1");
  const tag = frame("APIC", Buffer.concat([named, cover]));
  const size = [21, 14, 7, 0].map((bits) => (tag.length >> bits) & 0x7f);
  const silent = Buffer.concat([Buffer.from("fffb9000", "hex"), Buffer.alloc(413)]);
  const head = Buffer.from([...Buffer.from("ID3"), 3, 0, 0, ...size]);
  return Buffer.concat([head, tag, ...Array<Buffer>(8).fill(silent)]);
}

describe("GET /files/{id}/preview of documents", () => {
  needs("fonts").test.each([
    ["text", "hello world\n".repeat(500)],
    ["Markdown", "# Title & more\n\n<b>bold</b> *text*\n".repeat(20)],
    ["JSON", JSON.stringify({ a: Array(100).fill("value") }, undefined, 2)],
  ])("shows the first page of %s", async (_kind, content) => {
    const { step, preview } = await stored(content);

    expect(step).toMatchObject({ step: "preview", outcome: "done" });
    const { width, height, darkest, mean } = await looksOf(preview.bytes);
    expect([width, height]).toEqual([724, 1024]);
    expect(darkest).toBeLessThan(100);
    expect(mean).toBeGreaterThan(150);
  });

  test("shows the first page of a PDF document", async () => {
    const { step, type, preview } = await stored(PDF);

    expect({ type, step }).toMatchObject({ type: "application/pdf", step: { outcome: "done" } });
    const { width, height, mean } = await looksOf(preview.bytes);
    expect([width, height]).toEqual([1024, 512]);
    // The black half, and a letter of a font that the document does not bring.
    expect(mean).toBeLessThan(122);
    expect(mean).toBeGreaterThan(80);
  });

  test("shows the cover of a song", async () => {
    const { step, type, preview } = await stored(await song());

    expect({ type, step }).toMatchObject({ type: "audio/mpeg", step: { outcome: "done" } });
    expect(await looksOf(preview.bytes)).toMatchObject({ width: 300, height: 300 });
  });

  test("says that a damaged PDF document is damaged", async () => {
    const { step, preview } = await stored("%PDF-1.4\n\x01\x02\x03 nothing of a document");

    expect(step).toMatchObject({ outcome: "failed", reason: "the content is damaged" });
    expect(preview.status).toBe(404);
  });
});
