import type { Inspection } from "./inspection.js";
import { isProgram } from "./programs.js";
import type { Zip } from "./zip.js";

type ZipKind = Pick<Inspection, "type" | "isActiveContent" | "isEncrypted">;

const CONTENT_TYPES = "[Content_Types].xml";

/** The types of Office Open XML by a folder that only one of them has, where the main part does not say it. */
const OFFICE_FOLDERS: readonly (readonly [folder: string, type: string])[] = [
  ["word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
  ["3D/", "model/3mf"],
  ["Documents/", "application/vnd.ms-xpsdocument"],
];

/** Types whose first member says so. */
const DECLARED =
  /^application\/(?:epub\+zip|vnd\.(?:oasis\.opendocument|sun\.xml)\.[a-z.-]{1,60})$/;

/** Other types, by members that they have. */
const MEMBERS: readonly (readonly [member: RegExp, type: string])[] = [
  [/^AndroidManifest\.xml$/, "application/vnd.android.package-archive"],
  [/^META-INF\/mozilla\.rsa$/, "application/x-xpinstall"],
  [/^META-INF\/MANIFEST\.MF$/i, "application/java-archive"],
  [/^Payload\/[^/]+\.app\//, "application/x-ios-app"],
  [/^[^/]+\.kml$/, "application/vnd.google-earth.kmz"],
];

/** Programs of Office documents and of OpenDocument. */
const MACROS = /(?:^|\/)(?:vbaProject\.bin|activeX\d{0,9}\.bin)$|^(?:Basic|Scripts)\/./i;

/** What an archive in the format ZIP is: many types are such archives. */
export async function zipKind(zip: Zip): Promise<ZipKind> {
  const type = await typeOf(zip);
  const isOffice = /officedocument|opendocument|vnd\.ms-|sun\.xml/.test(type);
  const hasMacros = zip.members.some(({ name }) => MACROS.test(name));
  return {
    type,
    isActiveContent: isProgram(type) || (isOffice && (hasMacros || type.includes("macroenabled"))),
    isEncrypted: zip.members.some(({ isEncrypted }) => isEncrypted) || (await isSealed(zip, type)),
  };
}

async function typeOf(zip: Zip): Promise<string> {
  const has = (pattern: RegExp) => zip.members.some(({ name }) => pattern.test(name));
  if (has(/^\[Content_Types\]\.xml$/)) return officeType(zip);
  const declared = (await zip.text("mimetype")).trim();
  if (DECLARED.test(declared)) return declared;
  return MEMBERS.find(([member]) => has(member))?.[1] ?? "application/zip";
}

/** OpenDocument encrypts its members by itself. */
async function isSealed(zip: Zip, type: string): Promise<boolean> {
  if (!type.includes("opendocument")) return false;
  return (await zip.text("META-INF/manifest.xml")).includes("encryption-data");
}

/** The type of the main part is that of the document. A document with macros says so there (ECMA-376, part 1, §15). */
async function officeType(zip: Zip): Promise<string> {
  const parts = await zip.text(CONTENT_TYPES);
  for (const [, main = ""] of parts.matchAll(
    /ContentType=["']([^"'<>]{1,200}?)\.main(?:\+xml)?["']/gi,
  )) {
    const type = mainType(main.toLowerCase());
    if (type !== undefined) return type;
  }
  const folder = OFFICE_FOLDERS.find(([start]) =>
    zip.members.some(({ name }) => name.startsWith(start)),
  );
  return folder?.[1] ?? "application/zip";
}

function mainType(main: string): string | undefined {
  if (/^application\/vnd\.openxmlformats-officedocument\.[a-z]{1,40}\.[a-z]{1,40}$/.test(main)) {
    return main;
  }
  if (main.startsWith("application/vnd.ms-visio.")) return "application/vnd.ms-visio.drawing";
  const [office] =
    /^application\/vnd\.ms-(?:word|excel|powerpoint)\.[a-z.]{1,60}$/.exec(main) ?? [];
  return office && `${office.replace("macroenabledtemplate", "macroenabled")}.12`;
}
