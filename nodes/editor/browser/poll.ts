import { told } from './notify.js';

/**
 * Asks again and again for as long as somebody can see what is shown, one question at a time.
 * @param every milliseconds between the end of an answer and the next question
 * @param ask must not reject
 * @returns asks at once
 */
export function poll(shown: HTMLElement, every: number, ask: () => Promise<void>): () => void {
  let timer: number | undefined;
  let isAsking = false;
  const isSeen = (): boolean => document.visibilityState === 'visible' && shown.offsetParent !== null;
  const next = (): void => {
    window.clearTimeout(timer);
    if (isAsking) return;
    if (!isSeen()) {
      // Whoever comes back to it calls; a page that was hidden is looked at again by itself.
      timer = window.setTimeout(next, every);
      return;
    }
    isAsking = true;
    told(
      ask().finally(() => {
        isAsking = false;
        timer = window.setTimeout(next, every);
      }),
    );
  };
  return next;
}
