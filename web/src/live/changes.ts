import { effect } from "@preact/signals";
import { API } from "../http/api.js";
import { me } from "../session/session.js";

/** Something that has happened in the account: `GET /events` sends it as `GET /changes` lists it. */
export interface Change {
  readonly seq: number;
  /** {@link MISSED}: something has happened that nobody has told of. */
  readonly type: string;
  readonly entry?: { readonly id: string; readonly folderId?: string };
  readonly from?: { readonly folderId: string };
}

/** The type of a change that stands for all that the page may have missed. */
export const MISSED = "missed";

type Listener = (change: Change) => void;

const listeners = new Set<Listener>();

/** Of server-sent events: each type has to be listened to by its name. */
const TYPES = [
  ...["created", "deleted", "moved", "restored", "trashed", "updated"].flatMap((what) =>
    ["file", "folder", "mount"].map((kind) => `${kind}.${what}`),
  ),
  ...["file.ready", "file.quarantined", "file.failed", "upload.completed", "trash.emptied"],
  ...["link.created", "link.changed", "link.revoked", "link.used"],
  ...["quota.nearly-full", "account.updated"],
];

/** Listens to what happens in the account, in any tab and by any client. @returns What stops it. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Follows the log of the account as long as somebody is signed in and the page is seen: a browser has few connections to a server, so a page in the
 * background keeps none. What has happened meanwhile is told when the page is seen again.
 */
export function followChanges(): void {
  const follower = new Follower();
  effect(() => {
    follower.follow(me.value?.id);
  });
  document.addEventListener("visibilitychange", () => {
    follower.showOrHide();
  });
}

class Follower {
  /** An account. */
  #followed: string | undefined;
  #source: EventSource | undefined;
  /** Of the last event that was told; `undefined` before the first. */
  #seq: string | undefined;

  follow(id: string | undefined): void {
    if (id === this.#followed) return;
    this.#followed = id;
    this.#seq = undefined;
    this.#close();
    this.showOrHide();
  }

  /** The browser connects again by itself, and misses nothing, unless the server refuses the stream. */
  showOrHide(): void {
    if (this.#followed === undefined || document.visibilityState === "hidden") this.#close();
    else this.#source ??= this.#open();
  }

  #open(): EventSource {
    const since = this.#seq === undefined ? "" : `?since=${this.#seq}`;
    const source = new EventSource(`${API}/events${since}`);
    for (const type of TYPES) {
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        this.#seq = lastEventId;
        tell(JSON.parse(data) as Change);
      });
    }
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.#startAnew(source);
    });
    return source;
  }

  /** The events that are missing were removed, or there are too many streams. */
  #startAnew(refused: EventSource): void {
    if (this.#source !== refused) return;
    this.#seq = undefined;
    setTimeout(() => {
      if (this.#source !== refused) return;
      this.#close();
      this.showOrHide();
      tell({ seq: 0, type: MISSED });
    }, PAUSE_MS);
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }
}

/** After a refusal, in milliseconds. */
const PAUSE_MS = 5000;

function tell(change: Change): void {
  for (const listener of listeners) listener(change);
}
