import { credentialOwner, isNamedAsCredential } from "../../core/credentials.js";
import type { Problem } from "../problem.js";
import type { Variables } from "./interpolate.js";

/** Returns the problem of a reference to a credential in the environment; undefined for other variables. */
export function credentialProblem(name: string, declared: Variables["declared"]): Problem | undefined {
  const owner = credentialOwner(name);
  if (owner !== undefined)
    return problem(
      `The environment variable ${name} is a credential of ${owner}: its value would be part of plans and of chats.`,
      "Remove the reference.",
    );
  if (!isNamedAsCredential(name) || declared?.get(name)?.sensitive === false) return undefined;
  return problem(
    `The environment variable ${name} is named like a credential: its value would be part of plans and of chats.`,
    `Remove the reference. If the value is no secret, declare it: variables: { ${name}: { sensitive: false } }.`,
  );
}

function problem(detail: string, help: string): Problem {
  return { code: "credential-in-config", summary: "Credential in the config", detail, help };
}
