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
