import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { ask } from "../../http/api.js";
import { Problem } from "../../http/problem.js";
import { Icon } from "../../parts/icon.js";
import { Failure, Loading } from "../../parts/states.js";
import { useRefresh } from "../refreshing.js";
import { closeDetails } from "../workspace.js";
import { About } from "./about.js";
import { Access } from "./access.js";
import { Notes } from "./notes.js";
import { type Detailed, Steps } from "./steps.js";
import { Versions } from "./versions.js";
import { detailWords } from "./words.js";
import "./pane.css";

interface Props {
  readonly id: string;
  readonly kind: Detailed["kind"];
}

/** Everything that is known of an entry, beside the list. */
export function DetailsPane({ id, kind }: Props) {
  const t = detailWords.value;
  const entry = useSignal<Detailed | undefined>(undefined);
  const fault = useSignal<unknown>(undefined);
  const load = useCallback(async () => {
    fault.value = undefined;
    await ask<Detailed>("GET", kind === "file" ? `/files/${id}/metadata` : `/${kind}s/${id}`)
      .then((found) => (entry.value = found))
      .catch((error: unknown) => {
        // It was removed meanwhile.
        if (error instanceof Problem && error.status === 404) closeDetails();
        else fault.value = error;
      });
  }, [id, kind]);
  useEffect(() => void load(), [load]);
  const concerns = useCallback(({ entry: changed }: Concerned) => changed?.id === id, [id]);
  useRefresh(load, concerns);
  const { value } = entry;
  const shown = value?.id === id ? value : undefined;
  return (
    <aside class="details" aria-label={t.title}>
      <header>
        <h2>{shown?.name === "" ? t.title : (shown?.name ?? t.title)}</h2>
        <button type="button" class="quiet" aria-label={t.close} onClick={closeDetails}>
          <Icon name="close" />
        </button>
      </header>
      {fault.value !== undefined && <Failure error={fault.value} onRetry={() => void load()} />}
      {fault.value === undefined && shown === undefined && <Loading />}
      {shown !== undefined && (
        <>
          <About entry={shown} />
          <Notes key={shown.id} entry={shown} onChanged={(next) => (entry.value = next)} />
          {shown.kind === "file" && <Versions key={`${id} ${shown.versionId}`} file={shown} />}
          {shown.kind !== "mount" && <Access key={shown.id} entry={shown} />}
          {shown.kind === "file" && <Steps file={shown} />}
        </>
      )}
    </aside>
  );
}

interface Concerned {
  readonly entry?: { readonly id: string };
}
