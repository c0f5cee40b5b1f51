/** Frames and message lines kept of one error: a log is often read from its last 200 lines. */
const MESSAGE_LINES = 14;
const LINE_LENGTH = 400;
const CAUSES = 6;

/**
 * Why a test failed, for the end of a log: the message and those of its causes, each with its code and with the first
 * place in our own files that its trace names.
 * @param root the folder that places are told from
 */
export function reasonOf(error: unknown, root: string): string {
  return linesOf(error, root, CAUSES).join('\n');
}

function linesOf(error: unknown, root: string, left: number): string[] {
  if (typeof error !== 'object' || error === null) return [short(String(error))];
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  // What Node throws when no address of a host answers has no message of its own.
  const several = Array.isArray(errors) ? (errors as unknown[]) : [];
  const below = cause === undefined ? several : [cause, ...several];
  const told = left > 0 ? below.slice(0, CAUSES) : [];
  return [
    ...headOf(error),
    ...placeIn(error, root),
    ...told.flatMap((one) => causeLines(one, root, left - 1)),
  ];
}

function causeLines(cause: unknown, root: string, left: number): string[] {
  const [first, ...rest] = linesOf(cause, root, left);
  return [`  caused by ${String(first)}`, ...rest.map((line) => `  ${line}`)];
}

function headOf(error: object): string[] {
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  const text = typeof message === 'string' ? message : JSON.stringify(error);
  const known = typeof code === 'string' && !text.includes(code) ? ` [${code}]` : '';
  const lines = `${typeof name === 'string' ? name : 'Error'}${known}: ${text}`.split('\n');
  const more = lines.length > MESSAGE_LINES ? [`… ${String(lines.length - MESSAGE_LINES)} more lines`] : [];
  return [...lines.slice(0, MESSAGE_LINES).map(short), ...more];
}

/** The first line of the trace below `test`, else the first one that is neither Node's nor a package's. */
function placeIn(error: object, root: string): string[] {
  const stack = (error as { stack?: unknown }).stack;
  if (typeof stack !== 'string') return [];
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line))
    .map((line) => line.trim().replace(`${root}/`, ''));
  const place = frames.find((frame) => /\btest\//.test(frame)) ?? frames[0];
  return place === undefined ? [] : [`    ${short(place)}`];
}

function short(line: string): string {
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line;
}
