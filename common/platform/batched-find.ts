import type { Collection, Document } from "mongodb";
import { batched } from "./batched.js";
import { type BatchQuery, findBatch } from "./find-batch.js";

interface Look<Question, Found, T> {
  readonly collection: Collection<T & Document>;
  /** Asks for the documents of all of the questions: one at most for each. */
  readonly queryOf: (questions: readonly Question[]) => Omit<BatchQuery<T>, "limit">;
  /** The same for a question and for the document that is its answer, and for no other. */
  readonly keyOf: (subject: Question | Found) => string;
  /** How many questions one command has at most: their answers must fit into one of MongoDB's (16 MiB). */
  readonly most: number;
}

/**
 * Finds single documents, those that are asked for in the same turn of the event loop with one command; see {@link batched}. Whoever
 * asks for the same document then gets the same object.
 *
 * @returns What resolves to `undefined` where there is no such document.
 */
export function batchedFind<Question, Found extends Document, T extends Document = Found>(
  look: Look<Question, Found, T>,
): (question: Question) => Promise<Found | undefined> {
  const { collection, queryOf, keyOf, most } = look;
  return batched(async (questions: readonly Question[]) => {
    const distinct = new Map(questions.map((question) => [keyOf(question), question]));
    const query = { ...queryOf([...distinct.values()]), limit: distinct.size };
    const found = await findBatch<Found, T>(collection, query);
    const answers = new Map(found.map((document) => [keyOf(document), document]));
    return questions.map((question) => answers.get(keyOf(question)));
  }, most);
}
