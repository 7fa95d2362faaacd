/**
 * Words of other tools, mostly Terraform's, with the way to the same end: commands as `fmt` and `state rm`, options behind a hyphen as
 * `-replace`. Options that chatform has too, behind one hyphen, need no entry.
 */
const hints: Readonly<Record<string, string>> = {
  // Commands
  console: "To see the config with everything inserted: chatform show --config",
  "force-unlock": "To break a lock: chatform state unlock ID",
  fmt: "chatform does not format files. To check them: chatform validate",
  graph: "To list the API calls of a plan in their order: chatform plan --calls",
  login: "Credentials come from GENESYSCLOUD_* variables or --profile. To check them: chatform doctor",
  output: "For live values: chatform show ADDRESS. For recorded values: chatform state show ADDRESS",
  ls: "To list the recorded resources: chatform state list",
  providers: "chatform has no providers or modules to install. To check the connection: chatform doctor",
  refresh: "To record what was changed outside chatform: chatform apply --refresh-only",
  test: "To check the config: chatform validate. To check a plan by policies: chatform plan --json",
  taint:
    "chatform never replaces a resource. To create a new one: chatform state forget --purge ADDRESS, then chatform plan",
  workspace: "An org is an environment of the config: --env NAME. To list them: chatform show --environments",
  "state rm": "To drop a record, and leave the live object alone: chatform state forget ADDRESS",
  "state replace-provider": "chatform has no providers, so no record names one.",
  // Options
  "-backup": "A local state has its previous content beside it: chatform.state.json.backup",
  "-backend-config": "Declare the backend in the config: state: { backend: NAME }",
  "-chdir": "Name the config instead: -f FOLDER/chatform.yaml. The default state is beside the config.",
  "-destroy": "To plan and apply the removal of everything: chatform destroy. It shows the plan and asks.",
  "-config": "To name the config: -f FILE",
  "-dry-run": "To see the changes without making them: chatform plan. Those of a repair: chatform drift",
  "-environment": "Choose an environment: --env NAME",
  "-generate-config-out": "To write a config from live values: chatform export --out FILE",
  "-lock":
    "A plan takes no lock, and an apply always takes one. To wait for the lock of another run: --lock-timeout 5m",
  "-migrate-state":
    "To move the state: chatform state pull > state.json, change state: in the config, chatform state push state.json",
  "-o": "To save the plan: --out FILE",
  "-upgrade": "chatform has no providers or modules to install.",
  "-verbose": "To log every request: --debug",
  "-watch": "To keep running: chatform drift --every 15m",
  "-yes": "To apply without asking: --auto-approve",
};

/** Words of other tools that mean the same as a word above, or as a command or option of chatform. */
const synonyms: Readonly<Record<string, string>> = {
  env: "workspace",
  get: "providers",
  logout: "login",
  modules: "providers",
  rm: "state rm",
  untaint: "taint",
  "state delete": "state rm",
  "state remove": "state rm",
  "-force": "-yes",
  "-get": "-upgrade",
  "-n": "-dry-run",
  "-reconfigure": "-backend-config",
  "-replace": "taint",
  "-v": "-verbose",
  "-workspace": "-environment",
  "-y": "-yes",
};

/** Commands of chatform by their names in other tools. */
const commandNames: Readonly<Record<string, string>> = {
  audit: "drift",
  check: "validate",
  deploy: "apply",
  diff: "plan",
  lint: "validate",
  preview: "plan",
  status: "drift",
  sync: "apply",
  up: "apply",
};

/** Returns what to do instead of a word that chatform does not know. @param word `fmt`, `state rm`, `-replace` */
export function findHint(word: string): string | undefined {
  const known = Object.hasOwn(synonyms, word) ? (synonyms[word] ?? word) : word;
  if (Object.hasOwn(hints, known)) return hints[known];
  return Object.hasOwn(commandNames, word) ? `Did you mean chatform ${commandNames[word] ?? ""}?` : undefined;
}
