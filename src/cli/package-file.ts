/** Returns the URL of a file of the package. This module is two folders deep, in src as in dist: scripts/bundle.mjs. */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
