/** A file that comes with the package. This module stands two folders deep, in src as in dist: scripts/bundle.mjs. */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
