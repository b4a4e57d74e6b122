interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks in one command what is asked in the same turn of the event loop. A command costs this process and the store about as much
 * as what it is about, where that is small; so many small requests at once cost less each than one alone, and one alone waits no
 * longer. No answer is older than its question.
 *
 * @param answerAll - Answers all of them, in their order. When it fails, each of them fails so.
 * @param most - How many questions one command has at most.
 */
export function batched<Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  most: number,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];

  const send = (batch: readonly Waiting<Question, Answer>[]): Promise<void> =>
    answerAll(batch.map(({ question }) => question)).then(
      (answers) => {
        answers.forEach((answer, index) => batch[index]?.resolve(answer));
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );

  const sendAll = () => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += most) void send(all.slice(from, from + most));
  };

  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(sendAll);
      waiting.push({ question, resolve, reject });
    });
}
