import type { Account } from "../../accounts/account.js";

/** What the archive has, in plain words. */
export const readmeOf = ({ username }: Account, at: Date): string =>
  `This archive has everything that the account "${username}" had in Stowage on ${at.toISOString()}.

files/
  Your files and folders, with their names and times.

trash/
  What was in the trash. Each item has a folder of its own, named after the time when it was deleted, and its id.

versions/
  Earlier versions of your files. Each file has a folder here, with its own path and name. A version is named after the time when it
  was stored, and its id. What a file shows now is in files/ or in trash/, and not here again.

metadata/account.json
  Your profile, your role, your limits, what you store, and how you sign in.

metadata/credentials.json
  Where you are signed in, and your API keys. Their secrets are not here: nobody has them but you.

metadata/files.ndjson
metadata/folders.ndjson
metadata/mounts.ndjson
metadata/trash.ndjson
metadata/versions.ndjson
  What Stowage knows of each file, folder, mount, item of the trash and version: id, path, tags, description, favourite, properties,
  times, size, type and checksums. archivePath says where the content lies in this archive. A mount has the id of what it leads to, which
  belongs to another account and is not here.

metadata/links.ndjson
  The links by which you let others in. The part of a URL that opens a link is not here, and neither is its password.

metadata/link-log.ndjson
  Who used those links: when, from which network, with which program, and for what.

metadata/audit.ndjson
  What was done with your account, the latest first.

A file that ends in .ndjson has one JSON object in each line. Times are in UTC. Sizes are in bytes. sha256 and crc32 are hexadecimal.
What you changed, moved or deleted while the archive was being prepared may be missing, or be here twice.
`;
