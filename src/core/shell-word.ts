/** Returns a text as one word of a POSIX shell, in quotes where it needs them. Addresses may hold quotes, blanks and `$`. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
