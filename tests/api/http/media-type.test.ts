import { describe, expect, test } from "@jest/globals";
import { claimedMediaType, presentationOf } from "../../../api/http/media-type.js";

describe("A claimed type", () => {
  test.each([
    ["image/png", "image/png"],
    [" Image/PNG ; charset=x", "image/png"],
    ["application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"],
    ["image/svg+xml", "image/svg+xml"],
  ])("%j is kept as %s", (field, type) => {
    expect(claimedMediaType(field)).toBe(type);
  });

  test.each([
    undefined,
    "",
    "png",
    "image/",
    "/png",
    "image/png/x",
    "image/png charset=x",
    "image/p ng",
    "image/<b>",
    "image/png\r\nX: y",
    "*/*",
    `image/${"x".repeat(128)}`,
  ])("%j is invalid", (field) => {
    expect(claimedMediaType(field)).toBeNull();
  });
});

describe("Content that was found to be", () => {
  test.each([
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "application/json",
  ])("%s is shown as it is", (type) => {
    expect(presentationOf(type)).toEqual({ contentType: type, disposition: "inline" });
  });

  test.each([
    "text/plain",
    "text/csv",
    "text/tab-separated-values",
    "application/x-ndjson",
    "text/javascript",
    "text/x-shellscript",
    "text/x-php",
  ])("%s is shown as plain text in its encoding, else in UTF-8", (type) => {
    const plain = { contentType: "text/plain; charset=utf-8", disposition: "inline" };
    expect(presentationOf(type)).toEqual(plain);
    expect(presentationOf(type, null)).toEqual(plain);
    expect(presentationOf(type, "windows-1252").contentType).toBe(
      "text/plain; charset=windows-1252",
    );
  });

  test.each([
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/pdf",
    "application/x-shockwave-flash",
    "multipart/related",
    "text/css",
    "message/rfc822",
    "application/x-new",
  ])("%s is downloaded", (type) => {
    expect(presentationOf(type)).toEqual({ contentType: type, disposition: "attachment" });
  });

  test.each([null, "", "no type", "text/html\r\nX: y"])("%j is downloaded as bytes", (type) => {
    const { disposition, contentType } = presentationOf(type);

    expect({ disposition, contentType }).toEqual({
      disposition: "attachment",
      contentType: "application/octet-stream",
    });
  });
});
