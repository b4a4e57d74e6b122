import { catalogue } from "../words/language.js";

type Shortcuts = readonly (readonly [keys: string, text: string])[];
type Keys = Readonly<Record<string, string>>;

const english: Shortcuts = [
  ["↑ ↓", "Go to the row above or below"],
  ["Enter", "Open"],
  ["Alt+↑ Backspace", "Go to the folder above"],
  ["Space", "Select, or take out of the selection"],
  ["Shift+↑ Shift+↓", "Select several"],
  ["Ctrl+A", "Select all"],
  ["Escape", "Select nothing"],
  ["F2", "Rename"],
  ["Delete", "Move to the trash"],
  ["m", "Move"],
  ["c", "Copy"],
  ["f", "Mark as a favourite"],
  ["i", "Show details"],
  ["n", "New folder"],
  ["v", "List or tiles"],
  ["/", "Search"],
  ["?", "Show this help"],
];

const german: Shortcuts = [
  ["↑ ↓", "Zur Zeile darüber oder darunter"],
  ["Enter", "Öffnen"],
  ["Alt+↑ Backspace", "Zum Ordner darüber"],
  ["Leertaste", "Auswählen oder abwählen"],
  ["Shift+↑ Shift+↓", "Mehrere auswählen"],
  ["Strg+A", "Alles auswählen"],
  ["Escape", "Nichts auswählen"],
  ["F2", "Umbenennen"],
  ["Entf", "In den Papierkorb legen"],
  ["m", "Verschieben"],
  ["c", "Kopieren"],
  ["f", "Als Favorit markieren"],
  ["i", "Einzelheiten zeigen"],
  ["n", "Neuer Ordner"],
  ["v", "Liste oder Kacheln"],
  ["/", "Suchen"],
  ["?", "Diese Hilfe zeigen"],
];

const noKeys: Keys = {};
const germanKeys: Keys = { Delete: "Entf" };

export const dialogWords = catalogue({
  en: {
    menu: "Actions",
    newFolder: "New folder",
    name: "Name",
    create: "Create",
    cancel: "Cancel",
    close: "Close",
    moveTo: "Move to",
    copyTo: "Copy to",
    moveHere: "Move here",
    copyHere: "Copy here",
    folders: "Folders",
    noFolders: "There are no folders in it.",
    more: "Show more",
    purge: "Delete for good",
    purgeText: (count: number) =>
      count === 1
        ? "This entry is removed for good. That cannot be undone."
        : `${count} entries are removed for good. That cannot be undone.`,
    empty: "Empty the trash",
    emptyText: "All that is in the trash is removed for good. That cannot be undone.",
    help: "Keyboard shortcuts",
    shortcuts: english,
    singleKeys: "Use shortcuts of one letter",
    keys: noKeys,
  },
  de: {
    menu: "Aktionen",
    newFolder: "Neuer Ordner",
    name: "Name",
    create: "Anlegen",
    cancel: "Abbrechen",
    close: "Schließen",
    moveTo: "Verschieben nach",
    copyTo: "Kopieren nach",
    moveHere: "Hierher verschieben",
    copyHere: "Hierher kopieren",
    folders: "Ordner",
    noFolders: "Darin sind keine Ordner.",
    more: "Mehr zeigen",
    purge: "Endgültig löschen",
    purgeText: (count: number) =>
      count === 1
        ? "Dieser Eintrag wird endgültig gelöscht. Das lässt sich nicht rückgängig machen."
        : `${count} Einträge werden endgültig gelöscht. Das lässt sich nicht rückgängig machen.`,
    empty: "Papierkorb leeren",
    emptyText:
      "Alles im Papierkorb wird endgültig gelöscht. Das lässt sich nicht rückgängig machen.",
    help: "Tastenkürzel",
    shortcuts: german,
    singleKeys: "Tastenkürzel aus einem Buchstaben benutzen",
    keys: germanKeys,
  },
});
