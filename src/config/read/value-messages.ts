import type { Problem } from "../problem.js";

export const duplicateKey: Problem = {
  code: "duplicate-key",
  summary: "Duplicate key",
  detail: "This mapping already has this key.",
  help: "Remove one of the two, or merge their values.",
};

export const keyNotAString: Problem = {
  code: "bad-key",
  summary: "Key is not a string",
  detail: "Expected a string as the key.",
  help: "Put the key in quotes.",
};

export const mergeKey: Problem = {
  code: "bad-key",
  summary: "Merge keys are not supported",
  detail: "The merge key << is not part of YAML 1.2.",
  help: "Repeat the values, or use an alias for a whole value: owners: *leads.",
};

export function forbiddenKey(name: string): Problem {
  return {
    code: "forbidden-key",
    summary: "Forbidden key",
    detail: `${name} cannot be used as a key.`,
    help: "Choose another name.",
  };
}

export function tooDeep(levels: number): Problem {
  return {
    code: "too-deep",
    summary: "Nested too deeply",
    detail: `Mappings and lists are nested in more than ${levels} levels here.`,
    help: "Remove the extra levels. A valid config has fewer than ten.",
  };
}

export function notFinite(written: string): Problem {
  return {
    code: "wrong-type",
    summary: "Not a finite number",
    detail: `${written} is not a finite number.`,
    help: "Write a finite number.",
  };
}

export function unknownAlias(name: string): Problem {
  return {
    code: "unknown-alias",
    summary: "Unknown alias",
    detail: `No value before this line has the anchor &${name}.`,
    help: `Write &${name} in front of the value to repeat. If *${name} is text, put it in quotes.`,
  };
}

export function aliasCycle(name: string): Problem {
  return {
    code: "alias-cycle",
    summary: "Alias refers to itself",
    detail: `*${name} is inside the value that it repeats.`,
    help: "Write the value out.",
  };
}

export function aliasBomb(most: number): Problem {
  return {
    code: "alias-bomb",
    summary: "Aliases repeat too many values",
    detail: `The aliases in this file repeat more than ${most} values.`,
    help: "Write the values out.",
  };
}

export function unknownTag(tag: string): Problem {
  return {
    code: "unknown-tag",
    summary: "Unsupported YAML tag",
    detail: `The tag ${tag} is not supported.`,
    help: "Remove the tag. A config needs no tags.",
  };
}

export function wrongTag(tag: string): Problem {
  return {
    code: "yaml-syntax",
    summary: "Tag does not match the value",
    detail: `The value after ${tag} has another type.`,
    help: "Remove the tag. A config needs no tags.",
  };
}

export const textAfterValue: Problem = {
  code: "yaml-syntax",
  summary: "Invalid YAML",
  detail: "There is more text after the end of the value.",
  help: "Put the whole text into one pair of quotes, or remove the rest.",
};
