interface Heic {
  readonly width: number;
  readonly height: number;
  /** How often it is to be turned by 90°. */
  readonly turns: number;
}

const box = (type: string, ...content: Buffer[]): Buffer => {
  const all = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(all.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, all]);
};

/** The boxes of HEIC that describe it: a small picture as item 1, and the main one as item 2. There are no pictures. */
export function heicOf({ width, height, turns }: Heic): Buffer {
  const size = (w: number, h: number) => {
    const content = Buffer.alloc(12);
    content.writeUInt32BE(w, 4);
    content.writeUInt32BE(h, 8);
    return box("ispe", content);
  };
  const properties = box(
    "ipco",
    size(160, 120),
    size(width, height),
    box("irot", Buffer.of(turns)),
  );
  const associations = box("ipma", Buffer.from("0000000000000002000101010002028283", "hex"));
  const primary = box("pitm", Buffer.from("000000000002", "hex"));
  const meta = box("meta", Buffer.alloc(4), primary, box("iprp", properties, associations));
  return Buffer.concat([box("ftyp", Buffer.from("heic\0\0\0\0heicmif1", "latin1")), meta]);
}
