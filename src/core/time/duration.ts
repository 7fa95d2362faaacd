/** Writes a duration for people: `2 s`, `3 min`, `1 h 20 min`, `12 days`. @param seconds whole seconds; may be Infinity */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 72) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.round(hours / 24);
  return days < 36_500 ? `${days} days` : "more than 100 years";
}

/** Writes a duration of milliseconds for people, rounded up to whole seconds from one second on. */
export function durationOfMs(ms: number): string {
  return ms > 0 && ms < 1000 ? `${Math.ceil(ms)} ms` : duration(Math.ceil(ms / 1000));
}
