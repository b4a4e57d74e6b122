import { catalogue } from "../words/language.js";

type Texts = Readonly<Record<string, string>>;

const englishTypes: Texts = {
  "image/*": "Pictures",
  "video/*": "Videos",
  "audio/*": "Audio",
  document: "Documents",
  spreadsheet: "Spreadsheets",
  presentation: "Presentations",
  text: "Text",
  code: "Code",
  archive: "Archives",
};
const germanTypes: Texts = {
  "image/*": "Bilder",
  "video/*": "Videos",
  "audio/*": "Audio",
  document: "Dokumente",
  spreadsheet: "Tabellen",
  presentation: "Präsentationen",
  text: "Text",
  code: "Code",
  archive: "Archive",
};
const englishDays: Texts = {
  1: "Since yesterday",
  7: "The last 7 days",
  31: "The last 31 days",
  365: "The last 365 days",
};
const germanDays: Texts = {
  1: "Seit gestern",
  7: "Die letzten 7 Tage",
  31: "Die letzten 31 Tage",
  365: "Die letzten 365 Tage",
};

export const searchWords = catalogue({
  en: {
    title: "Search",
    query: "Words of the name",
    content: "Words of the content",
    type: "Type",
    anyType: "Any type",
    types: englishTypes,
    time: "Added",
    anyTime: "Any time",
    days: englishDays,
    tag: "Tag",
    clear: "Clear",
    begin: "Type the beginning of a word of the name, or choose a type or time.",
    nothing: "Nothing was found.",
    results: "Results",
  },
  de: {
    title: "Suche",
    query: "Wörter des Namens",
    content: "Wörter des Inhalts",
    type: "Typ",
    anyType: "Jeder Typ",
    types: germanTypes,
    time: "Hinzugefügt",
    anyTime: "Jederzeit",
    days: germanDays,
    tag: "Schlagwort",
    clear: "Zurücksetzen",
    begin: "Gib den Anfang eines Worts des Namens ein, oder wähle Typ oder Zeit.",
    nothing: "Nichts gefunden.",
    results: "Ergebnisse",
  },
});
