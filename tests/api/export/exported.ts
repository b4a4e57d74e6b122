import type { ArchiveJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { membersOf } from "../../support/zip-members.js";

/** Makes an export that is ready at once. */
export async function makeExport(client: Client): Promise<ArchiveJson> {
  const { status, json } = await client.post("/api/v1/me/export");
  if (status !== 201) throw new Error(`Not made: ${status} ${JSON.stringify(json)}`);
  return json;
}

/** The ZIP file of an export, and the contents in it by their paths. @throws When two of them have the same path. */
export async function exported(client: Client, { links }: ArchiveJson) {
  const { bytes } = await client.get(links.content);
  const contents = new Map<string, string>();
  for (const { path, content } of membersOf(bytes)) {
    if (contents.has(path)) throw new Error(`${path} is there twice`);
    contents.set(path, content);
  }
  return { bytes, contents };
}

/** The lines of a file of metadata. @throws When one of them is not JSON. */
export function linesOf(
  contents: ReadonlyMap<string, string>,
  name: string,
): Record<string, unknown>[] {
  const lines = (contents.get(`metadata/${name}.ndjson`) ?? "").split("\n");
  if (lines.pop() !== "") throw new Error("The last line has no end");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
