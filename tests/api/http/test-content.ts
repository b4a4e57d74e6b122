import { createHash } from "node:crypto";
import { type Content, sendContent } from "../../../api/http/send-content.js";
import type { Routes } from "./test-app.js";

export const BYTES = Buffer.from("0123456789");

/** Content in memory, in pieces of 3 bytes, that tells what was read of it. */
export function contentOf(bytes: Buffer, changes: Partial<Content> = {}) {
  const seen = { opened: 0, ended: 0 };
  const content: Content = {
    name: "naïve.png",
    type: "image/png",
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    etag: '"v1"',
    lastModified: new Date("2024-05-06T07:08:09.678Z"),
    async *open({ first, last }) {
      seen.opened += 1;
      try {
        for (let at = first; at <= last; at += 3) {
          yield await Promise.resolve(bytes.subarray(at, Math.min(at + 3, last + 1)));
        }
      } finally {
        seen.ended += 1;
      }
    },
    ...changes,
  };
  return { content, seen };
}

/** Answers `/content` with it. */
export const contentRoute =
  (content: Content): Routes =>
  (router) =>
    router.get("/content", (ctx) => sendContent(ctx, content));
