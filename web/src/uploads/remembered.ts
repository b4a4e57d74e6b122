import { signal } from "@preact/signals";
import { API } from "../http/api.js";

const PREFIX = "stowage.upload ";

/** An upload that has begun, and that this browser can continue when it gets the file again. */
export interface Remembered {
  readonly key: string;
  readonly name: string;
  /** Of the upload, at the server. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly folderId: string;
}

/** Changes when something is remembered or forgotten here. */
const changes = signal(0);

interface Identity {
  readonly accountId: string;
  /** The folder that the person chose for all files. */
  readonly folderId: string;
  readonly file: File;
  readonly path: readonly string[];
}

/** By what the same file is known again, also after the page was loaded again. */
export const keyOf = ({ accountId, folderId, file, path }: Identity): string =>
  PREFIX + JSON.stringify([accountId, folderId, path, file.name, file.size, file.lastModified]);

/** Browsers may keep nothing for a page: then an upload cannot be continued after a reload. */
const store = (): Storage | undefined => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
};

/** @returns The path of the upload that was begun with this file; `null` if there is none. */
export function recall(key: string): string | null {
  const path = store()?.getItem(key) ?? null;
  return path?.startsWith(`${API}/uploads/`) === true ? path : null;
}

/** Keeps the path of an upload over a reload and a restart of the browser. */
export function remember(key: string, path: string): void {
  try {
    store()?.setItem(key, path);
    changes.value += 1;
  } catch {
    // It is full: see above.
  }
}

export function forget(key: string): void {
  store()?.removeItem(key);
  changes.value += 1;
}

const allKeys = () => Object.keys(store() ?? {}).filter((key) => key.startsWith(PREFIX));

/** Whether somebody has begun uploads with this browser and not finished them. */
export const remembersAny = (): boolean => allKeys().length > 0;

/** All that an account has begun with this browser and not finished. To be read where signals are followed. */
export function allRemembered(accountId: string): readonly Remembered[] {
  const prefix = prefixOf(accountId);
  const keys = changes.value < 0 ? [] : allKeys().filter((key) => key.startsWith(prefix));
  return keys.flatMap((key) => {
    const path = recall(key);
    const [, folderId, , name, sizeBytes] = partsOf(key);
    return path === null
      ? []
      : [
          {
            key,
            name: String(name),
            path,
            sizeBytes: Number(sizeBytes),
            folderId: String(folderId),
          },
        ];
  });
}

/** All keys of an account begin so, as JSON has the first element of a list. */
const prefixOf = (accountId: string) => `${PREFIX}["${accountId}"`;

function partsOf(key: string): readonly unknown[] {
  try {
    return JSON.parse(key.slice(PREFIX.length)) as unknown[];
  } catch {
    return [];
  }
}
