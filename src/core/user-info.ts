/** The user name or password of a URL, decoded; as it is written where that is no good encoding. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
