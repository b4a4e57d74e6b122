import { Problem } from "../http/problem.js";
import { catalogue } from "./language.js";

/** By code of the problem. */
type ByCode = Readonly<Record<string, string>>;

const english: ByCode = {
  offline: "The server is not reached.",
  "invalid-credentials": "The username or the password is wrong.",
  "invalid-code": "The code is wrong or was used already.",
  "too-many-attempts": "Too many wrong passwords. Wait a while, then try again.",
  "too-many-requests": "Too many requests. Wait a moment, then try again.",
  "username-taken": "This username is taken.",
  "registration-closed":
    "This server does not let everybody register. Ask its administrator for an invitation.",
  "name-taken": "This name is taken here.",
  "quota-exceeded": "There is not enough room left.",
  "content-too-large": "The file is larger than this server takes.",
  "file-unreadable": "The file has changed or is gone on this device. Choose it again.",
  "folder-too-deep": "It would lie too deep: at most 64 folders inside each other.",
  "insufficient-role": "You may not change anything here.",
  "invalid-name": "This name cannot be used here. Rename the file, then try again.",
  "name-not-allowed": "This server takes no files with such a name.",
  "type-not-allowed": "This server takes no files of this type.",
  "not-found": "It is not there any more.",
  unauthenticated: "You are signed out.",
};

const german: ByCode = {
  offline: "Der Server ist nicht erreichbar.",
  "invalid-credentials": "Der Benutzername oder das Passwort ist falsch.",
  "invalid-code": "Der Code ist falsch oder wurde schon benutzt.",
  "too-many-attempts": "Zu viele falsche Passwörter. Bitte später noch einmal versuchen.",
  "too-many-requests": "Zu viele Anfragen. Bitte einen Moment warten.",
  "username-taken": "Dieser Benutzername ist vergeben.",
  "registration-closed":
    "Auf diesem Server kann sich nicht jeder registrieren. Die Verwaltung kann einladen.",
  "name-taken": "Dieser Name ist hier schon vergeben.",
  "quota-exceeded": "Es ist nicht genug Platz frei.",
  "content-too-large": "Die Datei ist größer, als dieser Server erlaubt.",
  "file-unreadable": "Die Datei wurde auf diesem Gerät geändert oder entfernt. Wähle sie neu aus.",
  "folder-too-deep": "Das läge zu tief: höchstens 64 Ordner ineinander.",
  "insufficient-role": "Du darfst hier nichts ändern.",
  "invalid-name": "Dieser Name geht hier nicht. Benenne die Datei um und versuche es noch einmal.",
  "name-not-allowed": "Dieser Server nimmt keine Dateien mit solchen Namen an.",
  "type-not-allowed": "Dieser Server nimmt keine Dateien dieser Art an.",
  "not-found": "Das gibt es nicht mehr.",
  unauthenticated: "Du bist abgemeldet.",
};

const problemWords = catalogue({
  en: {
    other: (detail: string) => `That did not work: ${detail}`,
    byCode: english,
  },
  de: {
    other: (detail: string) => `Das hat nicht geklappt: ${detail}`,
    byCode: german,
  },
});

/** What went wrong, in words for people. Problems without words here are told as the API tells them. */
export function faultText(error: unknown): string {
  const { byCode, other } = problemWords.value;
  if (!(error instanceof Problem)) return other(String(error));
  return byCode[error.code] ?? other(error.message);
}
