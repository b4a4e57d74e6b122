/**
 * Waits for an answer for a limited time.
 *
 * @param limitMs - In milliseconds.
 * @returns `undefined` if it does not come in time, or fails.
 */
export async function within<T>(answer: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, limitMs);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
