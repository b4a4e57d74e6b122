/** So many records are looked at. */
const MOST_RECORDS = 1000;

const DELIMITERS: readonly (readonly [delimiter: string, type: string])[] = [
  [",", "text/csv"],
  [";", "text/csv"],
  ["\t", "text/tab-separated-values"],
];

/**
 * The type of text that is certainly a table (RFC 4180): at least three records of the same two or more fields, the first of which have different
 * names without spaces around them.
 *
 * @param isWhole - If not, the last record is cut.
 * @returns `undefined` for all other text.
 */
export function tableType(text: string, isWhole: boolean): string | undefined {
  return DELIMITERS.find(([delimiter]) => isTable(recordsOf(text, delimiter, isWhole)))?.[1];
}

function isTable([header = [], ...records]: readonly string[][]): boolean {
  if (header.length < 2 || records.length < 2) return false;
  if (new Set(header).size < header.length) return false;
  if (header.some((name) => name === "" || name !== name.trim())) return false;
  const isFilled = (fields: readonly string[]) => fields.some((field) => field.trim() !== "");
  return records.every((fields) => fields.length === header.length && isFilled(fields));
}

function recordsOf(text: string, delimiter: string, isWhole: boolean): string[][] {
  const field = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"${delimiter}\\r\\n]*))(${delimiter}|\\r?\\n|$)`,
    "y",
  );
  const records: string[][] = [[]];
  while (records.length <= MOST_RECORDS && field.lastIndex < text.length) {
    const [, quoted, plain = "", end] = field.exec(text) ?? [];
    if (end === undefined && isWhole) return [];
    if (end === undefined) break;
    records.at(-1)?.push(quoted ?? plain);
    if (end !== delimiter) records.push([]);
  }
  // What comes behind the last end of line: nothing, or a record that is cut.
  const isOpen = records.at(-1)?.length === 0 || !isWhole || records.length > MOST_RECORDS;
  return isOpen ? records.slice(0, -1) : records;
}
