import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES as FRAME } from "../../../../common/storage/bucket.js";
import { eventually } from "../../../support/eventually.js";
import { locationOf, uploadMetadata } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { contentOf, newUploader, sha256 } from "./uploaders.js";

const world = useWorld();

describe("Parts", () => {
  test("of any sizes are concatenated in the requested order", async () => {
    const { client, tus } = await newUploader(world());
    const parts = [randomBytes(FRAME + 1), Buffer.alloc(0), randomBytes(3), randomBytes(2 * FRAME)];
    const paths: string[] = [];
    for (const part of parts) {
      const fields = { "Upload-Length": String(part.length), "Upload-Concat": "partial" };
      const path = await tus.begin(fields);
      if (part.length > 0) await tus.patch(path, { offset: 0, body: part });
      paths.push(path);
    }
    expect((await tus.head(paths[0] ?? "")).headers.get("upload-concat")).toBe("partial");
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    const [first = "", ...others] = paths;
    const order = [...others, `http://elsewhere.example${first}`];

    const whole = await tus.create({
      "Upload-Concat": `final;${order.join(" ")}`,
      ...uploadMetadata({ filename: "whole" }),
    });

    expect(whole.status).toBe(201);
    const expected = Buffer.concat([...parts.slice(1), ...parts.slice(0, 1)]);
    const { file, bytes } = await contentOf(client, whole.headers);
    expect(file).toMatchObject({ name: "whole", sha256: sha256(expected) });
    expect(bytes.equals(expected)).toBe(true);
    const found = await tus.head(locationOf(whole.headers));
    expect(found.headers.get("upload-concat")).toBe(`final;${order.join(" ")}`);
    expect(found.headers.get("upload-offset")).toBe(String(expected.length));
    expect((await tus.head(first)).status).toBe(404);
  });

  test("are concatenated once, and every request for it gets the same answer", async () => {
    const { client, tus } = await newUploader(world());
    const other = tus.at(await world().addWeb());
    const parts = [randomBytes(8 * FRAME + 1), randomBytes(8 * FRAME)];
    const paths: string[] = [];
    for (const part of parts) {
      paths.push(
        await tus.begin({ "Upload-Length": String(part.length), "Upload-Concat": "partial" }, part),
      );
    }
    const final = {
      "Upload-Concat": `final;${paths.join(" ")}`,
      ...uploadMetadata({ filename: "whole" }),
    };

    const atOnce = await Promise.all([tus, other, tus, other].map((each) => each.create(final)));
    const later = await other.create(final);
    const otherwise = await tus.create({ ...final, ...uploadMetadata({ filename: "other" }) });

    const answers = [...atOnce, later].map(({ status, headers }) => [
      status,
      locationOf(headers),
      headers.get("content-location"),
    ]);
    expect(answers).toEqual(answers.map(() => [201, ...(answers[0]?.slice(1) ?? [])]));
    expect(otherwise.status).toBe(404);
    const { bytes } = await contentOf(client, later.headers);
    expect(bytes.equals(Buffer.concat(parts))).toBe(true);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: bytes.length, reservedBytes: 0, files: 1 });
    expect(
      await world().mongo.db.collection("versions").countDocuments({ sizeBytes: bytes.length }),
    ).toBe(1);
  });

  test("are concatenated although the client goes away; when it asks again it gets the answer", async () => {
    const { client, tus } = await newUploader(world());
    const part = randomBytes(20 * FRAME);
    const path = await tus.begin(
      { "Upload-Length": String(part.length), "Upload-Concat": "partial" },
      part,
    );
    const final = { "Upload-Concat": `final;${path}` };
    const raw = await world().raw();
    raw.send(
      `POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nCookie: ${client.cookie}\r\nTus-Resumable: 1.0.0\r\n` +
        `Upload-Concat: ${final["Upload-Concat"]}\r\nContent-Length: 0\r\n\r\n`,
    );
    const ledger = world().mongo.db.collection("uploads");
    await eventually(
      () => ledger.countDocuments({ "resumable.partIds": path.split("/").at(-1) }),
      (count) => count > 0,
    );
    raw.socket.resetAndDestroy();

    const { status, headers } = await tus.create(final);

    expect(status).toBe(201);
    expect((await contentOf(client, headers)).bytes.equals(part)).toBe(true);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: part.length, reservedBytes: 0, files: 1 });
  });

  test("that are not whole, no parts, somebody else's or named twice are refused, and stay", async () => {
    const { tus } = await newUploader(world());
    const stranger = (await newUploader(world())).tus;
    const part = { "Upload-Length": "3", "Upload-Concat": "partial" };
    const unfinished = await tus.begin(part, Buffer.from("ab"));
    const finished = await tus.begin(part, Buffer.from("abc"));
    const noPart = await tus.begin({ "Upload-Length": "3" });
    const foreign = await stranger.begin(part, Buffer.from("abc"));
    const join = async (...paths: string[]) =>
      (await tus.create({ "Upload-Concat": `final;${paths.join(" ")}` })).status;

    expect(await join(finished, unfinished)).toBe(409);
    expect(await join(finished, noPart)).toBe(409);
    expect(await join(finished, foreign)).toBe(404);
    expect(await join(finished, finished)).toBe(400);
    expect(await join()).toBe(400);
    expect(await join("/etc/passwd")).toBe(400);
    expect(await join(`${finished}/../../x`)).toBe(400);
    expect(await tus.offset(finished)).toBe(3);
    for (const path of [unfinished, finished, noPart]) await tus.terminate(path);
    await stranger.terminate(foreign);
  });
});
