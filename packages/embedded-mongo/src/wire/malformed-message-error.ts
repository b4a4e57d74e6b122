/** The peer does not speak the protocol. Its connection is closed; there is nothing to answer. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}
