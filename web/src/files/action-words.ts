import { catalogue } from "../words/language.js";

export const actionWords = catalogue({
  en: {
    undo: "Undo",
    removed: (count: number) =>
      count === 1 ? "Moved to the trash" : `${count} entries moved to the trash`,
    restored: (count: number) => (count === 1 ? "Restored" : `${count} entries restored`),
    moved: (count: number) => (count === 1 ? "Moved" : `${count} entries moved`),
    copied: (count: number) => (count === 1 ? "Copied" : `${count} entries copied`),
    refused: (count: number, reason: string) =>
      count === 1 ? `That did not work: ${reason}` : `${count} entries were refused: ${reason}`,
    preparing: "The ZIP file is being prepared. The download begins by itself.",
    tooLarge: "The ZIP file would have too many entries.",
  },
  de: {
    undo: "Rückgängig",
    removed: (count: number) =>
      count === 1 ? "In den Papierkorb gelegt" : `${count} Einträge in den Papierkorb gelegt`,
    restored: (count: number) =>
      count === 1 ? "Wiederhergestellt" : `${count} Einträge wiederhergestellt`,
    moved: (count: number) => (count === 1 ? "Verschoben" : `${count} Einträge verschoben`),
    copied: (count: number) => (count === 1 ? "Kopiert" : `${count} Einträge kopiert`),
    refused: (count: number, reason: string) =>
      count === 1
        ? `Das hat nicht geklappt: ${reason}`
        : `${count} Einträge wurden abgelehnt: ${reason}`,
    preparing: "Die ZIP-Datei wird vorbereitet. Der Download beginnt von selbst.",
    tooLarge: "Die ZIP-Datei hätte zu viele Einträge.",
  },
});
