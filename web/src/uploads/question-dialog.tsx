import { useSignal } from "@preact/signals";
import { Dialog } from "../parts/dialog.js";
import { panelWords } from "./panel-words.js";
import { type Decision, type Question, question } from "./questions.js";

/** Asks what has to be decided before files are sent. */
export function QuestionDialog() {
  const asked = question.value;
  if (asked === undefined) return null;
  return asked.kind === "conflict" ? (
    <Conflict key={asked.title} asked={asked} />
  ) : (
    <Quota asked={asked} />
  );
}

function Conflict({ asked }: { readonly asked: Question & { readonly kind: "conflict" } }) {
  const t = panelWords.value;
  const isForAll = useSignal(asked.others > 0);
  const answer = (decision: Decision) => () => {
    asked.answer(decision, isForAll.value);
  };
  return (
    <Dialog
      title={t.conflict}
      onClose={() => {
        asked.answer("skip", true);
      }}
    >
      <p>{t.conflictText(asked.title)}</p>
      <p class="muted">{t.replaceNote}</p>
      {asked.others > 0 && (
        <p>
          <label class="check">
            <input
              type="checkbox"
              checked={isForAll.value}
              onChange={({ currentTarget }) => (isForAll.value = currentTarget.checked)}
            />
            {t.forAll(asked.others)}
          </label>
        </p>
      )}
      <div class="row">
        <button type="button" class="primary" onClick={answer("rename")}>
          {t.keepBoth}
        </button>
        <button type="button" onClick={answer("version")}>
          {t.replace}
        </button>
        <button type="button" onClick={answer("skip")}>
          {t.skip}
        </button>
      </div>
    </Dialog>
  );
}

function Quota({ asked }: { readonly asked: Question & { readonly kind: "quota" } }) {
  const t = panelWords.value;
  const answer = (isSentAnyway: boolean) => () => {
    asked.answer(isSentAnyway);
  };
  return (
    <Dialog title={t.quota} onClose={answer(false)}>
      <p>{t.quotaText(asked.neededBytes, asked.freeBytes)}</p>
      <div class="row">
        <button type="button" class="primary" onClick={answer(false)}>
          {t.stop}
        </button>
        <button type="button" onClick={answer(true)}>
          {t.sendAnyway}
        </button>
      </div>
    </Dialog>
  );
}
