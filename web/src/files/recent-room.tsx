import { ListView } from "./list-view.js";
import { recent } from "./sources.js";
import { fileWords } from "./words.js";

/** At `/drive/recent`: the files of all folders, those that were stored last first. */
export function RecentRoom() {
  const t = fileWords.value;
  return (
    <ListView
      source={recent}
      heading={<h1>{t.recent}</h1>}
      label={t.recent}
      empty={t.noRecent}
      concerns={({ type }) => type.startsWith("file.")}
      showsPath
    />
  );
}
