import { DiagnosticsError } from "../../core/diagnostic.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { unverifiedOrgProblem } from "../../core/org/state-org.js";
import type { State } from "../../core/state/state.js";
import type { ArgsOf } from "./option-table.js";
import { flag, list, number, text } from "./option-table.js";

/** Options of every command. */
export const globalOptions = {
  color: flag("Color the output; NO_COLOR turns colors off too", true),
  debug: flag("Log every request to stderr, without secrets"),
  input: flag("Allow questions; --input=false never asks", true),
  annotations: {
    type: "boolean",
    describe: "Show problems at their lines in GitHub's pull requests; default: only in GitHub's workflows",
  },
} as const;

export type GlobalArgs = ArgsOf<typeof globalOptions>;

/** Options of every command that reads the config. */
export const fileOptions = {
  file: { ...list("FILE", "Config file or folder; - is stdin", ["chatform.yaml"]), alias: "f" },
  var: list("NAME=VALUE", "Value of ${var:NAME}"),
  "var-file": list("FILE", "YAML or JSON file of variables"),
  env: {
    ...text("NAME", "Environment of the config; default: CHATFORM_ENV"),
    completesWith: "chatform show --environments",
  },
} as const;

export type FileArgs = ArgsOf<typeof fileOptions>;

/** Options of every command that uses the state. */
export const stateOptions = {
  state: text("FILE", "State file; default: as the config says"),
  timeout: {
    ...text("DURATION", "How long to wait for each response, also of a server that keeps the state"),
    default: "60s",
  },
  "lock-timeout": { ...text("DURATION", "How long to wait for the state's lock: 30s, 5m"), default: "0s" },
} as const;

/** Options of every command that calls Genesys Cloud with a state beside it. */
export const sessionOptions = {
  ...stateOptions,
  profile: text("PROFILE", "Section of ~/.gc/config.toml with the credentials"),
  parallelism: number("Most requests in flight at a time", 10),
  "max-wait": {
    ...text("DURATION", "Longest wait of one call, for example for the rate limit; a longer one is an error"),
    default: "10m",
  },
  patience: {
    ...text("DURATION", "How long to wait until a write shows when it is read back"),
    default: "30s",
  },
} as const;

export type SessionArgs = ArgsOf<typeof sessionOptions>;

/** The command that lists the addresses of the config, for shells. */
export const listAddresses = "chatform show --addresses";

/** Options of every command that plans. */
export const planOptions = {
  target: {
    ...list("ADDRESS", "Only this address (with * and **) and what it depends on"),
    completesWith: listAddresses,
  },
  exclude: {
    ...list("ADDRESS", "Everything but this address (with * and **)"),
    completesWith: listAddresses,
  },
  refresh: flag("Read live values; --no-refresh uses the recorded ones", true),
  "refresh-only": flag("Only record in the state what was changed outside chatform"),
  "allow-deletions": number("Allow this many deletions, overriding safety in the config", undefined),
  "allow-empty-source": list("NAME", "Allow this source to give nobody: group:Support, or only Support"),
  "allow-second-room": list("ADDRESS", "Allow this new room beside a removed room that it resembles"),
  calls: flag("List the API calls too, in order"),
  full: flag("Show long lists and long plans in full"),
} as const;

export type PlanArgs = ArgsOf<typeof planOptions>;

/** The actions of `chatform state`. */
export const stateActions = [
  "list",
  "show",
  "mv",
  "forget",
  "pull",
  "push",
  "unlock",
  "encrypt",
  "decrypt",
] as const;

/** Option of every command that writes. */
export const orgOptions = {
  "allow-unverified-org": flag(
    "Write even if the credentials cannot tell whether they belong to the state's org",
  ),
} as const;

export type OrgArgs = ArgsOf<typeof orgOptions>;

/** Refuses to write for a state whose org can't be verified. @throws DiagnosticsError org-unverified */
export function refuseUnverifiedOrg(state: State | undefined, org: OrgIdentity, args: OrgArgs): void {
  const problem = args["allow-unverified-org"] ? undefined : unverifiedOrgProblem(state, org);
  if (problem !== undefined) throw new DiagnosticsError([problem]);
}
