/**
 * Passes content through until a signal says to stop; then ends at once by throwing the signal's reason, even while the sender
 * is silent.
 */
export async function* interruptible(
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const iterator = content[Symbol.asyncIterator]();
  let interrupt: (reason: unknown) => void = () => undefined;
  const onAbort = () => {
    interrupt(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  let isOver = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      // Not a race with one promise for the whole upload: that would keep everything that ever ran against it, bytes included.
      const next = await new Promise<IteratorResult<Buffer, unknown>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, reject);
      });
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
