/** Whether a text is the origin of a page, as browsers send it: scheme, host and port, and nothing behind them. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
