/** Runs a step again and again while the page is idle, until it says that nothing is left; gives a way to stop it. */
export function whileIdle(step: () => boolean): () => void {
  let stopped = false;
  const run = (isIdle: () => boolean) => {
    let more = !stopped;
    do more &&= step();
    while (more && !stopped && isIdle());
    if (more && !stopped) later(run);
  };
  later(run);
  return () => {
    stopped = true;
  };
}

/** Not every browser tells when it is idle. */
const later: (run: (isIdle: () => boolean) => void) => void =
  "requestIdleCallback" in globalThis
    ? (run) => requestIdleCallback((deadline) => run(() => deadline.timeRemaining() > 2))
    : (run) => setTimeout(() => run(() => false), 20);
