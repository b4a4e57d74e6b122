import { catalogue } from "../words/language.js";
import { numberText } from "../words/texts.js";

const few = (names: readonly string[], more: (count: string) => string) =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? more(numberText(names.length - 3)) : "");

/** What is there from the start; the panel has words of its own. */
export const uploadWords = catalogue({
  en: {
    uploadFiles: "Upload files",
    uploadFolder: "Upload a folder",
    drop: "Drop files and folders to upload them",
    dropInto: "They go into the folder that is open.",
    pastedName: (time: string) => `Pasted ${time}`,
    unreadable: (paths: readonly string[]) =>
      `Your browser could not read: ${few(paths, (count) => ` and ${count} more`)}`,
  },
  de: {
    uploadFiles: "Dateien hochladen",
    uploadFolder: "Ordner hochladen",
    drop: "Dateien und Ordner hier ablegen, um sie hochzuladen",
    dropInto: "Sie kommen in den geöffneten Ordner.",
    pastedName: (time: string) => `Eingefügt ${time}`,
    unreadable: (paths: readonly string[]) =>
      `Dein Browser konnte nicht lesen: ${few(paths, (count) => ` und ${count} weitere`)}`,
  },
});
