import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, type Page } from "../http/api.js";
import { Icon } from "../parts/icon.js";
import { Failure, Loading } from "../parts/states.js";
import { hrefTo, place } from "../routing/place.js";
import { sizeText, timeText } from "../words/texts.js";
import type { Entry } from "./entry.js";
import { fileWords } from "./words.js";

/** What is in a folder: at `/drive` in the topmost one, at `/drive/folder/{id}` in any. */
export function FilesRoom() {
  const t = fileWords.value;
  const folderId = place.value.path[1] ?? "root";
  const state = useSignal<{ readonly items?: readonly Entry[]; readonly fault?: unknown }>({});
  const load = () => {
    state.value = {};
    void ask<Page<Entry>>("GET", `/folders/${folderId}/children`, {
      query: { sort: "name", foldersFirst: true, limit: 200 },
    })
      .then(({ items }) => (state.value = { items }))
      .catch((fault: unknown) => (state.value = { fault }));
  };
  useEffect(load, [folderId]);
  const { items, fault } = state.value;
  if (fault !== undefined) return <Failure error={fault} onRetry={load} />;
  if (items === undefined) return <Loading />;
  return (
    <>
      <h1>{t.title}</h1>
      {items.length === 0 ? (
        <p class="empty">{t.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{t.name}</th>
              <th>{t.size}</th>
              <th>{t.changed}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Row({ entry }: { readonly entry: Entry }) {
  const { kind, name, updatedAt } = entry;
  const href = kind === "file" ? entry.links.content : hrefTo(["folder", entry.id]);
  return (
    <tr>
      <td>
        <a href={href}>
          <Icon name={kind === "file" ? "file" : "folder"} /> {name}
        </a>
      </td>
      <td>{kind === "file" ? sizeText(entry.sizeBytes) : ""}</td>
      <td>{updatedAt === null ? "" : timeText(updatedAt)}</td>
    </tr>
  );
}
