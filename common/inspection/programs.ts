/** Types that a computer or a phone runs or installs. */
const PROGRAMS = new Set([
  "application/x-msdownload",
  "application/x-elf",
  "application/x-mach-binary",
  "application/x-msi",
  "application/x-ms-shortcut",
  "application/x-mswinurl",
  "application/x-desktop",
  "application/x.ms.shortcut",
  "application/java-vm",
  "application/java-archive",
  "application/vnd.android.package-archive",
  "application/x-ios-app",
  "application/x-deb",
  "application/vnd.debian.binary-package",
  "application/x-rpm",
  "application/x-google-chrome-extension",
  "application/x-xpinstall",
  "application/x-ms-regedit",
  "application/wasm",
]);

const SCRIPTS = new Set([
  "text/x-shellscript",
  "text/x-python",
  "text/x-perl",
  "text/x-php",
  "text/x-ruby",
  "text/javascript",
  "text/x-script",
  "text/x-msdos-batch",
]);

/** Whether a found type is one of programs, packages and what starts them. */
export const isProgram = (type: string): boolean => PROGRAMS.has(type);

/** Whether a found type is one of scripts. */
export const isScript = (type: string): boolean => SCRIPTS.has(type);
