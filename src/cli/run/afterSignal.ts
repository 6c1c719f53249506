/** Does something so many milliseconds after a signal is raised. What is returned calls it off. */
export function afterSignal(
  signal: AbortSignal | undefined,
  milliseconds: number,
  work: (reason: Error) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const raise = () => {
    timer = setTimeout(() => work(signal?.reason), milliseconds);
  };
  if (signal?.aborted) raise();
  else signal?.addEventListener("abort", raise, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", raise);
  };
}
