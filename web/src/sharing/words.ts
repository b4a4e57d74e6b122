import { catalogue } from "../words/language.js";
import { german } from "./words-de.js";
import { english, type SharingWords } from "./words-en.js";

/** What the dialog and the rooms of sharing say. */
export const sharingWords = catalogue<SharingWords>({ en: english, de: german });
