/** Figures as people read them. */
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** Such as `1.5 MB`. */
export function sizeText(bytes) {
  if (bytes === 1) return "1 byte";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

/** Such as `1 file` and `1,200 files`. */
export const filesText = (count) =>
  count === 1 ? "1 file" : `${count.toLocaleString("en-GB")} files`;

/** How fast it goes and how long that takes; empty while nothing is known of it. */
export function paceText(bytesPerSecond, leftBytes) {
  if (bytesPerSecond < 1) return "";
  return `${sizeText(bytesPerSecond)}/s, ${timeText(leftBytes / bytesPerSecond)} left`;
}

function timeText(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
