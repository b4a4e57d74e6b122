import type { Change } from "../live/changes.js";
import { trashCommandsOf } from "./commands.js";
import { ListView } from "./list-view.js";
import { trash } from "./sources.js";
import { fileWords } from "./words.js";

const concerns = ({ type }: Change) => /trashed|restored|deleted|emptied/.test(type);

/** At `/drive/trash`: what was deleted, until it is removed for good. */
export function TrashRoom() {
  const t = fileWords.value;
  return (
    <ListView
      source={trash}
      heading={<h1>{t.trash}</h1>}
      label={t.trash}
      empty={t.noTrash}
      dated={t.deleted}
      concerns={concerns}
      commands={trashCommandsOf}
      tools={({ listing, above }) =>
        listing.view.value.count > 0 && (
          <button type="button" onClick={() => (above.value = { kind: "empty-trash" })}>
            {t.emptyTrash}
          </button>
        )
      }
    />
  );
}
