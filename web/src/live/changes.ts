import { effect } from "@preact/signals";
import { API } from "../http/api.js";
import { me } from "../session/session.js";

/** Something that has happened in the account: `GET /events` sends it as `GET /changes` lists it. */
export interface Change {
  readonly seq: number;
  readonly type: string;
  readonly entry?: { readonly id: string; readonly folderId?: string };
  readonly from?: { readonly folderId: string };
}

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

/** Follows the log of the account as long as somebody is signed in. The browser connects again by itself, and misses nothing. */
export function followChanges(): void {
  let source: EventSource | undefined;
  let followed: string | undefined;
  effect(() => {
    const id = me.value?.id;
    if (id === followed) return;
    followed = id;
    source?.close();
    source = id === undefined ? undefined : new EventSource(`${API}/events`);
    for (const type of TYPES) {
      source?.addEventListener(type, ({ data }: MessageEvent<string>) => {
        const change = JSON.parse(data) as Change;
        for (const listener of listeners) listener(change);
      });
    }
  });
}
