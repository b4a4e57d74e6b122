import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../../support/use-world.js";
import { newUpload, newUploader } from "./uploaders.js";

const world = useWorld();

const receiving = () =>
  world().mongo.db.collection("uploads").countDocuments({ state: "receiving" });

describe("Each request", () => {
  test.each(["", "0.2.2", "1.0", "1.0.0, 0.2.2"])(
    "needs Tus-Resumable: 1.0.0; %j is 412 with the versions of the server",
    async (version) => {
      const { tus, path } = await newUpload(world());

      for (const method of ["HEAD", "PATCH", "DELETE"]) {
        const fields = { "Tus-Resumable": version };
        const { status, headers } = await tus.send(method, path, { fields });
        expect([status, headers.get("tus-version")]).toEqual([412, "1.0.0"]);
        expect(headers.get("tus-resumable")).toBe("1.0.0");
      }
      expect(await tus.offset(path)).toBe(3);
      await tus.terminate(path);
    },
  );

  test.each([
    ["Upload-Offset", ["", "-1", "+1", "1.5", "1e3", "01", "0x1", "x", "1 2", "5, 5"]],
    ["Upload-Length", ["", "-1", "+1", "1.5", "1e3", "01", "0x1", "x", "1 2", "5, 5"]],
    ["Upload-Defer-Length", ["", "0", "2", "true"]],
    ["Upload-Concat", ["", "both", "Partial", "final"]],
    ["Upload-Metadata", ["a YQ==,a YQ==", "a YQ", "a !!", "a YQ== b", "\u00e9 YQ=="]],
    ["Upload-Checksum", ["", "md5 AAAA", "sha1", "sha1 AAAA", "sha256 !!"]],
    ["Content-Digest", ["sha-256", "sha-256=:AAAA:", "sha-256=!!"]],
  ])("refuses a malformed %s with 400, and leaves the upload alone", async (name, values) => {
    const { tus, path } = await newUpload(world());
    const before = await receiving();

    for (const value of values) {
      const fields = { "Upload-Length": "5", [name]: value };
      const created = await tus.create(fields, Buffer.from("hello"));
      const patched = await tus.send("PATCH", path, {
        fields: {
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": "3",
          [name]: value,
        },
        body: Buffer.from("x"),
      });
      for (const { status, problem } of [created, patched]) {
        expect([value, status, problem?.code]).toEqual([value, 400, "invalid-request"]);
        const at = problem?.errors.map(({ in: part, pointer }) => [part, pointer.toLowerCase()]);
        expect(at).toEqual([["header", name.toLowerCase()]]);
      }
      const override = { "X-HTTP-Method-Override": "DELETE", [name]: value };
      const deleted = await tus.send("POST", path, { fields: override });
      expect([value, deleted.status]).toEqual([value, 400]);
    }

    expect(await receiving()).toBe(before);
    expect(await tus.offset(path)).toBe(3);
    await tus.terminate(path);
  });

  test.each(["", " ", ",", " , ,"])(
    "may have an Upload-Metadata without a pair, such as %j: that is no metadata",
    async (field) => {
      const { tus } = await newUploader(world());

      const path = await tus.begin({ "Upload-Length": "5", "Upload-Metadata": field });

      expect((await tus.head(path)).headers.get("upload-metadata")).toBeNull();
      await tus.terminate(path);
    },
  );

  test("gives metadata with empty elements and names of JavaScript's own back as it was sent", async () => {
    const { tus } = await newUploader(world());
    const field = "constructor YQ==, , __proto__ Yg==,toString,";

    const path = await tus.begin({ "Upload-Length": "5", "Upload-Metadata": field });

    expect((await tus.head(path)).headers.get("upload-metadata")).toBe(field);
    await tus.terminate(path);
  });
});
