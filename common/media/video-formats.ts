/** How ffmpeg reads the types of video of which there are previews. Playlists, which name other files, are not among them. */
export const VIDEO_DEMUXERS: Readonly<Record<string, string>> = {
  "video/mp4": "mov",
  "video/quicktime": "mov",
  "video/x-m4v": "mov",
  "video/3gpp": "mov",
  "video/3gpp2": "mov",
  "video/webm": "matroska",
  "video/matroska": "matroska",
  "video/vnd.avi": "avi",
  "video/mp2t": "mpegts",
  "video/mpeg": "mpeg",
  "video/mp2p": "mpeg",
  "video/mp1s": "mpeg",
  "video/ogg": "ogg",
  "video/x-flv": "flv",
  "video/x-ms-asf": "asf",
};
