import { catalogue } from "../words/language.js";

export const fileWords = catalogue({
  en: {
    title: "Files",
    name: "Name",
    size: "Size",
    changed: "Changed",
    empty: "This folder is empty.",
  },
  de: {
    title: "Dateien",
    name: "Name",
    size: "Größe",
    changed: "Geändert",
    empty: "Dieser Ordner ist leer.",
  },
});
