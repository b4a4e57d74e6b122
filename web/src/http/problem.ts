/** One fault of a request, as RFC 9457 problems of the API list them. */
interface Fault {
  readonly in?: string;
  readonly pointer?: string;
  readonly detail: string;
}

/** What the API says in a refusal (RFC 9457). */
interface ProblemJson {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
}

/** A request was refused, or there was no answer (`status` 0, code `offline`). */
export class Problem extends Error {
  readonly status: number;
  /** Stable: compare this. */
  readonly code: string;
  readonly errors: readonly Fault[];
  /** All that the refusal says: some codes have facts of their own. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** How long to wait before the next try, in seconds, if the server says it. */
  readonly retryAfter: number | undefined;

  constructor(status: number, json: ProblemJson, retryAfter?: number) {
    super(json.detail ?? json.title);
    this.name = "Problem";
    this.status = status;
    this.code = json.code;
    this.errors = json.errors ?? [];
    this.facts = { ...json };
    this.retryAfter = retryAfter;
  }
}

/** There was no answer. */
export const offline = () =>
  new Problem(0, { code: "offline", title: "The server is not reached" });

/** What an answer says that is no success. It may come from a proxy, which speaks no JSON. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText, headers } = response;
  const seconds = Number(headers.get("Retry-After"));
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  const json = (await response.json().catch(() => undefined)) as Partial<ProblemJson> | undefined;
  const code = json?.code ?? `http-${status}`;
  const title = json?.title ?? (statusText === "" ? `HTTP ${status}` : statusText);
  return new Problem(status, { ...json, code, title }, retryAfter);
}
