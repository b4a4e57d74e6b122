import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const PDF = Buffer.from(
  "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
const FRAME = { "sec-fetch-dest": "iframe", "sec-fetch-site": "same-origin" };

const DOWNLOADED = {
  "content-disposition": expect.stringMatching(/^attachment;/),
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
};

const world = useWorld();

async function store(name: string, content: Buffer) {
  const owner = await world().member();
  const { id } = (await owner.put(`/api/v1/files?name=${name}`, content)).json;
  await world().settle();
  return (headers: Record<string, string>) => owner.get(`/api/v1/files/${id}`, headers);
}

describe("GET /files/{id} of a PDF", () => {
  test("is shown in a frame of a page of this origin, in a sandbox", async () => {
    const read = await store("a.pdf", PDF);

    const { status, headers } = await read(FRAME);

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/pdf",
      "content-disposition": expect.stringMatching(/^inline;/),
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
      "x-frame-options": "SAMEORIGIN",
      vary: expect.stringContaining("Sec-Fetch-Dest, Sec-Fetch-Site"),
    });
  });

  test.each([
    ["of a page of another origin", { ...FRAME, "sec-fetch-site": "same-site" }],
    ["of a page of another site", { ...FRAME, "sec-fetch-site": "cross-site" }],
    ["that is a page itself", { ...FRAME, "sec-fetch-dest": "document" }],
    ["that is an object", { ...FRAME, "sec-fetch-dest": "object" }],
    ["of a client that says nothing", {}],
  ])("is downloaded by a request %s", async (_what, fields) => {
    const read = await store("a.pdf", PDF);

    expect((await read(fields)).headers).toMatchObject(DOWNLOADED);
  });

  test("is the only content that a frame may show", async () => {
    const page = await store("a.html", Buffer.from("<!doctype html><title>x</title><p>text"));
    const text = await store("a.txt", Buffer.from("text"));

    expect((await page(FRAME)).headers).toMatchObject(DOWNLOADED);
    expect((await text(FRAME)).headers).toMatchObject({ "x-frame-options": "DENY" });
  });
});
