/**
 * Passes content through until a signal says to stop; then ends at once by throwing the signal's reason, even while the sender
 * is silent.
 */
export async function* interruptible(
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const iterator = content[Symbol.asyncIterator]();
  const { promise: interrupted, reject } = withReject();
  const onAbort = () => {
    reject(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  let isOver = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), interrupted]);
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // A sender that is silent never gets as far as to notice: nobody waits for it.
    if (!isOver) void iterator.return?.().catch(() => undefined);
  }
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}
