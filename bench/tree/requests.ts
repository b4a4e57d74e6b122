import type { HttpAnswer } from "../bytes/http-connection.js";
import type { SignedIn } from "../bytes/signed-in.js";
import type { Filled } from "./fill.js";

/** An account whose tree is measured. */
export interface Person {
  readonly account: SignedIn;
  readonly filled: Filled;
}

/** One request, and what it asks for. */
export interface Measured {
  readonly title: string;
  readonly send: (person: Person, round: number) => Promise<HttpAnswer>;
}

/** What is measured; some of it is prepared first. */
export async function openRequests(person: Person): Promise<readonly Measured[]> {
  const middle = await middleOf(person);
  const search = (q: string, more = {}) => {
    return get(`/search?${new URLSearchParams({ q, ...more }).toString()}`);
  };
  const requests: Record<string, Measured["send"]> = {
    "GET /me": get("/me"),
    "list the root": get("/folders/root/children"),
    "open a wide folder": get(childrenOf(person.filled)),
    "a page in its middle": get(`${childrenOf(person.filled)}&cursor=${middle}`),
    "a path of 16 folders": get(`/by-path/${encodeURI(person.filled.deepPath)}?metadata`),
    "search a rare word": search("needle"),
    "search a common word": search("invoice"),
    "rename a file": rename,
    "a rare part, anywhere": search("eedl", { match: "anywhere" }),
    "a common part, anywhere": search("voic", { match: "anywhere" }),
    "one character, anywhere": search("z", { match: "anywhere" }),
    "no such part, anywhere": search("qqq", { match: "anywhere" }),
  };
  return Object.entries(requests).map(([title, send]) => {
    return { title, send };
  });
}

const get =
  (path: string): Measured["send"] =>
  ({ account }) =>
    account.ask("GET", path);

const childrenOf = ({ wideFolderId }: Filled) => `/folders/${wideFolderId}/children?sort=-date`;

/** A cursor is bound to a list, but may be anywhere in it. */
async function middleOf(person: Person): Promise<string> {
  const { headers } = await get(childrenOf(person.filled))(person, 0);
  const next = /[?&]cursor=([^&>]+)/.exec(headers.get("link") ?? "")?.[1] ?? "";
  const [list, , id] = JSON.parse(Buffer.from(next, "base64url").toString()) as unknown[];
  const position = JSON.stringify([list, person.filled.wideMiddle, id]);
  return Buffer.from(position).toString("base64url");
}

const rename: Measured["send"] = ({ account, filled }, round) =>
  account.ask("PATCH", `/files/${filled.renamedFileId}`, {
    body: { name: round % 2 === 0 ? "renamed.txt" : "renamed again.txt" },
  });
