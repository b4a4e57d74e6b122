import { signal } from "@preact/signals";

/** What a person decides about a name that is taken. */
export type Decision = "version" | "rename" | "skip";

/** Something that a person has to decide before files are sent. */
export type Question =
  | {
      readonly kind: "conflict";
      /** The name, after the folders that it lies in. */
      readonly title: string;
      /** How many more names are taken. */
      readonly others: number;
      readonly answer: (decision: Decision, isForAll: boolean) => void;
    }
  | {
      readonly kind: "quota";
      readonly neededBytes: number;
      readonly freeBytes: number;
      readonly answer: (isSentAnyway: boolean) => void;
    };

/** What is asked at the moment. */
export const question = signal<Question | undefined>(undefined);

/** Asks what becomes of each name that is taken, until one answer is for all that are left. */
export async function askAboutConflicts<T extends { readonly title: string }>(
  taken: readonly T[],
): Promise<ReadonlyMap<T, Decision>> {
  const decisions = new Map<T, Decision>();
  for (const [index, { title }] of taken.entries()) {
    const rest = taken.slice(index);
    const { decision, isForAll } = await asked<{ decision: Decision; isForAll: boolean }>(
      (resolve) => ({
        kind: "conflict",
        title,
        others: rest.length - 1,
        answer: (made, forAll) => {
          resolve({ decision: made, isForAll: forAll });
        },
      }),
    );
    for (const one of isForAll ? rest : rest.slice(0, 1)) decisions.set(one, decision);
    if (isForAll) break;
  }
  return decisions;
}

/** Asks whether files are sent although they seem to be too large together. */
export const askAboutQuota = (neededBytes: number, freeBytes: number): Promise<boolean> =>
  asked<boolean>((answer) => ({ kind: "quota", neededBytes, freeBytes, answer }));

function asked<T>(questionOf: (resolve: (answer: T) => void) => Question): Promise<T> {
  return new Promise<T>((resolve) => {
    const asking = questionOf((answer) => {
      if (question.value === asking) question.value = undefined;
      resolve(answer);
    });
    question.value = asking;
  });
}
