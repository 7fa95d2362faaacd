import type { CsvError } from "csv-parse/sync";
import type { Problem } from "../problem.js";

/** Advice for a file that spreadsheets write in another encoding or format. */
export const saveAsCsv = 'Save the sheet as CSV with UTF-8, in Excel as "CSV UTF-8 (Comma delimited)".';

/** Returns the problem of a file that is no table of text, or separates its cells in another way. */
export function notCsv(text: string, bytes: Uint8Array): Problem | undefined {
  const isWorkbook = ["504b0304", "d0cf11e0"].includes(Buffer.from(bytes.subarray(0, 4)).toString("hex"));
  if (isWorkbook) return { ...badFile("This is the workbook of a spreadsheet."), help: saveAsCsv };
  const first = /\S.*/.exec(text)?.[0] ?? "";
  if (first.startsWith("<"))
    return { ...badFile("This is HTML or XML, such as the login page of a download."), help: saveAsCsv };
  if (/^(?:\[\s*[[{]|\{\s*")/.test(first))
    return { ...badFile("This is JSON."), help: "Rename the file so that it ends in .json." };
  if (/^[^,;\t]*\|/.test(first))
    return {
      ...badFile("The cells are separated by |."),
      help: "Separate the cells with commas, semicolons or tabs: name,subject.",
    };
  return undefined;
}

function badFile(detail: string): Omit<Problem, "help"> {
  return { code: "bad-csv", summary: "Not a CSV file", detail };
}

/** Returns the problem of a cell in which a spreadsheet wrote something else than the value. */
export function badCell(cell: string): Problem | undefined {
  if (!/^[-=#\d]/.test(cell)) return undefined;
  if (/^#(?:REF!|N\/A|NAME\?|VALUE!|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|ERROR!|#+)$/.test(cell))
    return {
      ...spreadsheetCell(`${cell} is an error of the spreadsheet.`),
      help: "Correct the cell in the spreadsheet, and export it again.",
    };
  if (/^=(?:"|[-+(]|\$?[A-Z]{1,3}\$?\d|[A-Z][A-Z.]*\()/.test(cell))
    return {
      ...spreadsheetCell(`${cell} is a formula, not its result.`),
      help: "Export the values of the cells, not the formulas.",
    };
  if (/^-?\d(?:[.,]\d+)?E[-+]\d+$/.test(cell))
    return {
      ...spreadsheetCell(`${cell} is a number that the spreadsheet has shortened: its digits are lost.`),
      help: "Format the column as text in the spreadsheet, write the value again, and export it.",
    };
  return undefined;
}

function spreadsheetCell(detail: string): Omit<Problem, "help"> {
  return { code: "bad-csv", summary: "Cell without its value", detail };
}

/** Returns the problem of a header row. @param width the number of cells of the rows below; undefined if they differ */
export function badHeader(columns: readonly string[], width: number | undefined): Problem | undefined {
  const [first = ""] = columns;
  if (columns.length === 1 && (first.startsWith("#") || (width !== undefined && width > 1)))
    return {
      ...badRow(`The first row names the columns, and this row has only the cell ${first}.`),
      help: "Remove the lines above the row with the names of the columns.",
    };
  const unnamed = columns.indexOf("");
  if (unnamed >= 0)
    return {
      ...badRow(`Column ${unnamed + 1} has no name.`),
      help: "Name each column in the first row, or remove the column.",
    };
  const odd = columns.find((name) => /[{}\n]/.test(name) || name === "__proto__");
  if (odd !== undefined)
    return {
      ...badRow(`The name ${JSON.stringify(odd)} has braces or a line break, or is reserved.`),
      help: "Give the column another name.",
    };
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  return twice === undefined
    ? undefined
    : { ...badRow(`Two columns have the name ${twice}.`), help: "Give each column a name of its own." };
}

function badRow(detail: string): Omit<Problem, "help"> {
  return { code: "bad-csv", summary: "Invalid header row", detail };
}

export const noHeader: Problem = {
  code: "bad-csv",
  summary: "No header row",
  detail: "The file has no row with a value.",
  help: "Name the columns in the first row: name,subject.",
};

/** A row with more or fewer cells than columns. */
export function wrongCount(found: number, expected: number, row: string): Problem {
  const help = /[“”„]|(?:^|[,;\t])'/.test(row)
    ? 'Put a cell that contains the separator in straight double quotes: "the hall, first floor".'
    : "Add or remove cells. Put a cell that contains the separator in double quotes.";
  return {
    code: "bad-csv",
    summary: "Wrong number of cells",
    detail: `This row has ${found === 1 ? "one cell" : `${found} cells`}; the header row has ${expected}.`,
    help,
  };
}

/** An error of the parser. */
export function badCsv({ code }: CsvError): Problem {
  const isOpen = code === "CSV_QUOTE_NOT_CLOSED";
  return {
    code: "bad-csv",
    summary: "Invalid CSV",
    detail: isOpen ? "A double quote is never closed." : "A double quote stands within a cell.",
    help: 'Put the whole cell in double quotes, and write a double quote in it twice: "the ""big"" room".',
  };
}
