/** A reference as another tool writes it, as chatform writes it. */
export interface OtherReference {
  /** `${var:name}` */
  readonly reference: string;
  /** The value in `${NAME:-value}`. */
  readonly default?: string;
}

/**
 * Returns the reference of chatform for what stands within the braces of another tool's: Terraform's `var.name`, the
 * `.Values.name` of templates, the `vars.NAME` of workflows, the `NAME:-value` of shells.
 *
 * @returns undefined for other expressions
 */
export function toReference(expression: string): OtherReference | undefined {
  const inner = expression.replaceAll(/^[{\s-]+|[\s}-]+$/g, "").replace(/\s*\|.*$/s, "");
  const [, name, otherwise] =
    /^(?:(?:var|env):)?([A-Za-z_]\w*):[-=](.*)$/s.exec(inner) ??
    /^([A-Z_][A-Z0-9_]*)[-=](.*)$/s.exec(inner) ??
    [];
  if (name !== undefined) return { reference: `\${var:${name}}`, default: otherwise ?? "" };
  const [, column] = /^(?:each[.:]|row\.|item\.|each\.value\.)\s*([\w-]+)$/i.exec(inner) ?? [];
  if (column !== undefined) return { reference: `\${each.${column}}` };
  if (/^item$/i.test(inner)) return { reference: "${each.value}" };
  const [, variable] = /^env[.:]\s*([A-Za-z_]\w*)$/i.exec(inner) ?? [];
  if (variable !== undefined) return { reference: `\${env:${variable}}` };
  const [, last] = /^[.$]?(?:\w+[.:]\s*)*([A-Za-z_][\w-]*)$/.exec(inner) ?? [];
  return last === undefined ? undefined : { reference: `\${var:${last}}` };
}

/** `{{ name }}` anywhere; `$NAME`, `$(NAME)` and `%NAME%` as a whole text; a reference of chatform without its `$` or braces. */
const template =
  /\{\{-?\s*[\w.$][^{}]*\}\}|^\$[A-Z_][A-Z0-9_]*$|^\$\(\w+\)$|^%[A-Z_][A-Z0-9_]*%$|\$\(?(?:var|env):\w+\)?|(?<!\$)\{(?:var|env):\w+\}/;

/** A template of another tool in a text. */
export interface Template {
  /** With its braces. */
  readonly written: string;
  /** `${var:name}` */
  readonly reference: string;
}

/** Finds the first template of another tool in a text. */
export function findTemplate(text: string): Template | undefined {
  const written = template.exec(text)?.[0];
  if (written === undefined) return undefined;
  const found = toReference(written.replaceAll(/^[$%({]+|[%)}]+$/g, ""));
  return { written, reference: found?.reference ?? "${var:NAME}" };
}
