import type { Diagnostic } from "../../core/diagnostic.js";
import type { DeclaredEnvironment, EnvironmentChoice } from "../environments/choose-environment.js";
import { chooseEnvironment } from "../environments/choose-environment.js";
import { readEnvironmentVariables } from "../environments/environment-variables.js";
import type { FileSurroundings } from "../files/file-set.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { DeclaredVariables } from "./declarations.js";
import { withDeclarations } from "./declarations.js";
import type { Variables } from "./interpolate.js";

/** The variables of some files, and the environment that they were chosen for. */
export interface LayeredVariables {
  readonly variables: DeclaredVariables;
  readonly choice: EnvironmentChoice;
  /** The problems of the declarations and of the environment's variables. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The values of variables: those of the command line go first, then those of the environment, then the defaults of declarations. */
export class VariableLayers {
  readonly #given: Variables;
  readonly #environment: string | undefined;
  readonly #surroundings: FileSurroundings;
  readonly #read = new Map<DeclaredEnvironment["content"], ReturnType<typeof readEnvironmentVariables>>();

  /** @param environment the name of --env or CHATFORM_ENV */
  constructor(given: Variables, environment: string | undefined, surroundings: FileSurroundings) {
    this.#given = given;
    this.#environment = environment;
    this.#surroundings = surroundings;
  }

  /** Returns the variables with what these files say about them. */
  async over(contents: readonly YamlContent[]): Promise<LayeredVariables> {
    const choice = chooseEnvironment(contents, this.#environment);
    const { vars, diagnostics } = await this.#valuesOf(choice.environment);
    const given = { ...this.#given, vars: { ...vars, ...this.#given.vars } };
    const declared = withDeclarations(given, contents);
    return {
      variables: declared.variables,
      choice,
      diagnostics: [...diagnostics, ...declared.diagnostics],
    };
  }

  async #valuesOf(environment: DeclaredEnvironment | undefined): ReturnType<typeof readEnvironmentVariables> {
    if (environment === undefined) return { vars: {}, diagnostics: [] };
    const { content } = environment;
    const known = this.#read.get(content);
    const read = known ?? readEnvironmentVariables(environment, this.#given.env, this.#surroundings);
    this.#read.set(content, read);
    return read;
  }
}
