/** Sound of a length, all of it silence: WAV with one channel of 8 bits, 8,000 times a second. */
export function wavOf(seconds: number, title?: string): Buffer {
  const data = Buffer.alloc(8000 * seconds, 0x80);
  const list = title === undefined ? Buffer.alloc(0) : wavChunk("LIST", infoOf(title));
  const format = Buffer.from("01000100401f0000401f000001000800", "hex");
  const chunks = Buffer.concat([wavChunk("fmt ", format), list, wavChunk("data", data)]);
  return wavChunk("RIFF", Buffer.concat([Buffer.from("WAVE"), chunks]));
}

const infoOf = (title: string) =>
  Buffer.concat([Buffer.from("INFO"), wavChunk("INAM", Buffer.from(`${title}\0`))]);

function wavChunk(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name), length, content, Buffer.alloc(content.length % 2)]);
}

export interface Movie {
  readonly durationMs: number;
  readonly width: number;
  readonly height: number;
  /** How many bytes of pictures lie before what describes them. */
  readonly dataBytes?: number;
}

/** An MP4 without a picture, whose description lies at its end. */
export function movieOf({ durationMs, width, height, dataBytes = 100 }: Movie): Buffer {
  const times = Buffer.alloc(100);
  times.writeUInt32BE(1000, 12);
  times.writeUInt32BE(durationMs, 16);
  const track = Buffer.alloc(84);
  track.writeUInt32BE(1, 12);
  track.writeUInt32BE(durationMs, 20);
  track.writeUInt32BE(width * 65_536, 76);
  track.writeUInt32BE(height * 65_536, 80);
  const media = Buffer.alloc(24);
  media.writeUInt32BE(1000, 12);
  media.writeUInt32BE(durationMs, 16);
  const samples = movieBox("minf", movieBox("stbl", movieBox("stsd", Buffer.alloc(8))));
  const handler = Buffer.from("\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0", "latin1");
  const described = Buffer.concat([movieBox("mdhd", media), movieBox("hdlr", handler), samples]);
  const tracks = [movieBox("tkhd", track), movieBox("mdia", described)];
  const movie = [movieBox("mvhd", times), movieBox("trak", Buffer.concat(tracks))];
  return Buffer.concat([
    movieBox("ftyp", Buffer.from("isom\0\0\x02\0isommp41", "latin1")),
    movieBox("mdat", Buffer.alloc(dataBytes)),
    movieBox("moov", Buffer.concat(movie)),
  ]);
}

function movieBox(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(8 + content.length);
  return Buffer.concat([length, Buffer.from(name), content]);
}
