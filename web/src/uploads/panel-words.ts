import { catalogue, language } from "../words/language.js";
import { numberText, sizeText } from "../words/texts.js";

const files = (count: number) => (count === 1 ? "1 file" : `${numberText(count)} files`);
const dateien = (count: number) => (count === 1 ? "1 Datei" : `${numberText(count)} Dateien`);

/** A length of time for people, rounded. */
function durationText(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? [seconds, "second"]
      : seconds < 3600
        ? [seconds / 60, "minute"]
        : [seconds / 3600, "hour"];
  const form = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(language.value, form).format(Math.max(1, Math.ceil(value)));
}

export const panelWords = catalogue({
  en: {
    title: "Uploads",
    running: (done: number, all: number) => `Uploading ${numberText(done)} of ${files(all)}`,
    paused: (count: number) => `${files(count)} paused`,
    done: (count: number) => `${files(count)} uploaded`,
    failed: (count: number) => `${files(count)} not uploaded`,
    sent: (sent: number, all: number) => `${sizeText(sent)} of ${sizeText(all)}`,
    speed: (bytes: number) => `${sizeText(bytes)}/s`,
    left: (seconds: number) => `about ${durationText(seconds)} left`,
    all: "All uploads",
    pauseAll: "Pause all",
    resumeAll: "Resume all",
    retryAll: "Retry failed",
    cancelAll: "Cancel all",
    close: "Close uploads",
    collapse: "Hide the list of uploads",
    expand: "Show the list of uploads",
    pause: (name: string) => `Pause ${name}`,
    resume: (name: string) => `Resume ${name}`,
    retry: (name: string) => `Retry ${name}`,
    cancel: (name: string) => `Cancel ${name}`,
    states: { waiting: "Waiting", sending: "Uploading", paused: "Paused", done: "Uploaded" },
    network: "Waiting for the network",
    server: "The server is busy. Waiting",
    interrupted: (size: string) =>
      `Interrupted (${size}). Choose or drop this file again to continue.`,
    forget: (name: string) => `Discard ${name}`,
    conflict: "This name is taken",
    conflictText: (title: string) => `There is already a file “${title}”.`,
    forAll: (count: number) =>
      `Do the same for ${count === 1 ? "the other file" : `the other ${numberText(count)} files`}`,
    replace: "Replace",
    replaceNote: "What is replaced stays among the versions of the file.",
    keepBoth: "Keep both",
    skip: "Skip",
    quota: "Not enough room",
    quotaText: (needed: number, free: number) =>
      `These files have ${sizeText(needed)}, and ${sizeText(free)} are free.`,
    sendAnyway: "Upload what fits",
    stop: "Do not upload",
  },
  de: {
    title: "Uploads",
    running: (done: number, all: number) => `${numberText(done)} von ${dateien(all)} hochgeladen`,
    paused: (count: number) => `${dateien(count)} angehalten`,
    done: (count: number) => `${dateien(count)} hochgeladen`,
    failed: (count: number) => `${dateien(count)} nicht hochgeladen`,
    sent: (sent: number, all: number) => `${sizeText(sent)} von ${sizeText(all)}`,
    speed: (bytes: number) => `${sizeText(bytes)}/s`,
    left: (seconds: number) => `noch etwa ${durationText(seconds)}`,
    all: "Alle Uploads",
    pauseAll: "Alle anhalten",
    resumeAll: "Alle fortsetzen",
    retryAll: "Fehlgeschlagene wiederholen",
    cancelAll: "Alle abbrechen",
    close: "Uploads schließen",
    collapse: "Liste der Uploads ausblenden",
    expand: "Liste der Uploads anzeigen",
    pause: (name: string) => `${name} anhalten`,
    resume: (name: string) => `${name} fortsetzen`,
    retry: (name: string) => `${name} wiederholen`,
    cancel: (name: string) => `${name} abbrechen`,
    states: {
      waiting: "Wartet",
      sending: "Wird hochgeladen",
      paused: "Angehalten",
      done: "Hochgeladen",
    },
    network: "Wartet auf das Netz",
    server: "Der Server ist ausgelastet. Wartet",
    interrupted: (size: string) =>
      `Unterbrochen (${size}). Wähle diese Datei noch einmal aus, um fortzufahren.`,
    forget: (name: string) => `${name} verwerfen`,
    conflict: "Dieser Name ist vergeben",
    conflictText: (title: string) => `Es gibt schon eine Datei „${title}“.`,
    forAll: (count: number) =>
      `Genauso bei ${count === 1 ? "der anderen Datei" : `den anderen ${numberText(count)} Dateien`}`,
    replace: "Ersetzen",
    replaceNote: "Das Ersetzte bleibt unter den Versionen der Datei.",
    keepBoth: "Beide behalten",
    skip: "Überspringen",
    quota: "Nicht genug Platz",
    quotaText: (needed: number, free: number) =>
      `Diese Dateien haben ${sizeText(needed)}, frei sind ${sizeText(free)}.`,
    sendAnyway: "Hochladen, was passt",
    stop: "Nicht hochladen",
  },
});
