import { parseBuffer } from "music-metadata";
import { countOf, type Details, detailsOf, shortText } from "../inspection/details.js";
import { boxesIn } from "./boxes.js";
import type { MediaTask } from "./task.js";

const MS_IN_SECOND = 1000;

/** Reads the tags and headers of audio or video. */
export async function describeRecording({ bytes, type, sizeBytes }: MediaTask): Promise<Details> {
  const file = { mimeType: type, size: sizeBytes };
  const { format, common } = await parseBuffer(bytes, file, { duration: true, skipCovers: true });
  const movie = Buffer.from(bytes);
  const { duration = movieSeconds(movie), bitrate, trackInfo } = format;
  const isVideo = type.startsWith("video/");
  const video = trackInfo.find((track) => track.video !== undefined)?.video;
  const track = {
    width: video?.displayWidth ?? video?.pixelWidth,
    height: video?.displayHeight ?? video?.pixelHeight,
  };
  const { width, height } = isVideo ? (frameOf(movie) ?? track) : track;
  return detailsOf({
    width: countOf(width),
    height: countOf(height),
    durationMs: countOf(duration * MS_IN_SECOND, Number.MAX_SAFE_INTEGER),
    bitRate: isVideo ? undefined : countOf(bitrate),
    title: shortText(common.title),
    artist: shortText(common.artist),
    album: shortText(common.album),
  });
}

/** How long MP4 and QuickTime say that they are (ISO/IEC 14496-12, §8.2.2); 0 where they do not. */
function movieSeconds(bytes: Buffer): number {
  const [header] = boxesIn(bytes, "moov").flatMap((movie) => boxesIn(movie, "mvhd"));
  if (header === undefined || header.length < 32) return 0;
  const isLong = header[0] === 1;
  const scale = header.readUInt32BE(isLong ? 20 : 12);
  const length = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
  return scale === 0 ? 0 : length / scale;
}

/** The largest picture of the tracks of MP4 and QuickTime (ISO/IEC 14496-12, §8.3.2): both lengths end the box, as numbers of 16.16 bits. */
function frameOf(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  const frames = boxesIn(bytes, "moov")
    .flatMap((movie) => boxesIn(movie, "trak"))
    .flatMap((track) => boxesIn(track, "tkhd"))
    .filter((header) => header.length >= 84)
    .map((header) => ({
      width: header.readUInt32BE(header.length - 8) / 65_536,
      height: header.readUInt32BE(header.length - 4) / 65_536,
    }));
  return frames.sort((one, other) => other.width - one.width).at(0);
}
