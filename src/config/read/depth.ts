/** The most levels of mappings and lists in a config, which needs about ten. */
export const maxDepth = 64;
