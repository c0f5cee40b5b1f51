/** What ends a line, is not seen, or changes the direction in which the rest of one is written. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/**
 * A text that others wrote, as it can stand beside texts of ours: what would not be seen, or would turn round what
 * follows, is written as its number.
 * @param most characters that are shown
 * @param cut says that a text was longer
 */
export function plainText(text: string, most: number, cut: (count: number) => string): string {
  const shown = text.length <= most ? text : text.slice(0, most);
  const plain = shown.replace(UNSEEN, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.length <= most ? plain : `${plain}${cut(text.length)}`;
}

/** A broker takes a topic of 65,535 bytes, and a list has a line or two for it. */
const TOPIC = 500;

export function plainTopic(topic: string): string {
  return plainText(topic, TOPIC, () => '…');
}
