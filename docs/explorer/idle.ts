/** Runs a step again and again while the page is idle, until it says that nothing is left; gives a way to stop it. */
export function whileIdle(step: () => boolean): () => void {
  let stopped = false;
  const run = () => {
    if (!stopped && step()) later(run);
  };
  later(run);
  return () => {
    stopped = true;
  };
}

/** Not every browser tells when it is idle. */
const later: (run: () => void) => void =
  "requestIdleCallback" in globalThis ? (run) => requestIdleCallback(run) : (run) => setTimeout(run, 20);
