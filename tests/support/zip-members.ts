/** Begins the record of a member in the central directory (APPNOTE 6.3.10, §4.3.12). Behind the last one are those of ZIP64, where there are any. */
const MEMBER = 0x02014b50;

/** What a ZIP file of stored contents has, by its central directory; at most 4 GiB. */
export function membersOf(zip: Buffer): { path: string; content: string }[] {
  const end = zip.length - 22;
  const members: { path: string; content: string }[] = [];
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === MEMBER;) {
    const [pathBytes, extraBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const head = zip.readUInt32LE(at + 42);
    const contentAt = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    members.push({
      path: zip.toString("utf8", at + 46, at + 46 + pathBytes),
      content: zip.toString("utf8", contentAt, contentAt + zip.readUInt32LE(at + 24)),
    });
    at += 46 + pathBytes + extraBytes;
  }
  return members;
}
