/** Lets a view show that a wait goes on, every second. @returns what ends it */
export function ticking(view: { tick(): void }): () => void {
  const timer = setInterval(() => {
    view.tick();
  }, 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
