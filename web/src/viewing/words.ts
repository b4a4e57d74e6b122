import { catalogue } from "../words/language.js";
import { numberText, sizeText } from "../words/texts.js";

export const viewingWords = catalogue({
  en: {
    close: "Close",
    previous: "Previous file",
    next: "Next file",
    download: "Download",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Fit to the window",
    position: (at: number, all: number) => `${numberText(at)} of ${numberText(all)}`,
    beginning: (bytes: number) =>
      `This is the beginning, up to ${sizeText(bytes)}. Download the file to see all of it.`,
    noView: "This file cannot be shown here.",
    processing: "This file is still being looked at.",
    quarantined: "This file is in quarantine and cannot be opened.",
    unplayable: "Your browser cannot show this file.",
    type: "Type",
    size: "Size",
    modified: "Modified",
    digest: "SHA-256",
    imageLink: (text: string) => `Image: ${text}`,
  },
  de: {
    close: "Schließen",
    previous: "Vorherige Datei",
    next: "Nächste Datei",
    download: "Herunterladen",
    zoomIn: "Vergrößern",
    zoomOut: "Verkleinern",
    fit: "An das Fenster anpassen",
    position: (at: number, all: number) => `${numberText(at)} von ${numberText(all)}`,
    beginning: (bytes: number) =>
      `Das ist der Anfang, bis ${sizeText(bytes)}. Lade die Datei herunter, um alles zu sehen.`,
    noView: "Diese Datei kann hier nicht gezeigt werden.",
    processing: "Diese Datei wird noch untersucht.",
    quarantined: "Diese Datei ist in Quarantäne und kann nicht geöffnet werden.",
    unplayable: "Dein Browser kann diese Datei nicht zeigen.",
    type: "Art",
    size: "Größe",
    modified: "Geändert",
    digest: "SHA-256",
    imageLink: (text: string) => `Bild: ${text}`,
  },
});
