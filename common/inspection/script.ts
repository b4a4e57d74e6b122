/** The types of scripts, by the program that runs them. */
const INTERPRETERS: readonly (readonly [program: RegExp, type: string])[] = [
  [/^(?:a|ba|da|k|z|c|tc|fi)?sh$/, "text/x-shellscript"],
  [/^(?:python|pypy)[\d.]*$/, "text/x-python"],
  [/^perl[\d.]*$/, "text/x-perl"],
  [/^php[\d.]*$/, "text/x-php"],
  [/^ruby[\d.]*$/, "text/x-ruby"],
  [/^(?:node|nodejs|deno|bun)$/, "text/javascript"],
];

/** What other scripts and shortcuts begin with. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, type: string])[] = [
  [/^<\?(?:php\s|=)/i, "text/x-php"],
  [/^@echo off\b/i, "text/x-msdos-batch"],
  [/^\[Desktop Entry\]\s/, "application/x-desktop"],
  [/^\[InternetShortcut\]\s/i, "application/x-mswinurl"],
];

/**
 * The type of text that is a script, or starts a program: by its first line.
 *
 * @returns `undefined` for other text.
 */
export function scriptType(text: string): string | undefined {
  const line = /^#![ \t]{0,20}(\/\S{1,200})(?:[ \t]{1,20}(.{0,200}))?/.exec(text);
  if (line === null) {
    const start = text.trimStart();
    return BEGINNINGS.find(([beginning]) => beginning.test(start))?.[1];
  }
  const [, path = "", rest = ""] = line;
  const named = path.endsWith("/env") ? rest.split(/\s+/).find(isProgram) : path;
  const program = named?.split("/").at(-1) ?? "";
  return INTERPRETERS.find(([names]) => names.test(program))?.[1] ?? "text/x-script";
}

/** Not an option or a variable, as `env -S VAR=value node` has them. */
const isProgram = (word: string) => !word.startsWith("-") && !word.includes("=");
