import { appWords } from "../app-words.js";
import { faultText } from "../words/problems.js";

/** Something is being loaded. It is shown only after a moment, so that quick answers do not flicker. */
export function Loading() {
  return (
    <p class="loading" role="status">
      {appWords.value.loading}
    </p>
  );
}

/** Something could not be loaded. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry: () => void;
}) {
  return (
    <div class="failure" role="alert">
      <p>{faultText(error)}</p>
      <button type="button" onClick={onRetry}>
        {appWords.value.retry}
      </button>
    </div>
  );
}
