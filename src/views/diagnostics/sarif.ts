import type { Diagnostic, RelatedPlace, SourceRange } from "../../core/diagnostic.js";
import type { JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import { VERSION } from "../../core/version.js";
import { escaped } from "../../core/safe-text.js";

/** What the result of `validate` needs of the world around it. */
export interface SarifOptions {
  /** What docs/diagnostics.md says of a code. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The folder of the repository, as a URI that ends with a slash. */
  readonly root: string;
  /** A file as a URI: relative to the root, or absolute where it is not in it. */
  readonly uriOf: (file: string) => string;
}

/** What a code stands for, in plain text. */
export interface Rule {
  readonly meaning: string;
  readonly advice: string;
}

/**
 * Problems as a SARIF 2.1.0 document, for code scanning. What has no place in a file is no result but a notification:
 * the check could not be made as it was asked for.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarif(diagnostics: readonly Diagnostic[], options: SarifOptions): JsonObject {
  const placed = diagnostics.filter(isPlaced);
  const unplaced = diagnostics.filter((one) => !isPlaced(one));
  const rules = codesOf(placed);
  const notifications = codesOf(unplaced);
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "chatform",
            semanticVersion: VERSION,
            rules: rules.map((code) => descriptor(code, placed, options)),
            notifications: notifications.map((code) => descriptor(code, unplaced, options)),
          },
        },
        automationDetails: { id: "chatform/" },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          [base]: { uri: options.root, description: { text: "The folder of the repository." } },
        },
        invocations: [
          {
            executionSuccessful: unplaced.every(({ severity }) => severity !== "error"),
            toolConfigurationNotifications: unplaced.map((one) => ({
              descriptor: { id: one.code, index: notifications.indexOf(one.code) },
              level: one.severity,
              message: message(one),
            })),
          },
        ],
        results: placed.map((one) => result(one, rules.indexOf(one.code), options)),
      },
    ],
  };
}

function codesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return [...new Set(diagnostics.map(({ code }) => code))].sort(byCodeUnit);
}

/** The name that GitHub and others know the root by. */
const base = "%SRCROOT%";

type Placed = Diagnostic & { readonly range: SourceRange };

function isPlaced(diagnostic: Diagnostic): diagnostic is Placed {
  return diagnostic.range !== undefined;
}

/** What a code is: a rule, or a kind of notification. */
function descriptor(code: string, diagnostics: readonly Diagnostic[], { rules }: SarifOptions): JsonObject {
  const found = diagnostics.filter((one) => one.code === code);
  const known = rules.get(code);
  const level = found.some(({ severity }) => severity === "error") ? "error" : "warning";
  return {
    id: code,
    shortDescription: { text: text(found[0]?.summary ?? code) },
    ...(known === undefined
      ? {}
      : { fullDescription: { text: text(known.meaning) }, help: { text: text(`${known.advice} ${more}`) } }),
    defaultConfiguration: { level },
  };
}

const more = "All codes: docs/diagnostics.md of chatform.";

function result(diagnostic: Placed, ruleIndex: number, options: SarifOptions): JsonObject {
  const { code, severity, range, sourceLine, related = [] } = diagnostic;
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: message(diagnostic),
    locations: [{ physicalLocation: physical(range, sourceLine, options) }],
    ...(related.length === 0 ? {} : { relatedLocations: related.map((one, at) => other(one, at, options)) }),
  };
}

function other({ range, sourceLine, label }: RelatedPlace, at: number, options: SarifOptions): JsonObject {
  return {
    id: at + 1,
    message: { text: text(label) },
    physicalLocation: physical(range, sourceLine, options),
  };
}

/** Longer lines are not repeated: a line may be a file long, and have thousands of problems. */
const longestSnippet = 1000;

/** Lines and columns count from 1 in UTF-16 code units, as ours do; the end is behind the last character. */
function physical(
  { file, start, end }: SourceRange,
  sourceLine: string | undefined,
  { uriOf }: SarifOptions,
): JsonObject {
  const uri = uriOf(file);
  const isAbsolute = /^[a-z][a-z+.-]*:/i.test(uri);
  const length = sourceLine?.length ?? 0;
  const isShown = length > 0 && length <= longestSnippet && end.line === start.line;
  const context = { startLine: start.line, endLine: end.line, snippet: { text: sourceLine } };
  return {
    artifactLocation: isAbsolute ? { uri } : { uri, uriBaseId: base },
    region: {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    },
    ...(isShown ? { contextRegion: context } : {}),
  };
}

function message({ summary, detail = summary, help }: Diagnostic): JsonObject {
  return { text: text(help === undefined ? detail : `${detail} ${help}`) };
}

/** Text that is shown as it is: braces would be placeholders, and brackets before a parenthesis a link. */
function text(written: string): string {
  const braced = escaped(written).replaceAll(/[{}]/g, "$&$&");
  return braced.includes("](") ? braced.replaceAll(/[\\[\]]/g, "\\$&") : braced;
}
