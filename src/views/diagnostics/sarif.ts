import type { DiagnosticCode } from "../../core/diagnostic-codes.js";
import { diagnosticCodes } from "../../core/diagnostic-codes.js";
import type { Diagnostic, RelatedPlace, SourceRange } from "../../core/diagnostic.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import type { JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import { VERSION } from "../../core/version.js";
import type { ReportOrigin } from "../reports/report-origin.js";
import { escaped } from "../../core/safe-text.js";

/** Paths of a SARIF document. */
export interface SarifOptions {
  /** The folder of the repository, as a URI that ends with a slash. */
  readonly root: string;
  /** Returns the URI of a file: relative to the root, or absolute for a file outside the root. */
  readonly toUri: (file: string) => string;
  /** The environment and its region, where they are known. */
  readonly org: OrgIdentity;
  readonly origin: ReportOrigin;
}

/**
 * Returns diagnostics as a SARIF 2.1.0 document for code scanning. Diagnostics without a place in a file are notifications, not
 * results: they say that the check was incomplete.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarif(diagnostics: readonly Diagnostic[], options: SarifOptions): JsonObject {
  const placed = diagnostics.filter(isPlaced);
  const unplaced = diagnostics.filter((one) => !isPlaced(one));
  const rules = sortedCodes(placed);
  const notifications = sortedCodes(unplaced);
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "chatform",
            semanticVersion: VERSION,
            rules: rules.map((code) => descriptor(code, placed)),
            notifications: notifications.map((code) => descriptor(code, unplaced)),
          },
        },
        automationDetails: { id: "chatform/" },
        ...provenance(options),
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          [base]: { uri: options.root, description: { text: "The folder of the repository." } },
        },
        invocations: [
          {
            endTimeUtc: options.origin.made,
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

/** Returns the commit that was checked, and what SARIF has no member for: the environment, its region, the page of the run. */
function provenance({ org: { environment, region }, origin }: SarifOptions): JsonObject {
  const { repository, commit, run } = origin;
  const others = Object.entries({ environment, region, run }).filter(([, value]) => value !== undefined);
  const version = { repositoryUri: repository, revisionId: commit, mappedTo: { uriBaseId: base } };
  return {
    ...(repository === undefined || commit === undefined ? {} : { versionControlProvenance: [version] }),
    ...(others.length === 0 ? {} : { properties: Object.fromEntries(others) }),
  };
}

function sortedCodes(diagnostics: readonly Diagnostic[]): readonly DiagnosticCode[] {
  return [...new Set(diagnostics.map(({ code }) => code))].sort(byCodeUnit);
}

/** The name of the root, as GitHub and other services know it. */
const base = "%SRCROOT%";

type Placed = Diagnostic & { readonly range: SourceRange };

function isPlaced(diagnostic: Diagnostic): diagnostic is Placed {
  return diagnostic.range !== undefined;
}

/** Describes a code as a rule, or as a type of notification. */
function descriptor(code: DiagnosticCode, diagnostics: readonly Diagnostic[]): JsonObject {
  const found = diagnostics.filter((one) => one.code === code);
  const level = found.some(({ severity }) => severity === "error") ? "error" : "warning";
  return {
    id: code,
    shortDescription: { text: text(found[0]?.summary ?? code) },
    fullDescription: { text: text(diagnosticCodes[code]) },
    help: { text: `See ${code} in docs/diagnostics.md of chatform.` },
    defaultConfiguration: { level },
  };
}

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

/** Longer lines are left out: a line may be as long as a file and have thousands of problems. */
const longestSnippet = 1000;

/** Returns a place. As in a SourceRange, lines and columns count from 1 in UTF-16 code units, and the end is behind the last character. */
function physical(
  { file, start, end }: SourceRange,
  sourceLine: string | undefined,
  { toUri }: SarifOptions,
): JsonObject {
  const uri = toUri(file);
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

/** Escapes text for a SARIF message, in which braces are placeholders, and brackets before a parenthesis a link. */
function text(written: string): string {
  const braced = escaped(written).replaceAll(/[{}]/g, "$&$&");
  return braced.includes("](") ? braced.replaceAll(/[\\[\]]/g, "\\$&") : braced;
}
