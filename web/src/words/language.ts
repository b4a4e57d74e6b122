import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** The languages of the page. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = "stowage.language";

const isLanguage = (name: string): name is Language => Object.hasOwn(LANGUAGES, name);

function preferred(): Language {
  const names = [localStorage.getItem(STORED) ?? "", ...navigator.languages];
  return names.map((name) => name.slice(0, 2)).find(isLanguage) ?? "en";
}

/** The language of the page. */
export const language = signal<Language>(preferred());

/** Shows the page in a language, also when this browser opens it again. */
export function chooseLanguage(name: Language): void {
  localStorage.setItem(STORED, name);
  language.value = name;
}

/** The words of a room in the language of the page. Each language has the same; what has numbers in it is a function. */
export const catalogue = <T>(words: Readonly<Record<Language, T>>): ReadonlySignal<T> =>
  computed(() => words[language.value]);
