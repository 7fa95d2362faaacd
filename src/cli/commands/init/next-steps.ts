import { wrapped } from "../../../views/text/wrap.js";
import type { System } from "./starter-files.js";

/** What to do after `init`, as numbered steps. @param isNew whether `chatform.yaml` declares nothing yet @param width of the terminal, in characters */
export function nextSteps(ci: System | undefined, isNew: boolean, width: number): string {
  const steps = [connect, ...(isNew ? [fill] : []), look, ...(ci === undefined ? [] : setUp[ci])];
  const lines = steps.flatMap((step, at) => {
    const [head = "", ...rest] = wrapped(step, "     ", width);
    return [`  ${at + 1}. ${head.trimStart()}`, ...rest];
  });
  return `\nNext:\n${lines.join("\n")}\n`;
}

const connect =
  "Tell chatform of your org: GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET. To try it without one: chatform emulate";
const fill =
  "Uncomment in chatform.yaml what you want to keep there, or take over what is live: chatform export --settings";
const look = "chatform validate checks the file, chatform plan shows what would be changed.";

const setUp: Readonly<Record<System, readonly string[]>> = {
  github: [
    "In the repository's settings: the variable GENESYSCLOUD_REGION; the secrets GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that may read; an environment chatform with reviewers, for the branch main only, and the same two secrets of a client that may write.",
    "For rooms and messages: a state in PostgreSQL or behind http, named in chatform.yaml, and its secrets.",
  ],
  gitlab: [
    "The state is GitLab's: before you plan here, set TF_HTTP_ADDRESS, TF_HTTP_USERNAME and TF_HTTP_PASSWORD; or try it with --state chatform.state.json.",
    "In the project's CI/CD variables: GENESYSCLOUD_REGION; GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that may read, masked; and again for the environment chatform, protected, those of a client that may write.",
    "A pipeline schedule for the nightly audit, under Build > Pipeline schedules.",
  ],
};
