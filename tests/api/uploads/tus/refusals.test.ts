import { describe, expect, test } from "@jest/globals";
import { Long } from "mongodb";
import type { AccountDoc } from "../../../../common/accounts/account.js";
import { TusClient, uploadMetadata } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { newUploader } from "./uploaders.js";

const world = useWorld({ maxFileBytes: 8 * 1024 ** 2 });

describe("What is refused", () => {
  test("a wrong offset, with the right one", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "10" }, Buffer.from("abc"));

    const { status, problem } = await tus.patch(path, { offset: 2, body: Buffer.from("x") });

    expect(status).toBe(409);
    expect(problem).toMatchObject({ code: "offset-conflict", offset: 3 });
    await tus.terminate(path);
  });

  test("more than was announced, or than a file may have", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "3" });

    expect((await tus.patch(path, { offset: 0, body: Buffer.from("abcd") })).status).toBe(413);
    expect((await tus.create({ "Upload-Length": String(8 * 1024 ** 2 + 1) })).status).toBe(413);
    expect(await tus.offset(path)).toBe(0);
    await tus.terminate(path);
  });

  test.each([
    [{}, 400],
    [{ "Upload-Length": "-1" }, 400],
    [{ "Upload-Length": "1e3" }, 400],
    [{ "Upload-Length": "5", "Upload-Defer-Length": "1" }, 400],
    [{ "Upload-Defer-Length": "2" }, 400],
    [{ "Upload-Length": "5", "Upload-Metadata": "filename !!" }, 400],
    [{ "Upload-Length": "5", "Upload-Metadata": "a YQ==,a YQ==" }, 400],
    [{ "Upload-Length": "5", "Upload-Concat": "both" }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ filename: "a/b" }) }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ sha256: "abc" }) }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ onConflict: "explode" }) }, 400],
    [{ "Upload-Length": "5", "Tus-Resumable": "0.2.2" }, 412],
  ])("a creation with %j", async (fields, status) => {
    const { tus } = await newUploader(world());

    const answer = await tus.create(fields);

    expect(answer.status).toBe(status);
    expect(answer.problem?.requestId).toMatch(/./);
    expect(
      await world().mongo.db.collection("uploads").countDocuments({ state: "receiving" }),
    ).toBe(0);
  });

  test("an invalid name, of a whole upload and of concatenated parts, with the field that has it", async () => {
    const { tus } = await newUploader(world());
    const part = await tus.begin({ "Upload-Length": "0", "Upload-Concat": "partial" });
    const name = uploadMetadata({ filename: "a/b" });

    const whole = await tus.create({ "Upload-Length": "5", ...name });
    const final = await tus.create({ "Upload-Concat": `final;${part}`, ...name });

    for (const { problem } of [whole, final]) {
      const detail = "The name has a path separator";
      const errors = [{ in: "header", pointer: "Upload-Metadata", detail }];
      expect(problem).toMatchObject({ code: "invalid-name", detail, errors });
    }
    await tus.terminate(part);
  });

  test("pieces without an offset or of another type", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "3" });
    const body = Buffer.from("abc");

    const noOffset = { "Content-Type": "application/offset+octet-stream" };
    expect((await tus.send("PATCH", path, { fields: noOffset, body })).status).toBe(400);
    const otherType = { "Content-Type": "text/plain", "Upload-Offset": "0" };
    expect((await tus.send("PATCH", path, { fields: otherType, body })).status).toBe(415);
    await tus.terminate(path);
  });

  test("everything, without an account or with another's", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "3" });
    const stranger = (await newUploader(world())).tus;
    const nobody = new TusClient({ url: world().url, cookie: "" });

    for (const [asker, status] of [
      [stranger, 404],
      [nobody, 401],
    ] as const) {
      expect((await asker.head(path)).status).toBe(status);
      expect((await asker.patch(path, { offset: 0, body: Buffer.from("abc") })).status).toBe(
        status,
      );
      expect((await asker.terminate(path)).status).toBe(status);
    }
    expect((await nobody.create({ "Upload-Length": "3" })).status).toBe(401);
    expect(await tus.offset(path)).toBe(0);
    await tus.terminate(path);
  });

  test("what has no room in the quota, before a byte moves", async () => {
    const { client, tus } = await newUploader(world());
    const { id } = await world().actorOf(client);
    await world()
      .mongo.db.collection<AccountDoc>("accounts")
      .updateOne({ _id: id }, { $set: { "limits.bytes": Long.fromNumber(10) } });

    expect((await tus.create({ "Upload-Length": "11" })).status).toBe(507);
    const path = await tus.begin({ "Upload-Length": "10" });
    expect((await tus.create({ "Upload-Length": "1" })).status).toBe(507);
    expect((await client.usage()).reservedBytes).toBe(10);
    await tus.terminate(path);
    expect((await client.usage()).reservedBytes).toBe(0);
  });

  test("a name that is taken, where the client says so", async () => {
    const { client, tus } = await newUploader(world());
    await client.store("mine", "before");
    const fields = {
      "Upload-Length": "3",
      ...uploadMetadata({ filename: "mine", onConflict: "fail" }),
    };

    expect((await tus.create(fields)).status).toBe(409);
  });
});
