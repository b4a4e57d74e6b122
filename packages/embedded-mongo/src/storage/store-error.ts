/** The data folder cannot be served; the message is a sentence for the person who started the server. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
