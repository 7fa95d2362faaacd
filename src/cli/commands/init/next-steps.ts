import { wrapped } from "../../../views/text/wrap.js";
import type { System } from "./starter-files.js";

/** Returns the next steps after `init`, numbered. @param isNew true if `chatform.yaml` declares nothing yet @param width of the terminal, in characters */
export function nextSteps(ci: System | undefined, isNew: boolean, width: number): string {
  const steps = [connect, ...(isNew ? [fill] : []), look, ...(ci === undefined ? [] : setUp[ci])];
  const lines = steps.flatMap((step, at) => {
    const [head = "", ...rest] = wrapped(step, "     ", width);
    return [`  ${at + 1}. ${head.trimStart()}`, ...rest];
  });
  return `\nNext:\n${lines.join("\n")}\n`;
}

const connect =
  "Set GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET to those of your org. To try chatform without an org: chatform emulate";
const fill =
  "Uncomment in chatform.yaml what you want to manage, or export live values: chatform export --settings";
const look = "Check the config with chatform validate, and show the changes with chatform plan.";

const setUp: Readonly<Record<System, readonly string[]>> = {
  github: [
    "In the repository's settings: the variable GENESYSCLOUD_REGION; the secrets GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that can read; an environment chatform with reviewers, for the branch main only, and the same two secrets of a client that can write.",
    "For rooms and messages: a state in PostgreSQL or on an HTTP server, declared in chatform.yaml, and its secrets.",
  ],
  gitlab: [
    "GitLab keeps the state: to plan on this machine, set TF_HTTP_ADDRESS, TF_HTTP_USERNAME and TF_HTTP_PASSWORD; for a trial, use --state chatform.state.json.",
    "In the project's CI/CD variables: GENESYSCLOUD_REGION; GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that can read, masked; and for the protected environment chatform those of a client that can write.",
    "A pipeline schedule for the nightly audit, under Build > Pipeline schedules.",
  ],
};
