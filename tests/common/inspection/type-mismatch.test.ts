import { describe, expect, test } from "@jest/globals";
import { typeMismatch } from "../../../common/inspection/type-mismatch.js";

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const DOCM = "application/vnd.ms-word.document.macroenabled.12";
const EXE = "application/x-msdownload";

describe("A mismatch of types", () => {
  test.each([
    ["invoice.pdf", null, EXE],
    ["photo.jpg", null, "text/html"],
    ["photo.JPG", "image/jpeg", "application/x-elf"],
    ["notes.txt", "text/plain", EXE],
    ["report.docx", null, DOCM],
    ["report.docx", null, "text/html"],
    ["report.docx", null, "application/pdf"],
    ["report.docx", null, "application/x-msi"],
    ["photo.png", null, "application/zip"],
    ["song.mp3", null, "text/x-shellscript"],
    ["photo.png", null, "text/plain"],
    ["backup.zip", null, "image/png"],
    ["picture.png", null, "image/svg+xml"],
    ["paper.pdf", null, "application/zip"],
    ["table.csv", null, "application/x-elf"],
    ["archive.zip", null, "application/vnd.android.package-archive"],
    ["font.woff2", null, "text/html"],
  ])("is said of %s (claimed: %s) that is %s", (name, claimedType, type) => {
    expect(typeMismatch({ name, claimedType, type })).toMatchObject({
      byName: expect.any(String),
      found: type,
      reason: expect.stringMatching(/^The name says .+, but the content is .+/),
    });
  });

  test.each([
    ["a", "image/png", "text/html"],
    ["page.html", "image/png", "text/html"],
    ["setup.exe", "application/pdf", EXE],
  ])("is said of %s where only the claim %s disagrees with %s", (name, claimed, type) => {
    expect(typeMismatch({ name, claimedType: claimed, type })).toEqual({
      ...{ claimed, byName: null, found: type },
      reason: expect.stringMatching(/^The uploader says .+, but the content is .+/),
    });
  });

  test.each([
    ["README.md", "text/markdown", "text/plain"],
    ["README.txt", "text/plain", "text/markdown"],
    ["README.md", null, "text/html"],
    ["a.jpg", "image/jpg", "image/jpeg"],
    ["a.jpg", "image/jpeg", "image/png"],
    ["a.jpeg", "image/pjpeg", "image/webp"],
    ["a.heic", "application/octet-stream", "image/heic"],
    ["program", "application/octet-stream", EXE],
    ["setup.exe", "application/x-msdos-program", EXE],
    ["a", "application/x-www-form-urlencoded", "application/pdf"],
    ["app.ts", "video/mp2t", "text/plain"],
    ["app.js", "text/javascript", "text/plain"],
    ["run.sh", "application/x-sh", "text/x-shellscript"],
    ["run.py", "text/x-python", "text/plain"],
    ["data.csv", "application/vnd.ms-excel", "text/csv"],
    ["data.csv", "text/csv", "text/plain"],
    ["data.json", "application/json", "application/json"],
    ["data.xls", "application/vnd.ms-excel", "text/tab-separated-values"],
    ["letter.doc", "application/msword", "application/rtf"],
    ["letter.doc", "application/msword", DOCX],
    ["letter.docx", DOCX, DOCX],
    ["letter.docx", "application/zip", DOCX],
    ["letter.docx", DOCX, "application/x-cfb"],
    ["letter.docx", DOCX, "application/zip"],
    ["letter.docm", DOCM, DOCM],
    ["book.epub", "application/epub+zip", "application/epub+zip"],
    ["all.zip", "application/x-zip-compressed", "application/zip"],
    ["all.tgz", "application/x-compressed", "application/gzip"],
    ["song.m4a", "audio/x-m4a", "video/mp4"],
    ["song.ogg", "application/ogg", "video/ogg"],
    ["page.html", "text/html", "text/plain"],
    ["page.xml", "text/xml", "application/rss+xml"],
    ["page.php", null, "text/html"],
    ["image.svg", "image/svg+xml", "image/png"],
    ["drawing.ai", "application/postscript", "application/pdf"],
    ["mail.eml", "message/rfc822", "text/plain"],
    ["example.com", "text/html", "text/html"],
    ["a.unknown", null, EXE],
    ["a.jpg", "image/jpeg", "application/octet-stream"],
    [".pdf", null, "application/pdf"],
    ["a.jpg", "image/jpeg", null],
  ])("is not said of %s (claimed: %s) that is %s", (name, claimedType, type) => {
    expect(typeMismatch({ name, claimedType, type })).toBeNull();
  });
});
