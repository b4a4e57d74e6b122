/** What a code means, and what the client can do. Whole sentences. */
export interface ProblemText {
  readonly meaning: string;
  readonly remedy: string;
}
